import {
  connectPacket,
  pingPacket,
  publishPacket,
  subscribePacket,
  type Will,
} from "../../broker/packets.js";
import { goodCard } from "../../faults/building.js";
import { pause } from "../../faults/rounds.js";
import { greedyFilters } from "../contract-reads.js";
import { signedIn, Wire } from "../wire.js";
import type { Yard } from "../yard.js";

/** Names that mean something to JavaScript and nothing to a building. */
export const wickedNames = [
  "constructor",
  "__proto__",
  "toString",
  "hasOwnProperty",
  "prototype",
  "valueOf",
  "__defineGetter__",
];

const deep = (levels: number): string => Array.from({ length: levels }, () => "a").join("/");
const id = (n: number): number => 1 + (n % 65_000);
/** What is to be closed is closed at once; on a busy machine that takes its time. */
const answerMs = 1_000;

/** What came of one packet: closed by the gateway, and whether it had granted a subscription before. */
export interface Outcome {
  readonly what: string;
  readonly closed: boolean;
  readonly granted: boolean;
  /** It was told to open a door. */
  readonly ordered: boolean;
}

/** Sends each packet over a connection of its own, by `who`, and waits for what comes of it. */
export async function tryEach(
  yard: Yard,
  who: string,
  packets: readonly (readonly [string, Buffer])[],
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [what, bytes] of packets) {
    const wire = await comeIn(yard, who);
    const before = wire.bytes.length;
    wire.write(Buffer.concat([bytes, pingPacket]));
    const closed = await wire.overWithin(answerMs);
    const answer = wire.bytes.subarray(before);
    outcomes.push({
      what,
      closed,
      granted: answer[0] === 0x90 && (answer[4] ?? 0x80) < 0x80,
      ordered: answer.includes('"op":"unlock"'),
    });
  }
  return outcomes;
}

/** A session that has just been ended by the gateway may take a moment. */
async function comeIn(yard: Yard, who: string, options: { clean?: boolean } = {}): Promise<Wire> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await signedIn(yard.mqtt, yard.account(who), options);
    } catch (error) {
      if (attempt === 5) throw error;
      await pause(20);
    }
  }
}

/** Topics that no device may write to: other people's, the gateway's own, and names that only a language knows. */
export function foreignTopics(): string[] {
  return [
    "gw/v1/device/io-1/up/scan",
    "gw/v1/device/io-1/up/state",
    "gw/v1/device/io-1/down/cmd",
    "gw/v1/device/io-1/down/result",
    "gw/v1/site/hq/door/door-1",
    "gw/v1/site/hq/status",
    "gw/v1/site/hq/event/access/granted",
    "gw/v1/client/rogue-1/site/hq/req",
    "gw/v1/client/rogue-1/site/hq/res",
    "$SYS/broker/new/clients",
    "$SYS/x/disconnect/clients",
    "$share/all/gw/v1/site/hq/status",
    "gw/v1",
    "/",
    "//",
    ...wickedNames,
    ...wickedNames.map((name) => `gw/v1/device/${name}/up/scan`),
    ...wickedNames.map((name) => `gw/v1/${name}/hq/status`),
    deep(32),
    deep(100),
    deep(200),
  ];
}

/** PUBLISH to everything that is not one's own, at each QoS, retained and not. */
export function foreignPublishes(): [string, Buffer][] {
  return foreignTopics().flatMap((topic, i) => {
    const qos = (i % 3) as 0 | 1 | 2;
    const retain = i % 2 === 0;
    const options = qos === 0 ? { retain } : { id: id(i + 1), qos, retain };
    return [
      [`publish ${topic.slice(0, 60)}`, publishPacket(topic, '{"state":"ready"}', options)] as [
        string,
        Buffer,
      ],
    ];
  });
}

