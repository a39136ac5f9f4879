/** The panel's side of one reader, led through its life against a reader that was written apart from it. Time is counted, not waited. */
import { beforeEach, describe, expect, test } from "vitest";
import { buzzer, led, output } from "../../../drivers/osdp/orders.js";
import { CountedLine } from "./counted-line.js";
import { crcOf, defaultKey, SimulatedReader } from "./simulated-reader.js";

const key = "9F3C71D08E5A24B66B0D4C17E8F29A53";
const card26 = "10111101100010001110101110";

describe("a reader with its own key", () => {
  let line: CountedLine;
  beforeEach(() => {
    line = new CountedLine({ key }, key).run(200);
  });

  test("comes up in a session, and nothing but its name was asked in the clear", () => {
    expect(line.of("online")).toMatchObject([
      { secure: true, identity: { maker: "b0b0b0", serial: "01020304" } },
    ]);
    expect([...new Set(line.clear)]).toEqual([0x61]);
  });

  test("tells a card once, and its keys", () => {
    line.reader.card(card26);
    line.reader.keys("1234#");
    line.run(300);
    expect(line.cards()).toEqual([card26]);
    expect(line.of("reply").filter(({ reply }) => reply.is === "keys")).toMatchObject([
      { reply: { keys: "1234#" } },
    ]);
  });

  test("carries orders out in their order, a lock before lamps, each settled", () => {
    const orders = [
      led(0, 0, { permanent: { colour: "red" } }),
      buzzer(0, 100, 100, 2),
      output(0, true, 3_000),
    ];
    const [lamp, sound, lock] = orders.map((order) => line.link.order(order));
    line.run(200);
    expect(line.of("settled")).toEqual(
      [lock, lamp, sound].map((order) => ({ is: "settled", order, result: { is: "done" } })),
    );
    expect(line.reader.done.map(({ code }) => code).filter((code) => code !== 0x7b)).toEqual([
      0x68, 0x69, 0x6a,
    ]);
  });

  test("answers that are lost are asked for again, and each thing happens once", () => {
    line.spoil = (answer) => (Math.floor(line.now / 5) % 3 === 0 ? undefined : answer);
    line.link.order(buzzer(0, 100, 100, 2));
    line.reader.card(card26);
    line.run(3_000);
    expect(line.cards()).toEqual([card26]);
    expect(line.reader.done.filter(({ code }) => code === 0x6a)).toHaveLength(1);
    expect(line.alarms()).toEqual([]);
  });

  test("is borne while it is busy, and goes on where it was", () => {
    line.reader.busyTimes = 5;
    line.reader.card(card26);
    line.run(2_000);
    expect([line.cards(), line.alarms(), line.of("offline")]).toEqual([[card26], [], []]);
  });

  test("is offline within 3 s of silence and back within 5 s of its return", () => {
    line.reader.silent = true;
    const silentAt = line.now;
    while (line.of("offline").length === 0) line.run(10);
    expect(line.now - silentAt).toBeLessThanOrEqual(3_000);
    expect(line.link.order(buzzer(0, 100, 0, 1))).toBeUndefined();
    line.run(60_000);
    line.reader.silent = false;
    const backAt = line.now;
    while (line.of("online").length < 2) line.run(10);
    expect(line.now - backAt).toBeLessThanOrEqual(5_000);
  });

  test("that was switched off and on shakes hands again by itself", () => {
    const anew = new SimulatedReader(line.reader.sketch);
    line.reader = anew;
    line.run(4_000);
    anew.card(card26);
    line.run(100);
    expect(line.of("online")).toHaveLength(2);
    expect(line.cards()).toEqual([card26]);
    expect([...new Set(line.clear)]).toEqual([0x61]);
  });
});

