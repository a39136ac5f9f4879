import {
  connectPacket,
  disconnectPacket,
  packet,
  pingPacket,
  publishPacket,
  receiptPacket,
  remainingLength,
  subscribePacket,
  unsubscribePacket,
} from "../../broker/packets.js";
import { pause } from "../../faults/rounds.js";
import type { Credentials } from "../building.js";
import { signedIn, Wire } from "../wire.js";
import type { Yard } from "../yard.js";

/** One packet that nobody sane would send, and what was done to it. */
export interface Mutant {
  readonly what: string;
  readonly bytes: Buffer;
}

/** Every kind of packet (MQTT 3.1.1, 3), legal as such for this device. */
function legal({ id, key }: Credentials): [string, Buffer][] {
  const up = `gw/v1/device/${id}/up`;
  const will = { topic: `${up}/state`, payload: '{"state":"lost"}', qos: 1, retain: true } as const;
  return [
    ["CONNECT", connectPacket(id, { key, will })],
    ["PUBLISH 0", publishPacket(`${up}/scan`, '{"id":"1"}')],
    ["PUBLISH 1", publishPacket(`${up}/scan`, '{"id":"1"}', { id: 1 })],
    ["PUBLISH 2", publishPacket(`${up}/scan`, '{"id":"1"}', { id: 2, qos: 2 })],
    ["PUBACK", receiptPacket(4, 1)],
    ["PUBREC", receiptPacket(5, 1)],
    ["PUBREL", receiptPacket(6, 1)],
    ["PUBCOMP", receiptPacket(7, 1)],
    ["SUBSCRIBE", subscribePacket([`gw/v1/device/${id}/down/#`, `gw/v1/device/${id}/down/cmd`], 1)],
    ["UNSUBSCRIBE", unsubscribePacket(`gw/v1/device/${id}/down/#`)],
    ["PINGREQ", pingPacket],
    ["DISCONNECT", disconnectPacket],
    ["CONNACK", packet(0x20, Buffer.from([0, 0]))],
    ["SUBACK", packet(0x90, Buffer.from([0, 1, 0]))],
    ["UNSUBACK", packet(0xb0, Buffer.from([0, 1]))],
    ["PINGRESP", packet(0xd0)],
    ["AUTH of MQTT 5", packet(0xf0, Buffer.from([0, 0]))],
    ["type 0", packet(0x00, Buffer.from([0, 0]))],
  ];
}