/** SUBSCRIBE to everything, and to what no filter is. */
export function foreignSubscribes(): [string, Buffer][] {
  const filters = [
    ...greedyFilters,
    deep(100),
    deep(300),
    `${deep(99)}/#`,
    ...wickedNames,
    "a/#/b",
    "a+",
    "#a",
    "",
  ];
  return filters.map((filter, i) => [`subscribe ${filter.slice(0, 60)}`, subscribePacket(filter, i % 3)]);
}

/** What wicked names do as topics, ids, keys and values in what a device may say; these are read and answered, not punished. */
export function wickedPayloads(device: string): Buffer[] {
  const up = `gw/v1/device/${device}/up`;
  const stamp = { boot: "__proto__", up_ms: 1 };
  const packets: Buffer[] = [];
  for (const name of wickedNames) {
    const bodies: [string, string][] = [
      [name, "{}"],
      [`input/${name}`, "{}"],
      [
        "scan",
        `{"${name}":{"reader":1},"id":"${name}","reader":1,"uid":"04a1b2c3d4e5f6","boot":"${name}","up_ms":1}`,
      ],
      ["scan", `{"id":"x","reader":"${name}","uid":"${name}"}`],
      ["scan", JSON.stringify({ ...stamp, id: name, reader: 1, code: name })],
      [
        "hello",
        JSON.stringify({ ...stamp, proto: 1, model: name, fw: name, points: { [name]: [1], reader: [1] } }),
      ],
      [
        "hello",
        `{"boot":"b","up_ms":1,"proto":1,"model":"m","fw":"f","points":{"__proto__":{"reader":[1]},"${name}":[1]}}`,
      ],
      ["ack", JSON.stringify({ re: name, ok: true })],
      ["health", `{"boot":"b","up_ms":1,"${name}":1,"__proto__":{"tamper":true}}`],
      ["input/1", JSON.stringify({ ...stamp, active: true, fault: null, changes: 1, [name]: 1 })],
    ];
    for (const [topic, body] of bodies) packets.push(publishPacket(`${up}/${topic}`, body));
  }
  return packets;
}

/** The same in the requests of a client. */
export function wickedRequests(client: string): Buffer[] {
  const topic = (site: string): string => `gw/v1/client/${client}/site/${site}/req`;
  const at = new Date().toISOString();
  return wickedNames.flatMap((name) => [
    publishPacket(topic("hq"), JSON.stringify({ id: name, op: name })),
    publishPacket(
      topic("hq"),
      `{"id":"${name}","op":"door.unlock","at":"${at}","ttl_ms":5000,"door":"${name}"}`,
    ),
    publishPacket(topic("hq"), `{"id":"a","op":"status","__proto__":{"role":"owner"},"${name}":1}`),
    publishPacket(topic(name), JSON.stringify({ id: name, op: "status" })),
  ]);
}

/** CONNECTs whose last will is not the device's own state; resolves with how many were let in. */
export async function foreignWills(yard: Yard, device: string): Promise<number> {
  const lost = '{"state":"lost"}';
  const own = `gw/v1/device/${device}/up/state`;
  const wills: Will[] = [
    ...foreignTopics()
      .filter((topic) => topic.length < 3_000)
      .map((topic) => ({ topic, payload: lost })),
    { topic: "gw/v1/device/io-1/up/state", payload: lost, qos: 2, retain: true },
    { topic: "gw/v1/device/io-1/down/cmd", payload: '{"id":"1","op":"unlock","lock":1,"ms":5000}', qos: 1 },
    { topic: "#", payload: lost },
    { topic: "+/+/device/io-1/up/state", payload: lost },
    { topic: own, payload: '{"state":"ready"}', retain: true },
    { topic: own, payload: '{"id":"1","reader":1,"uid":"04a1"}' },
    {
      topic: `gw/v1/device/${device}/up/scan`,
      payload: '{"id":"w","reader":1,"uid":"04a1b2c3d4e5f6"}',
      qos: 2,
    },
    { topic: own, payload: "x".repeat(3_000) },
  ];
  let letIn = 0;
  const { key } = yard.account(device);
  for (const [i, will] of wills.entries()) {
    // From many addresses, so that the pauses after what was refused do not add up.
    const wire = new Wire(yard.mqtt, `127.0.8.${1 + (i % 250)}`);
    wire.write(connectPacket(device, { key, will }));
    await wire.overWithin(60);
    const [type, , , code] = wire.bytes;
    if (type === 0x20 && code === 0) letIn++;
  }
  return letIn;
}