describe("attacks on the line that others fell to", () => {
  test("a reader that has no secure channel any more is no reader, and raises an alarm", () => {
    const line = new CountedLine({ key }, key).run(200);
    line.reader = new SimulatedReader({ address: 1, plain: true });
    line.reader.card(card26);
    line.run(20_000);
    expect(line.cards()).toEqual([]);
    expect(line.link.online).toBe(false);
    expect(line.alarms()).toContain("refuses the secure channel");
  });

  test("a reader with the default key only is refused", () => {
    const line = new CountedLine({}, key);
    line.reader.card(card26);
    line.run(20_000);
    expect([line.cards(), line.of("online")]).toEqual([[], []]);
    expect(line.alarms()).toContain("refuses the secure channel");
  });

  test("a reader with another key is refused, and our proof is not sent to it", () => {
    const line = new CountedLine({ key: "00000000000000000000000000000001" }, key).run(10_000);
    expect(line.alarms()).toEqual(["cryptogram does not fit the key"]);
    expect(line.of("online")).toEqual([]);
  });

  test("handshakes that fail are tried ever more seldom", () => {
    const line = new CountedLine({ plain: true }, key).run(100_000);
    expect(line.of("alarm").length).toBeLessThan(10);
  });

  test("a card put in between in the clear counts for nothing, ends the session and raises an alarm", () => {
    const line = new CountedLine({ key }, key).run(200);
    line.reader.injectClear = { code: 0x50, data: Buffer.from("00011A00BD88EB80", "hex") };
    line.run(500);
    expect(line.cards()).toEqual([]);
    expect(line.alarms()).toEqual(["clear text inside a secure session"]);
    expect(line.of("online")).toHaveLength(2);
  });

  test("one wrong bit of a MAC ends the session, and no event comes of the frame", () => {
    const line = new CountedLine({ key }, key).run(200);
    let wrong = 1;
    line.reader.card(card26);
    line.spoil = (answer) => {
      if (answer.length < 20 || wrong-- <= 0) return answer;
      const frame = Buffer.from(answer);
      frame[frame.length - 4] = (frame[frame.length - 4] as number) ^ 1;
      // The check is made right again, as somebody who tampers would.
      frame.writeUInt16LE(crcOf(frame.subarray(0, -2)), frame.length - 2);
      return frame;
    };
    line.run(500);
    expect(line.alarms()).toEqual(["MAC"]);
    expect(line.cards()).toEqual([]);
  });

  test("a recorded card, sent again later, counts for nothing", () => {
    const line = new CountedLine({ key }, key).run(200);
    let recorded: Buffer | undefined;
    line.spoil = (answer) => {
      if (answer.length > 20) recorded ??= Buffer.from(answer);
      return answer;
    };
    line.reader.card(card26);
    line.run(50);
    expect(line.cards()).toEqual([card26]);
    let again = 3;
    line.spoil = (answer) => {
      if (!recorded || again-- <= 0) return answer;
      const frame = Buffer.from(recorded);
      // With the sequence number that is expected now.
      frame[4] = ((frame[4] as number) & ~3) | ((answer[4] as number) & 3);
      frame.writeUInt16LE(crcOf(frame.subarray(0, -2)), frame.length - 2);
      return frame;
    };
    line.run(1_000);
    expect(line.cards()).toEqual([card26]);
    expect(line.alarms()).toContain("MAC");
  });

  test("a refusal in the clear, which anybody can forge, costs a handshake and no more", () => {
    const line = new CountedLine({ key }, key).run(200);
    let forged = 1;
    line.spoil = (answer) => {
      if (forged-- <= 0) return answer;
      const frame = Buffer.from([0x53, 0x81, 9, 0, 4 | ((answer[4] as number) & 3), 0x41, 6, 0, 0]);
      frame.writeUInt16LE(crcOf(frame.subarray(0, -2)), frame.length - 2);
      return frame;
    };
    line.run(1_000);
    expect(line.link.secure).toBe(true);
    expect([...new Set(line.clear)]).toEqual([0x61]);
  });
});

describe("installing a key", () => {
  test("gives it over the default key's session, proves it, and goes on under it", () => {
    const line = new CountedLine({}, undefined).run(300);
    expect(line.of("online")).toMatchObject([{ secure: false }]);
    line.facts.push(...line.link.install(Buffer.from(key, "hex"), line.now));
    line.run(300);
    expect(line.of("installed")).toMatchObject([{ clientId: "b0b0990004030201" }]);
    expect(line.reader.key?.toString("hex").toUpperCase()).toBe(key);
    expect(line.link.secure).toBe(true);
    line.reader.card(card26);
    line.run(100);
    expect(line.cards()).toEqual([card26]);
  });

  test("that fails throws the key away, and opens nothing on the way", () => {
    const line = new CountedLine({ plain: true }, undefined).run(300);
    line.facts.push(...line.link.install(Buffer.from(key, "hex"), line.now));
    line.run(300);
    expect(line.of("not-installed")).toHaveLength(1);
    expect(line.of("installed")).toEqual([]);
  });

  test("opens no door by a card that comes while the default key is in use", () => {
    const line = new CountedLine({}, undefined).run(300);
    line.reader.card(card26);
    line.facts.push(...line.link.install(Buffer.from(key, "hex"), line.now));
    let polls = 0;
    line.spoil = (answer) => (polls++ < 3 ? answer : undefined);
    line.run(1_000);
    expect(line.cards()).toEqual([]);
    expect(defaultKey).toHaveLength(16);
  });
});

test("under noise that breaks every fifth answer no card is made up and none that the reader told is lost", () => {
  const line = new CountedLine({ key }, key).run(200);
  let count = 0;
  line.spoil = (answer) => {
    if (++count % 5 !== 0) return answer;
    const frame = Buffer.from(answer);
    const at = count % frame.length;
    frame[at] = (frame[at] as number) ^ (1 << (count % 8));
    return frame;
  };
  for (let i = 0; i < 50; i++) {
    line.reader.card(card26);
    line.run(1_000);
  }
  expect(new Set(line.cards())).toEqual(new Set([card26]));
  expect(line.cards().length).toBe(50);
});

