import type { Request } from "express";
import type { EventBody } from "../../gateway/core/events.js";
import type { Account, Operator } from "../../gateway/ports.js";
import { tokenFrom } from "./cookie.js";
import type { Identity } from "./guard.js";
import type { WebParts } from "./parts.js";

export function operatorOf({ id, role, discreet }: Account, scopes?: readonly string[] | null): Operator {
  return { actor: { kind: "operator", id }, role, discreet, ...(scopes ? { scopes } : {}) };
}

/**
 * Who sends this cookie, if its session holds, or this bearer token; either counts as use. A request that brings a token is judged
 * by that alone.
 */
export function identityFrom(request: Request, parts: WebParts): Identity | undefined {
  const { authorization } = request.headers;
  return authorization === undefined ? fromCookie(request, parts) : fromBearer(request, authorization, parts);
}

function fromCookie(request: Request, parts: WebParts): Identity | undefined {
  const token = tokenFrom(request.headers.cookie, parts.tls);
  const session = token === undefined ? undefined : parts.sessions.find(token);
  const account = session && parts.accounts.get(session.account);
  if (!session || !account) return undefined;
  parts.sessions.use(session.digest);
  return { operator: operatorOf(account), account: account.id, session };
}

function fromBearer(request: Request, header: string, parts: WebParts): Identity | undefined {
  const given = /^Bearer ([\w-]{1,200})$/i.exec(header)?.[1];
  const token = given === undefined ? undefined : parts.tokens.find(given);
  const account = token && parts.accounts.get(token.account);
  if (!token || !account || account.disabled) {
    tellOnce(request, parts);
    return undefined;
  }
  return { operator: operatorOf(account, token.scopes), account: account.id, token };
}

const tellAgainMs = 60_000;
const mostAddresses = 1_000;
const toldAt = new WeakMap<WebParts, Map<string, number>>();

/** A program with a token that is over asks again and again: one entry a minute and address is enough to see it. */
function tellOnce(request: Request, parts: WebParts): void {
  const address = addressOf(request);
  const told = toldAt.get(parts) ?? new Map<string, number>();
  toldAt.set(parts, told);
  const now = parts.clock.monotonic();
  if (now - (told.get(address) ?? Number.NEGATIVE_INFINITY) < tellAgainMs) return;
  if (told.size >= mostAddresses) told.clear();
  told.set(address, now);
  parts.note(signInFailed("(an API token)", address, "the token is not right, or over"));
}

export function addressOf(request: Request): string {
  return request.socket.remoteAddress ?? "local";
}

/** The browser as it calls itself, fit to be shown in a list. */
export function agentOf(request: Request): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out here
  return (request.headers["user-agent"] ?? "").replace(/[\u0000-\u001f\u007f]/g, "").slice(0, 200);
}

/** What was typed as account is logged only if it can be one: people type their password there by mistake. */
export function signInFailed(account: string, from: string, reason: string): EventBody {
  const typed = /^([a-z0-9][a-z0-9-]{0,62}|\(an API token\))$/.test(account)
    ? account
    : "(not an account's id)";
  return { type: "audit.sign-in-failed", reason, data: { account: typed, from } };
}