/**
 * Wills that are the device's own, with every QoS, retained or not, fired by hanging up again and again: the gateway hears them and
 * nobody else.
 */
export async function ownWills(yard: Yard, device: string, times: number): Promise<void> {
  const topic = `gw/v1/device/${device}/up/state`;
  for (let i = 0; i < times; i++) {
    const will: Will = { topic, payload: '{"state":"lost"}', qos: (i % 3) as 0 | 1 | 2, retain: i % 2 === 0 };
    try {
      const wire = await signedIn(yard.mqtt, yard.account(device), { will });
      wire.socket.resetAndDestroy();
    } catch {
      // The last connection of the account was just being ended.
    }
    await pause(10);
  }
}

/** CONNECTs that take somebody else's name; resolves with the codes of their CONNACKs. */
export async function takeOver(yard: Yard, victim: string, by: string): Promise<number[]> {
  const theirs = yard.account(by).key;
  const tries = [
    connectPacket(victim, { username: by, key: theirs }),
    connectPacket(victim, { username: victim, key: theirs }),
    connectPacket(by, { username: victim, key: theirs }),
    connectPacket(victim, { username: victim, key: "" }),
    connectPacket(victim, { username: victim, key: "0".repeat(64) }),
    connectPacket(`${victim} `, { username: by, key: theirs }),
    connectPacket(victim.toUpperCase(), { username: by, key: theirs }),
  ];
  const codes: number[] = [];
  for (const [i, bytes] of tries.entries()) {
    const wire = new Wire(yard.mqtt, `127.0.10.${i + 1}`);
    wire.write(bytes);
    await wire.overWithin(1_000);
    codes.push(wire.bytes[3] ?? -1);
  }
  return codes;
}

/** What a device publishes that would open a door if it stayed, or if somebody took it for an order; then it comes back. */
export async function retainedCommands(yard: Yard, device: string): Promise<Outcome[]> {
  const topic = (rest: string): string => `gw/v1/device/${device}/${rest}`;
  const scan = JSON.stringify({ id: `kept-${Math.random()}`, reader: 1, uid: goodCard });
  const order = '{"id":"kept","op":"unlock","lock":1,"ms":5000}';
  const keep = (at: string, body: string) => publishPacket(topic(at), body, { id: 9, retain: true });
  return tryEach(yard, device, [
    ["retained scan", keep("up/scan", scan)],
    ["retained keys", keep("up/keys", '{"id":"k","reader":1,"keys":"1234#"}')],
    ["retained order to itself", keep("down/cmd", order)],
    [
      "retained order to another",
      publishPacket("gw/v1/device/io-1/down/cmd", order, { id: 9, retain: true }),
    ],
    ["retained result", keep("down/result", '{"re":"x","reader":1,"outcome":"granted"}')],
    ["back again", subscribePacket(topic("down/#"), 1)],
  ]);
}

/** One allowed filter and one that is not, in a session that is to persist; resolves with what came after coming back to it. */
export async function mixedSubscribe(
  yard: Yard,
  who: string,
  allowed: string,
  foreign: string,
): Promise<Buffer> {
  for (const filters of [
    [allowed, foreign],
    [foreign, allowed],
  ]) {
    const first = await comeIn(yard, who, { clean: false });
    first.write(subscribePacket(filters, 1));
    await first.overWithin(300);
  }
  const second = await comeIn(yard, who, { clean: false });
  const welcome = second.bytes.length;
  await pause(500);
  second.destroy();
  return second.bytes.subarray(welcome);
}
