import type { Request, Response } from "express";
import { z } from "zod";
import type { EventBody } from "../../gateway/core/events.js";
import type { Account, Clock, Operator, Refusal } from "../../gateway/ports.js";
import { giveToken, takeToken, tokenFrom } from "./cookie.js";
import { type Identity, identityOf } from "./guard.js";
import { sendProblem, sendRefusal } from "./problems.js";
import type { SessionRow, Sessions } from "./sessions.js";
import type { May } from "./shown.js";

/** The account book, as far as signing in needs it. */
export interface SignInAccounts {
  get(id: string): Account | undefined;
  /** Rejects with an error named `TooManySignIns` when too many are waiting. */
  authenticate(id: string, secret: string): Promise<Account | undefined>;
  /** A single-use secret makes an owner. */
  claimOwner(
    secret: string,
    wanted: { id: string; name?: string; password?: string },
  ): Promise<{ ok: true; account: Account } | { ok: false; refusal: Refusal }>;
  onChange(listener: (account: Account) => void): () => void;
  /** Nobody can administer yet. */
  readonly ownerless: boolean;
}

/** Slows guessing; see `gateway/accounts/throttle.ts`. */
export interface SignInPace {
  /** `addressMs` over 0: not tried at all. `accountMs`: tried after that pause. */
  wait(address: string, account: string): { readonly addressMs: number; readonly accountMs: number };
  failed(address: string, account: string): void;
  succeeded(address: string, account: string): void;
}

export interface SignInParts {
  readonly accounts: SignInAccounts;
  readonly sessions: Sessions;
  readonly pace: SignInPace;
  readonly clock: Pick<Clock, "now">;
  readonly may: May;
  readonly tls: boolean;
  note(event: EventBody): void;
}

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "an id has a to z, 0 to 9 and dashes");
const secret = z.string().min(1).max(1024);
/** An empty field of a form is a field that was left out. */
const optionalText = (most: number) =>
  z
    .string()
    .max(most)
    .transform((text) => text.trim() || undefined)
    .optional();

const byClaim = z.strictObject({
  claim: secret,
  account: id.default("owner"),
  name: optionalText(200),
  password: z
    .string()
    .max(1024)
    .transform((text) => text || undefined)
    .optional(),
});
const byPassword = z.strictObject({ account: z.string().min(1).max(64), password: secret });

/** Pauses that are being sat out at the same time; beyond them one is told to come back. */
const mostPausing = 100;
let pausing = 0;

/** Permissions that the page draws by; what they allow is checked again where it is done. */
const shownPermissions = [
  "doors.read",
  "door.unlock",
  "journal.read",
  "events.access",
  "names.read",
] as const;

function operatorOf({ id: account, role, discreet }: Account): Operator {
  return { actor: { kind: "operator", id: account }, role, discreet };
}

/** Who sends this cookie, if its session holds; counts as use. */
export function identityFromCookie(request: Request, parts: SignInParts): Identity | undefined {
  const token = tokenFrom(request.headers.cookie, parts.tls);
  const session = token === undefined ? undefined : parts.sessions.find(token);
  const account = session && parts.accounts.get(session.account);
  if (!session || !account) return undefined;
  parts.sessions.use(session.digest);
  return { operator: operatorOf(account), session };
}

/** GET: who am I. */
export function whoAmI(request: Request, response: Response, parts: SignInParts): void {
  const identity = identityOf(request);
  if (!identity) {
    response.json({ account: null, firstRun: parts.accounts.ownerless });
    return;
  }
  response.json(shownSession(identity.operator, identity.session, parts));
}