/** @param flips how many of the eight bits of each byte are turned over, one at a time */
export function mutants(who: Credentials, flips: number): Mutant[] {
  const all: Mutant[] = [];
  const { id, key } = who;
  for (const [name, whole] of legal(who)) {
    const add = (what: string, ...parts: Buffer[]): void => {
      all.push({ what: `${name}: ${what}`, bytes: Buffer.concat(parts) });
    };
    for (let at = 0; at < whole.length; at++) {
      for (let n = 0; n < flips; n++) {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << ((at + n) % 8));
        add(`bit ${(at + n) % 8} of byte ${at} turned over`, bytes);
      }
      add(`cut at byte ${at}`, whole.subarray(0, at));
      add(`0xff put in at byte ${at}`, whole.subarray(0, at), Buffer.from([0xff]), whole.subarray(at));
      add(`byte ${at} left out`, whole.subarray(0, at), whole.subarray(at + 1));
    }
    const body = whole.subarray(2);
    const type = whole.subarray(0, 1);
    for (const length of [
      0,
      body.length - 1,
      body.length + 1,
      127,
      128,
      16_383,
      16_384,
      65_535,
      2_097_152,
      268_435_455,
    ]) {
      if (length >= 0) add(`a length of ${length}`, type, remainingLength(length), body);
    }
    add("a length of five bytes", type, Buffer.from([0xff, 0xff, 0xff, 0xff, 0x7f]), body);
    add("a length of zeros that go on", type, Buffer.from([0x80, 0x80, 0x80, 0x00]), body);
    for (let bits = 0; bits < 16; bits++)
      add(`reserved bits ${bits}`, Buffer.from([((type[0] ?? 0) & 0xf0) | bits]), whole.subarray(1));
    add("twice", whole, whole);
  }
  const text = (bytes: Buffer): Buffer =>
    Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
  const topics: [string, Buffer][] = [
    ["an empty topic", Buffer.alloc(0)],
    ["a topic of NUL", Buffer.from([0])],
    ["a topic that is no UTF-8", Buffer.from([0xff, 0xfe, 0xc3, 0x28])],
    ["a topic with a lone surrogate", Buffer.from([0xed, 0xa0, 0x80])],
    ["an overlong slash", Buffer.from([0x67, 0x77, 0xc0, 0xaf, 0x76, 0x31])],
    ["a topic of 65,535 bytes", Buffer.alloc(65_535, "a")],
    ["a topic of slashes", Buffer.alloc(500, "/")],
    ["a wildcard", Buffer.from("gw/v1/+/up/#")],
  ];
  for (const [what, topic] of topics) {
    all.push({ what: `PUBLISH: ${what}`, bytes: packet(0x30, text(topic), Buffer.from("{}")) });
    all.push({
      what: `SUBSCRIBE: ${what}`,
      bytes: packet(0x82, Buffer.from([0, 1]), text(topic), Buffer.from([1])),
    });
    all.push({ what: `UNSUBSCRIBE: ${what}`, bytes: packet(0xa2, Buffer.from([0, 1]), text(topic)) });
  }
  const own = Buffer.from(`gw/v1/device/${id}/up/scan`);
  all.push(
    { what: "PUBLISH: packet id 0", bytes: packet(0x32, text(own), Buffer.from([0, 0]), Buffer.from("{}")) },
    { what: "PUBLISH: QoS 3", bytes: packet(0x36, text(own), Buffer.from([0, 1]), Buffer.from("{}")) },
    { what: "PUBLISH: a topic longer than the packet", bytes: packet(0x30, Buffer.from([0xff, 0xff]), own) },
    { what: "SUBSCRIBE: packet id 0", bytes: packet(0x82, Buffer.from([0, 0]), text(own), Buffer.from([0])) },
    { what: "SUBSCRIBE: QoS 3", bytes: packet(0x82, Buffer.from([0, 1]), text(own), Buffer.from([3])) },
    { what: "SUBSCRIBE: no filter", bytes: packet(0x82, Buffer.from([0, 1])) },
    { what: "UNSUBSCRIBE: no filter", bytes: packet(0xa2, Buffer.from([0, 1])) },
    { what: "UNSUBSCRIBE: of constructor", bytes: unsubscribePacket("constructor") },
    { what: "UNSUBSCRIBE: of __proto__", bytes: unsubscribePacket("__proto__") },
    { what: "CONNECT: MQTT 5", bytes: connectPacket(id, { key, level: 5 }) },
    { what: "CONNECT: MQTT 3.1", bytes: connectPacket(id, { key, level: 3 }) },
    { what: "CONNECT: a bridge", bytes: connectPacket(id, { key, level: 0x84 }) },
    { what: "CONNECT: no id", bytes: connectPacket("") },
    { what: "CONNECT: an id of 60,000 bytes", bytes: connectPacket("a".repeat(60_000)) },
    {
      what: "PUBREL: of what was never sent, many",
      bytes: Buffer.concat(Array.from({ length: 150 }, (_, i) => receiptPacket(6, i + 1))),
    },
  );
  return all;
}

/** Sends each as the first thing on a connection, from many addresses, and hangs up; resolves when all are over. */
export async function beforeConnect(yard: Yard, all: readonly Mutant[], atOnce = 24): Promise<void> {
  const queue = [...all];
  const worker = async (n: number): Promise<void> => {
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      const wire = new Wire(yard.mqtt, `127.0.${3 + (n % 8)}.${1 + (queue.length % 200)}`);
      if (await wire.opened) wire.write(mutant.bytes);
      await wire.overWithin(30);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, n) => worker(n)));
}

/** Sends each over a connection of its own that signed in first, and something legal after it. */
export async function afterConnect(
  yard: Yard,
  all: readonly Mutant[],
  accounts: readonly Credentials[],
): Promise<number> {
  const queue = [...all];
  let signedInTimes = 0;
  const worker = async (who: Credentials): Promise<void> => {
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      try {
        const wire = await signedIn(yard.mqtt, who);
        signedInTimes++;
        wire.write(Buffer.concat([mutant.bytes, pingPacket]));
        await wire.overWithin(10);
      } catch {
        // The account's last connection was just being ended.
        await pause(5);
      }
    }
  };
  await Promise.all(accounts.map(worker));
  return signedInTimes;
}
