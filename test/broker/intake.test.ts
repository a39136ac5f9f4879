/** What reaches the parser, and what does not: raw sockets, and bytes that no client library would send. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Allowance } from "../../gateway/broker/allowance.js";
import { defaultLimits } from "../../gateway/broker/limits.js";
import { PacketGauge } from "../../gateway/broker/packet-gauge.js";
import {
  connectPacket,
  packet,
  pingPacket,
  publishPacket,
  remainingLength,
  subscribePacket,
} from "./packets.js";
import { type BrokerRig, brokerRig, closed, pause, until } from "./rig.js";

const connackBytes = 4;
const acknowledgementBytes = 4;

async function device(rig: BrokerRig, id = "r1") {
  rig.accounts.device(id);
  const wire = await rig.socket();
  wire.resume();
  wire.write(connectPacket(id));
  await until(() => rig.broker.bus.isOnline(id));
  return wire;
}

test("a CONNECT is understood wherever the network cuts it", async () => {
  const rig = await brokerRig();
  rig.accounts.device("r1");
  const whole = connectPacket("r1");
  for (let cut = 1; cut < whole.length; cut++) {
    const wire = await rig.socket();
    wire.setNoDelay(true);
    wire.write(whole.subarray(0, cut));
    await pause(1);
    wire.write(whole.subarray(cut));
    await until(() => rig.broker.bus.isOnline("r1"));
    const gone = closed(wire);
    wire.destroy();
    await gone;
    await until(() => !rig.broker.bus.isOnline("r1"));
  }
  expect(rig.broker.stats().connections).toBe(0);
});

test("a CONNECT that is cut short, wherever, is ended in time and leaves nothing behind", async () => {
  const rig = await brokerRig({ limits: { connectWithinMs: 150, unauthenticatedPerAddress: 100 } });
  rig.accounts.device("r1");
  const whole = connectPacket("r1");
  const ends = [];
  for (let cut = 0; cut < whole.length; cut++) {
    const wire = await rig.socket();
    wire.resume();
    if (cut > 0) wire.write(whole.subarray(0, cut));
    ends.push(closed(wire));
  }
  expect(Math.max(...(await Promise.all(ends)))).toBeLessThan(1_000);
  await until(() => rig.broker.stats().unauthenticated === 0);
  expect(rig.broker.bus.isOnline("r1")).toBe(false);
});

test("a CONNECT that drips in byte by byte is ended when its time is over, not later for every byte", async () => {
  const rig = await brokerRig({ limits: { connectWithinMs: 200 } });
  const wire = await rig.socket();
  wire.resume();
  const gone = closed(wire);
  const whole = connectPacket("r1");
  let at = 0;
  const drip = setInterval(() => {
    if (at < whole.length - 1) wire.write(whole.subarray(at, ++at));
  }, 20);
  expect(await gone).toBeLessThan(600);
  clearInterval(drip);
});

test("whatever is not CONNECT comes first in vain", async () => {
  const rig = await brokerRig();
  for (const first of [
    publishPacket("gw/v1/device/r1/up/scan", "{}"),
    subscribePacket("#"),
    pingPacket,
    Buffer.from("GET / HTTP/1.1\r\n\r\n"),
    Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05]),
    Buffer.from([0x00, 0x00]),
    Buffer.from([0xf0, 0x00]),
  ]) {
    const wire = await rig.socket();
    wire.resume();
    const gone = closed(wire);
    wire.write(first);
    expect(await gone).toBeLessThan(1_000);
  }
});

test("a packet of 64 MiB is refused when it is announced, before a byte of it is kept", async () => {
  const rig = await brokerRig();
  const stranger = await rig.socket();
  stranger.resume();
  const strangerGone = closed(stranger);
  stranger.write(Buffer.concat([Buffer.from([0x10]), remainingLength(64 * 1024 * 1024), Buffer.alloc(10)]));
  expect(await strangerGone).toBeLessThan(1_000);

  const known = await device(rig);
  const told: Buffer[] = [];
  known.on("data", (chunk: Buffer) => told.push(chunk));
  const knownGone = closed(known);
  known.write(Buffer.concat([Buffer.from([0x30]), remainingLength(64 * 1024 * 1024), Buffer.alloc(10)]));
  expect(await knownGone).toBeLessThan(1_000);
  expect(Buffer.concat(told).toString()).toMatch(/down\/error.*the packet is too large/);
});

test("64 kB of payload pass, one byte more does not", async () => {
  const rig = await brokerRig();
  const heard: number[] = [];
  rig.broker.bus.onUp(({ payload }) => heard.push(payload.length));
  const wire = await device(rig);
  const gone = closed(wire);
  wire.write(publishPacket("gw/v1/device/r1/up/scan", Buffer.alloc(64 * 1024, 0x20)));
  await until(() => heard.length === 1);
  wire.write(publishPacket("gw/v1/device/r1/up/scan", Buffer.alloc(64 * 1024 + 1, 0x20)));
  await gone;
  expect(heard).toEqual([64 * 1024]);
});

test("a length of five bytes is none", async () => {
  const rig = await brokerRig();
  const wire = await device(rig);
  const gone = closed(wire);
  wire.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]));
  expect(await gone).toBeLessThan(1_000);
});

test("what a client sends after CONNECT is not read before it is known who it is", async () => {
  const rig = await brokerRig();
  rig.accounts.device("r1");
  const ups: string[] = [];
  rig.broker.bus.onUp(({ payload }) => ups.push(payload.toString()));
  rig.broker.bus.onPresence((_device, online) => ups.push(`online ${online}`));
  const wire = await rig.socket();
  const scans = Array.from({ length: 100 }, (_, i) => publishPacket("gw/v1/device/r1/up/scan", String(i)));
  wire.write(Buffer.concat([connectPacket("r1"), ...scans]));
  await until(() => ups.length === 101);
  expect(ups[0]).toBe("online true");

  ups.length = 0;
  const impostor = await rig.socket();
  impostor.resume();
  const gone = closed(impostor);
  impostor.write(Buffer.concat([connectPacket("r1", { key: "wrong" }), ...scans]));
  await gone;
  expect(ups).toEqual([]);
});

test("above its rate a device is not read, loses nothing, and delays nobody", async () => {
  const rig = await brokerRig({ limits: { publishPerSecond: 100, publishBurst: 20 } });
  const arrivals = new Map<string, number[]>([
    ["r1", []],
    ["r2", []],
  ]);
  rig.broker.bus.onUp(({ device }) => arrivals.get(device)?.push(performance.now()));
  const flood = await device(rig, "r1");
  const neighbour = await device(rig, "r2");
  const from = performance.now();
  flood.write(
    Buffer.concat(Array.from({ length: 80 }, () => publishPacket("gw/v1/device/r1/up/scan", "{}"))),
  );
  await pause(50);
  const asked = performance.now();
  neighbour.write(publishPacket("gw/v1/device/r2/up/scan", "{}"));
  await until(() => arrivals.get("r2")?.length === 1);
  expect((arrivals.get("r2")?.[0] ?? 0) - asked).toBeLessThan(150);
  await until(() => arrivals.get("r1")?.length === 80, 5_000);
  // 20 at once, 60 more at 100 a second.
  const took = (arrivals.get("r1")?.at(-1) ?? 0) - from;
  expect(took).toBeGreaterThan(500);
  expect(took).toBeLessThan(2_500);
});

test("what a client said before it hung up is still heard", async () => {
  const rig = await brokerRig({ limits: { publishPerSecond: 200, publishBurst: 5 } });
  let count = 0;
  rig.broker.bus.onUp(() => count++);
  const wire = await device(rig);
  const scans = Array.from({ length: 40 }, () => publishPacket("gw/v1/device/r1/up/scan", "{}"));
  wire.end(Buffer.concat([...scans, Buffer.from([0xe0, 0x00])]));
  await until(() => count === 40);
  await until(() => !rig.broker.bus.isOnline("r1"));
});

test("a flood of pings, subscriptions or acknowledgements is slowed as well", () => {
  const limits = { ...defaultLimits, publishPerSecond: 50, publishBurst: 200 };
  const most = (one: Buffer): number => {
    const gauge = new PacketGauge(limits);
    gauge.measure(connectPacket("r1"), 0);
    gauge.open(new Allowance(limits, 0));
    const flood = Buffer.concat(Array.from({ length: 30_000 }, () => one));
    return gauge.measure(flood, 0).pass / one.length;
  };
  expect(most(pingPacket)).toBe(200);
  expect(most(subscribePacket("a"))).toBe(40);
  expect(most(packet(0x40, Buffer.from([0, 1])))).toBeLessThanOrEqual(20_001);
  expect(most(packet(0x40, Buffer.from([0, 1])))).toBeGreaterThan(19_900);
});

test("the gauge passes the same bytes, however they are cut", () => {
  const stream = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((body) => publishPacket("a/b", Buffer.from(body), { id: 1 })),
      fc.constant(pingPacket),
      fc.constant(subscribePacket("a")),
    ),
    { minLength: 1, maxLength: 10 },
  );
  fc.assert(
    fc.property(stream, fc.array(fc.nat({ max: 400 }), { maxLength: 20 }), (packets, cuts) => {
      const bytes = Buffer.concat([connectPacket("r1"), ...packets]);
      const gauge = new PacketGauge(defaultLimits);
      const head = connectPacket("r1").length;
      expect(gauge.measure(bytes, 0)).toEqual({ pass: head, waitMs: Number.POSITIVE_INFINITY });
      gauge.open(new Allowance({ publishPerSecond: 50, publishBurst: 1_000 }, 0));
      let at = head;
      for (const cut of cuts) {
        const chunk = bytes.subarray(at, at + cut);
        expect(gauge.measure(chunk, 0)).toEqual({ pass: chunk.length });
        at += chunk.length;
      }
      expect(gauge.measure(bytes.subarray(at), 0)).toEqual({ pass: bytes.length - at });
    }),
  );
});

test("64 kB cost as much of the allowance as nine messages", () => {
  const limits = { ...defaultLimits, publishPerSecond: 50, publishBurst: 200 };
  const gauge = new PacketGauge(limits);
  gauge.measure(connectPacket("r1"), 0);
  gauge.open(new Allowance(limits, 0));
  const large = publishPacket("a", Buffer.alloc(64 * 1024));
  const { pass, waitMs = 0 } = gauge.measure(Buffer.concat(Array.from({ length: 100 }, () => large)), 0);
  // The last one that begins within the allowance passes whole, on credit.
  expect(pass / large.length).toBe(23);
  expect(waitMs).toBeGreaterThan(100);
});

test("who is thrown out and comes back has no new allowance", async () => {
  const rig = await brokerRig({ limits: { publishPerSecond: 20, publishBurst: 60 } });
  rig.accounts.device("r1");
  let count = 0;
  rig.broker.bus.onUp(() => count++);
  const scans = Array.from({ length: 200 }, () => publishPacket("gw/v1/device/r1/up/scan", "{}"));
  const from = performance.now();
  for (let i = 0; i < 4; i++) {
    const wire = await device(rig, "r1");
    wire.write(Buffer.concat(scans));
    await pause(100);
    const gone = closed(wire);
    wire.resetAndDestroy();
    await gone;
    await until(() => !rig.broker.bus.isOnline("r1"));
  }
  // 60 and 20 a second, less ten for each time it signed in.
  expect(count).toBeLessThanOrEqual(60 + ((performance.now() - from) / 1000) * 20 - 40 + 1);
  expect(count).toBeGreaterThan(10);
});

test("who signs in over and over waits for it, and is refused in the end", async () => {
  const rig = await brokerRig({ limits: { publishPerSecond: 10, publishBurst: 20 } });
  rig.accounts.device("r1");
  const codes: number[] = [];
  for (let i = 0; i < 10; i++) {
    const wire = await rig.socket();
    wire.on("data", (bytes: Buffer) => codes.push(bytes[3] ?? -1));
    wire.write(connectPacket("r1"));
  }
  // Two at once, five that would wait five seconds and less, and the rest is told to come back.
  await until(() => codes.length === 5);
  expect(codes.filter((code) => code === 0).length).toBe(2);
  expect(codes.filter((code) => code === 3).length).toBe(3);
});

test("a connection that is silent beyond its keep-alive ends, also one that asked for none", async () => {
  const rig = await brokerRig({ limits: { keepAliveS: 1 } });
  rig.accounts.device("r1");
  for (const keepAliveS of [1, 0, 65_535]) {
    const wire = await rig.socket();
    wire.resume();
    const gone = closed(wire);
    wire.write(connectPacket("r1", { keepAliveS }));
    const took = await gone;
    expect(took).toBeGreaterThan(1_400);
    expect(took).toBeLessThan(3_000);
  }
});

test("a packet that never ends does not keep a connection alive", async () => {
  const rig = await brokerRig({ limits: { keepAliveS: 1 } });
  const wire = await device(rig);
  const gone = closed(wire);
  wire.write(Buffer.concat([Buffer.from([0x30]), remainingLength(60_000)]));
  const drip = setInterval(() => wire.write(Buffer.from([0])), 100);
  expect(await gone).toBeLessThan(3_000);
  clearInterval(drip);
});

test("garbage of any kind ends its own connection at most, and a neighbour goes on", async () => {
  const rig = await brokerRig({ limits: { publishPerSecond: 10_000, publishBurst: 10_000 } });
  rig.accounts.device("r1");
  const neighbour = await device(rig, "r2");
  let heard = 0;
  rig.broker.bus.onUp(({ device: from }) => {
    if (from === "r2") heard++;
  });
  const good = [
    publishPacket("gw/v1/device/r1/up/scan", `{"id":"1"}`, { id: 7 }),
    publishPacket("gw/v1/device/r1/up/state", `{"state":"ready"}`, { retain: true }),
    subscribePacket("gw/v1/device/r1/down/#", 1),
    packet(0xa2, Buffer.from([0, 2, 0, 1, 0x61])),
    packet(0x62, Buffer.from([0, 9])),
    packet(0x40, Buffer.from([0, 9])),
    pingPacket,
  ];
  const mutated = fc
    .tuple(fc.constantFrom(...good), fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 }))
    .map(([bytes, changes]) => {
      const copy = Buffer.from(bytes);
      for (const [at, value] of changes) copy[at % copy.length] = value;
      return copy;
    });
  const anything = fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => Buffer.from(bytes));
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(fc.oneof(mutated, anything), { minLength: 1, maxLength: 6 }),
      async (signedIn, packets) => {
        const wire = await rig.socket();
        wire.resume();
        const bytes = Buffer.concat([...(signedIn ? [connectPacket("r1")] : []), ...packets]);
        await new Promise<void>((resolve) => wire.write(bytes, () => resolve()));
        await pause(1);
        wire.destroy();
      },
    ),
    { numRuns: 400 },
  );
  neighbour.write(publishPacket("gw/v1/device/r2/up/scan", "{}"));
  await until(() => heard === 1);
  expect(rig.faults).toEqual([]);
}, 60_000);

test("a mutated CONNECT is no more than refused", async () => {
  const rig = await brokerRig({ limits: { connectWithinMs: 100 } });
  rig.accounts.device("r1");
  const whole = connectPacket("r1");
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 }),
      async (changes) => {
        const copy = Buffer.from(whole);
        for (const [at, value] of changes) copy[at % copy.length] = value;
        const wire = await rig.socket();
        wire.resume();
        await new Promise<void>((resolve) => wire.write(copy, () => resolve()));
        await pause(1);
        wire.destroy();
      },
    ),
    { numRuns: 300 },
  );
  await until(() => rig.broker.stats().connections === 0, 6_000);
  await device(rig, "r2");
}, 60_000);

test("what a device sends while the broker holds its clients back waits, and is all heard afterwards", async () => {
  const rig = await brokerRig();
  const wire = await device(rig);
  const heard: string[] = [];
  rig.broker.bus.onUp(({ payload }) => heard.push(payload.toString()));
  rig.broker.hold(true);
  for (let i = 1; i <= 20; i++) wire.write(publishPacket("gw/v1/device/r1/up/scan", `${i}`));
  await pause(150);
  // What was already on its way to the parser when the hold began may pass.
  expect(heard).toEqual([]);
  rig.broker.hold(false);
  await until(() => heard.length === 20);
  expect(heard).toEqual(Array.from({ length: 20 }, (_, i) => `${i + 1}`));
});

test("a scan's acknowledgement leaves with its answer, and by itself when there is none", async () => {
  const rig = await brokerRig();
  const wire = await device(rig);
  await until(() => wire.bytesRead === connackBytes);
  const chunks: Buffer[] = [];
  wire.on("data", (chunk: Buffer) => chunks.push(chunk));
  const answer = (): void => void rig.broker.bus.sendDown("r1", "result", "{}", 0);
  const end = rig.broker.bus.onUp(() => void setTimeout(answer, 2));
  const scans = 20;
  const answerBytes = publishPacket("gw/v1/device/r1/down/result", "{}").length;
  for (let i = 1; i <= scans; i++) {
    const before = wire.bytesRead;
    wire.write(publishPacket("gw/v1/device/r1/up/scan", "{}", { id: i }));
    await until(() => wire.bytesRead === before + acknowledgementBytes + answerBytes);
  }
  // A loop that was held up lets the one or other go alone.
  expect(chunks.length).toBeLessThan(scans * 1.5);
  end();
  chunks.length = 0;
  wire.write(publishPacket("gw/v1/device/r1/up/scan", "{}", { id: 99 }));
  await until(() => chunks.length > 0);
  expect(Buffer.concat(chunks)).toEqual(Buffer.from([0x40, 2, 0, 99]));
});