/** POST: by account and password, or by the single-use claim secret. */
export async function signIn(request: Request, response: Response, parts: SignInParts): Promise<void> {
  const schema = isClaim(request.body) ? byClaim : byPassword;
  const parsed = schema.safeParse(request.body);
  if (!parsed.success) {
    const faults = parsed.error.issues
      .slice(0, 10)
      .map((issue) => ({ path: issue.path.join("."), message: issue.message }));
    const detail = "give account and password, or the one-time secret as claim";
    return sendProblem(response, { status: 400, code: "invalid", detail, faults });
  }
  const given = parsed.data;
  const address = request.socket.remoteAddress ?? "local";
  const account = "claim" in given ? await claimed(given, response) : await compared(given);
  if (!account) return;

  const old = identityOf(request)?.session;
  if (old) parts.sessions.end(old.digest);
  // Whoever claimed the account anew may do so because somebody else is in it.
  if ("claim" in given) parts.sessions.endAllOf(account.id);
  const { token, session } = parts.sessions.open(account.id);
  giveToken(response, token, parts.tls, parts.sessions.endsAt(session) - parts.clock.now());
  if ("claim" in given) parts.note({ type: "audit.owner-claimed", by: operatorOf(account).actor });
  parts.note({ type: "audit.signed-in", by: operatorOf(account).actor, data: { from: address } });
  response.json(shownSession(operatorOf(account), session, parts));

  async function claimed(by: z.infer<typeof byClaim>, to: Response): Promise<Account | undefined> {
    const made = await parts.accounts.claimOwner(by.claim, {
      id: by.account,
      ...(by.name === undefined ? {} : { name: by.name }),
      ...(by.password === undefined ? {} : { password: by.password }),
    });
    if (made.ok) return made.account;
    parts.note(failure(by.account, address, "the one-time secret was not taken"));
    sendRefusal(to, made.refusal);
    return undefined;
  }

  async function compared(by: z.infer<typeof byPassword>): Promise<Account | undefined> {
    const wait = parts.pace.wait(address, by.account);
    if (wait.addressMs > 0) return later("too many wrong sign-ins from this address", wait.addressMs / 1_000);
    if (wait.accountMs > 0) {
      if (pausing >= mostPausing) return later("too many sign-ins at once", 5);
      await pause(wait.accountMs);
    }
    let found: Account | undefined;
    try {
      found = await parts.accounts.authenticate(by.account, by.password);
    } catch (error) {
      if (error instanceof Error && error.name === "TooManySignIns")
        return later("too many sign-ins at once", 2);
      throw error;
    }
    if (found?.kind === "operator") {
      parts.pace.succeeded(address, found.id);
      return found;
    }
    parts.pace.failed(address, by.account);
    parts.note(failure(by.account, address, "account or password is not right"));
    const detail = "account or password is not right";
    sendProblem(response, { status: 401, code: "sign-in-failed", detail });
    return undefined;
  }

  function later(detail: string, retryAfterS: number): undefined {
    sendProblem(response, { status: 429, code: "too-many-sign-ins", detail, retryAfterS });
  }
}

/** DELETE: ends this session; also its live feeds. */
export function signOut(request: Request, response: Response, identity: Identity, parts: SignInParts): void {
  if (identity.session) {
    parts.sessions.end(identity.session.digest);
    const address = request.socket.remoteAddress ?? "local";
    parts.note({ type: "audit.signed-out", by: identity.operator.actor, data: { from: address } });
  }
  takeToken(response, parts.tls);
  response.status(204).end();
}

function shownSession(operator: Operator, session: SessionRow | undefined, parts: SignInParts) {
  return {
    account: operator.actor.id,
    role: operator.role,
    may: shownPermissions.filter((permission) => parts.may(operator, permission)),
    endsAt: session ? new Date(parts.sessions.endsAt(session)).toISOString() : null,
  };
}

/** What was typed as account is logged only if it can be one: people type their password there by mistake. */
function failure(account: string, address: string, why: string): EventBody {
  const typed = id.safeParse(account).success ? account : "(not an account's id)";
  return { type: "audit.sign-in-failed", reason: why, data: { account: typed, from: address } };
}

function isClaim(body: unknown): boolean {
  return typeof body === "object" && body !== null && Object.hasOwn(body, "claim");
}

async function pause(ms: number): Promise<void> {
  pausing += 1;
  try {
    await new Promise((over) => setTimeout(over, ms));
  } finally {
    pausing -= 1;
  }
}
