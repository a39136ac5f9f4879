import { publishPacket, receiptPacket } from "../../broker/packets.js";
import { goodCard } from "../../faults/building.js";
import { pause } from "../../faults/rounds.js";
import type { Credentials } from "../building.js";
import { signedIn, type Wire } from "../wire.js";
import type { Yard } from "../yard.js";

const perSecond = 10_000;
const everyMs = 10;
/** A client that is thrown out comes back, so many times a second at most. */
const comesBackAfterMs = 200;

export interface Flood {
  readonly who: Credentials;
  readonly topic: string;
  /** Each message may be another. */
  readonly payload: string | Buffer | ((n: number) => string);
  readonly qos: 0 | 1 | 2;
  /** QoS 2: acknowledged to the end, or left half way in. */
  readonly completes?: boolean;
  readonly retain?: boolean;
}

/** 10,000 messages a second of one account, as far as the gateway takes them; resolves with how many it took off the wire. */
export async function flood(yard: Yard, flow: Flood, forMs: number): Promise<number> {
  const endsAt = performance.now() + forMs;
  let taken = 0;
  while (performance.now() < endsAt) {
    try {
      const wire = await signedIn(yard.mqtt, flow.who);
      taken += await pour(wire, flow, endsAt);
      wire.destroy();
    } catch {
      // Thrown out while it came back.
    }
    await pause(comesBackAfterMs);
  }
  return taken;
}

async function pour(wire: Wire, flow: Flood, endsAt: number): Promise<number> {
  const before = wire.socket.bytesWritten;
  const count = (perSecond * everyMs) / 1000;
  let batch = batchOf(flow, count);
  while (performance.now() < endsAt && !wire.socket.destroyed) {
    if (!wire.socket.writableNeedDrain) {
      if (typeof flow.payload === "function") batch = batchOf(flow, count);
      wire.write(batch);
    }
    await pause(everyMs);
  }
  // What lies in this process was not taken.
  const bytes = wire.socket.bytesWritten - before - wire.socket.writableLength;
  return Math.round((bytes / batch.length) * count);
}

let numbered = 0;

function batchOf({ topic, payload: given, qos, completes, retain = false }: Flood, count: number): Buffer {
  const packets: Buffer[] = [];
  for (let id = 1; id <= count; id++) {
    const payload = typeof given === "function" ? given(++numbered) : given;
    packets.push(publishPacket(topic, payload, qos === 0 ? { retain } : { id, qos, retain }));
    if (qos === 2 && completes) packets.push(receiptPacket(6, id));
  }
  return Buffer.concat(packets);
}

/** Every kind of flood that a device's account may make, by devices of doors and by some that the site does not know, all at once. */
export function floodsOfDevices(yard: Yard): Flood[] {
  const large = Buffer.alloc(64 * 1024, "[");
  const stamp = { boot: "b", up_ms: 1 };
  const same = JSON.stringify({ id: "same", reader: 1, uid: "04a1b2c3d4e5f6" });
  const scan = (n: number): string => JSON.stringify({ id: `flood-${n}`, reader: 1, uid: goodCard });
  const contact = (n: number): string =>
    JSON.stringify({ ...stamp, active: n % 2 === 0, fault: null, changes: n });
  const kinds: [string, string, Omit<Flood, "who" | "topic">][] = [
    ["io-33", "scan", { payload: scan, qos: 0 }],
    ["io-34", "scan", { payload: scan, qos: 1 }],
    ["io-35", "scan", { payload: same, qos: 2 }],
    ["io-36", "input/1", { payload: contact, qos: 1, retain: true }],
    ["io-37", "scan", { payload: large, qos: 1 }],
    ["mad-1", "scan", { payload: scan, qos: 2, completes: true }],
    ["mad-2", "scan", { payload: large, qos: 0 }],
    ["mad-3", "scan", { payload: large, qos: 2, completes: true }],
  ];
  return kinds.map(([id, below, kind]) => ({
    ...kind,
    who: yard.account(id),
    topic: `gw/v1/device/${id}/up/${below}`,
  }));
}

/** The same of clients on their own request topic, good requests among them. */
export function floodsOfClients(yard: Yard): Flood[] {
  const request =
    (op: string, more: object = {}) =>
    (n: number): string =>
      JSON.stringify({ id: `r-${n}`, at: new Date().toISOString(), ttl_ms: 600_000, op, ...more });
  const large = JSON.stringify({ id: "r1", op: "status", more: "x".repeat(64 * 1024 - 60) });
  const deep = `{"id":"r1","op":"status","more":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
  const kinds: Omit<Flood, "who" | "topic">[] = [
    { payload: "{}", qos: 0 },
    { payload: request("door.list"), qos: 1 },
    { payload: request("door.mode", { door: "door-1", mode: "nonsense" }), qos: 2, completes: true },
    { payload: request("door.unlock", { door: "door-40", ms: 1_000 }), qos: 1 },
    { payload: large, qos: 0 },
    { payload: deep, qos: 1 },
    { payload: large, qos: 2 },
  ];
  return kinds.map((kind, i) => {
    const who = yard.account(`rogue-${i + 1}`);
    return { ...kind, who, topic: `gw/v1/client/${who.id}/site/hq/req` };
  });
}