describe("a new key in place of the old one", () => {
  const next = "D1A0775C3EF94B2862C8910B5FE3A476";

  test("is taken in the session under the old one, and proven", () => {
    const line = new CountedLine({ key }, key).run(200);
    expect(line.link.rotate(Buffer.from(next, "hex"))).toBe(true);
    line.run(300);
    expect(line.of("installed")).toHaveLength(1);
    expect(line.reader.key?.toString("hex").toUpperCase()).toBe(next);
    expect(line.link.secure).toBe(true);
    expect([...new Set(line.clear)]).toEqual([0x61]);
  });

  test("asked for while a question is on the line is sent once that is answered, and the card in its answer counts", () => {
    const line = new CountedLine({ key }, key).run(200);
    line.reader.card(card26);
    const { spoil } = line;
    let rotated = false;
    line.spoil = (answer) => {
      if (!rotated) rotated = line.link.rotate(Buffer.from(next, "hex"));
      return spoil(answer);
    };
    line.run(500);
    expect(rotated).toBe(true);
    expect(line.cards()).toEqual([card26]);
    expect(line.reader.key?.toString("hex").toUpperCase()).toBe(next);
    expect(line.of("not-installed")).toEqual([]);
    expect(line.of("installed")).toHaveLength(1);
  });

  test("whose acknowledgement is lost with the line is found out: both are tried, without a false alarm", () => {
    const line = new CountedLine({ key }, key).run(200);
    line.link.rotate(Buffer.from(next, "hex"));
    let cut = false;
    line.spoil = (answer) => {
      cut ||= line.reader.key?.toString("hex").toUpperCase() === next;
      return cut && line.now < 4_000 ? undefined : answer;
    };
    line.run(10_000);
    expect(line.of("offline")).not.toEqual([]);
    expect(line.link.secure).toBe(true);
    expect(line.of("installed")).toHaveLength(1);
    expect(line.alarms()).toEqual([]);
  });

  for (const [has, told] of [
    [key, 0],
    [next, 1],
  ] as const)
    test(`that may have been given before the power went is tried beside the old one (${told})`, () => {
      const line = new CountedLine({ key: has }, key, { nextKey: Buffer.from(next, "hex") }).run(3_000);
      expect(line.link.secure).toBe(true);
      expect(line.of("installed")).toHaveLength(told);
      expect(line.alarms()).toEqual([]);
    });

  test("does not make a third key welcome", () => {
    const line = new CountedLine({ key: "00000000000000000000000000000001" }, key, {
      nextKey: Buffer.from(next, "hex"),
    }).run(10_000);
    expect(line.of("online")).toEqual([]);
    expect(line.alarms()).toEqual(["cryptogram does not fit the key"]);
  });
});

test("a reader that waits for its key is told nothing until an operator gives it one", () => {
  const line = new CountedLine({}, undefined, { waitsForKey: true });
  line.reader.card(card26);
  expect(line.link.dueAt).toBe(Number.POSITIVE_INFINITY);
  line.link.install(Buffer.from(key, "hex"), line.now);
  line.run(400);
  expect(line.link.secure).toBe(true);
  expect(line.cards()).toEqual([]);
});

test("a card that was read before the reader could be heard opens nothing when it is", () => {
  const line = new CountedLine({ key }, key);
  line.reader.card(card26);
  line.reader.card(card26);
  line.run(400);
  expect(line.of("online")).toHaveLength(1);
  expect(line.cards()).toEqual([]);
  line.reader.silent = true;
  line.run(3_000);
  line.reader.card(card26);
  line.reader.card(card26);
  line.reader.silent = false;
  line.run(4_000);
  expect(line.cards()).toEqual([]);
});

test("another reader at the same place is an alarm", () => {
  const line = new CountedLine({ key, serial: 1 }, key).run(200);
  line.reader = new SimulatedReader({ address: 1, key, serial: 2 });
  line.run(3_000);
  expect(line.alarms()).toEqual(["is another reader than before"]);
});

test("a reader that repeats its random number is not believed", () => {
  const line = new CountedLine({ key, rndB: "A0A1A2A3A4A5A6A7" }, key).run(200);
  line.reader = new SimulatedReader({ address: 1, key, rndB: "A0A1A2A3A4A5A6A7" });
  line.run(3_000);
  expect(line.alarms()).toEqual(["the same random number twice"]);
  expect(line.link.online).toBe(false);
});

test("an order that nobody waits for any longer is not done late", () => {
  const line = new CountedLine({ key }, key).run(200);
  const before = line.reader.done.length;
  const first = line.link.order(output(0, true, 3_000)) ?? 0;
  line.link.order(output(1, true, 3_000));
  line.facts.push(...line.link.withdraw(first, line.now));
  line.run(300);
  expect(line.reader.done.slice(before).map(({ data }) => data)).toEqual(["01051e00"]);
});
