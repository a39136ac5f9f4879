/** Requests of central systems and scripts over MQTT (contract, "Clients"): each done once, answered the same ever after. */
import { z } from "zod";
import { clientAnswer } from "./operations/client-answer.js";
import type { HouseParts } from "./operations/house-parts.js";
import { refused } from "./operations/operation.js";
import { operatorOf } from "./operations/operator.js";
import { auditRefusal } from "./operations/perform.js";
import type { Account, Operations, Performed, Refusal } from "./ports.js";

/** What every request of a client has; the fields of the operation itself are beside these. */
export const requestEnvelope = z.looseObject({
  id: z.string().min(1).max(64),
  at: z.iso.datetime({ offset: true }).optional(),
  ttl_ms: z.int().min(1).max(600_000).optional(),
  op: z.string().min(1).max(64),
});

/** What a client is answered. */
export const requestAnswer = z.looseObject({
  id: z.string().nullable(),
  status: z.enum(["ok", "error"]),
  error: z.looseObject({ code: z.string(), message: z.string() }).optional(),
});

/** These release or change something at once, so that a late one must not be done. An emergency is refused by nothing. */
const mustBeTimely: ReadonlySet<string> = new Set([
  "door.unlock",
  "door.mode",
  "door.allow-open",
  "group.unlock",
  "group.mode",
  "overrides.end",
  "lockdown.end",
  "threat.set",
  "lift.unlock",
  "partition.arm",
  "partition.disarm",
  "partition.arm-later",
  "passback.forgive",
]);
/** A message has 64 kB: so many of a long list, of which a client asks for the rest (`skip`). */
const mostListed: ReadonlyMap<string, number> = new Map([["muster.list", 100]]);
/** What a client may ask for over MQTT; the rest is for the command line and the API. */
const offered: ReadonlySet<string> = new Set([
  "door.unlock",
  "door.mode",
  "door.allow-open",
  "door.list",
  "group.unlock",
  "group.mode",
  "overrides.end",
  "lockdown.start",
  "lockdown.end",
  "threat.set",
  "lift.unlock",
  "partition.list",
  "partition.arm",
  "partition.disarm",
  "partition.arm-later",
  "incident.list",
  "incident.acknowledge",
  "incident.silence",
  "incident.note",
  "incident.assign",
  "incident.close",
  "house.show",
  "door.emergency-release",
  "passback.forgive",
  "muster.list",
  "muster.start",
  "muster.safe",
  "muster.end",
  "status",
]);
/** A client's clock may be this far ahead. */
const clockSkewMs = 5_000;

export class RequestDesk {
  readonly #house: HouseParts;
  readonly #operations: Operations;
  readonly #inHand = new Map<string, Promise<string>>();

  constructor(house: HouseParts, operations: Operations) {
    this.#house = house;
    this.#operations = operations;
  }

  /** Never rejects. A repeat that comes while the first is being worked waits for the same answer. */
  async answer(client: Account, payload: Buffer): Promise<string> {
    const read = readEnvelope(payload);
    if (!read.ok) return clientAnswer(null, { ok: false, refusal: read.refusal });
    const key = `${client.id} ${read.request.id}`;
    const inHand = this.#inHand.get(key);
    if (inHand) return inHand;
    const work = this.#once(client, read.request).finally(() => this.#inHand.delete(key));
    this.#inHand.set(key, work);
    return work;
  }

  async #once(client: Account, { id, op, at, ttl_ms, ...params }: Request): Promise<string> {
    const before = await this.#house.store.journal.answer(client.id, id);
    if (before !== undefined) return before;
    if (!offered.has(op))
      return clientAnswer(id, refused("unknown-operation", `there is no request "${op}"`));
    const operator = { ...operatorOf(client), requestId: id };
    const stale = mustBeTimely.has(op) ? this.#untimely(at, ttl_ms) : undefined;
    if (stale) {
      auditRefusal(this.#house, operator, op, stale);
      return clientAnswer(id, stale);
    }
    const most = mostListed.get(op);
    const asked = most === undefined ? params : { ...params, limit: fewer(params.limit, most) };
    return clientAnswer(id, await this.#operations.perform(operator, op, asked));
  }

  #untimely(
    at: string | undefined,
    ttlMs: number | undefined,
  ): Extract<Performed, { ok: false }> | undefined {
    if (at === undefined || ttlMs === undefined) {
      return refused("invalid", "at and ttl_ms are required for this request");
    }
    const age = this.#house.clock.now() - Date.parse(at);
    if (age > ttlMs) return refused("stale", `the request is ${age} ms old and was good for ${ttlMs} ms`);
    if (age < -clockSkewMs)
      return refused("stale", `the request is dated ${-age} ms ahead of the gateway's clock`);
    return undefined;
  }
}

/** What is no number is left to be refused. */
function fewer(asked: unknown, most: number): unknown {
  return asked === undefined ? most : typeof asked === "number" ? Math.min(asked, most) : asked;
}

type Request = z.infer<typeof requestEnvelope>;

function readEnvelope(
  payload: Buffer,
): { readonly ok: true; readonly request: Request } | { readonly ok: false; readonly refusal: Refusal } {
  let raw: unknown;
  try {
    raw = JSON.parse(payload.toString("utf8"));
  } catch {
    return { ok: false, refusal: { code: "invalid", message: "the request is not JSON" } };
  }
  const parsed = requestEnvelope.safeParse(raw);
  if (parsed.success) return { ok: true, request: parsed.data };
  const faults = parsed.error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message }));
  return { ok: false, refusal: { code: "invalid", message: "the request cannot be read", faults } };
}
