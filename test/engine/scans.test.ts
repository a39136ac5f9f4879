import { describe, expect, test } from "vitest";
import type { Reading } from "../../drivers/driver.js";
import { ScanMemory } from "../../gateway/scans.js";

type Scan = Extract<Reading, { type: "scan" }>;

function scan(over: Partial<Scan> = {}): Scan {
  return {
    type: "scan",
    point: { device: "front-reader", kind: "reader", n: 1 },
    scan: "s1",
    credential: { kind: "uid", uid: "04a1b2c3d4e580" },
    ageMs: 3,
    retained: false,
    again: false,
    ...over,
  };
}

describe("a scan opens a door once", () => {
  test("a scan that is being decided waits for its one answer", () => {
    const memory = new ScanMemory();
    expect(memory.judge(scan(), 0)).toEqual({ is: "new" });
    expect(memory.judge(scan({ again: true }), 1000)).toEqual({ is: "pending" });
  });

  test("a scan repeated after its answer gets the same answer and is logged once", () => {
    const memory = new ScanMemory();
    memory.judge(scan(), 0);
    memory.answered("front-reader", "s1", "granted");
    expect(memory.judge(scan(), 1000)).toEqual({ is: "answered", outcome: "granted", log: true });
    expect(memory.judge(scan(), 2000)).toEqual({ is: "answered", outcome: "granted", log: false });
  });

  test("the same id from another reader is another scan", () => {
    const memory = new ScanMemory();
    memory.judge(scan(), 0);
    const other = scan({ point: { device: "side-reader", kind: "reader", n: 1 } });
    expect(memory.judge(other, 1)).toEqual({ is: "new" });
  });

  test("an answer from before a restart is known again", () => {
    const memory = new ScanMemory();
    memory.recall("front-reader", "s1", "denied", 0);
    expect(memory.judge(scan(), 5_000)).toMatchObject({ is: "answered", outcome: "denied" });
  });

  test("an id is forgotten after ten minutes, and not before", () => {
    const memory = new ScanMemory();
    memory.recall("front-reader", "s1", "denied", 0);
    expect(memory.judge(scan(), 10 * 60_000 - 1)).toMatchObject({ is: "answered" });
    expect(memory.judge(scan(), 10 * 60_000)).toEqual({ is: "new" });
  });

  test.each([
    ["retained", scan({ retained: true }), "retained"],
    ["older than five seconds", scan({ ageMs: 5_001 }), "stale"],
    ["sent again and of unknown age", agelessAgain(), "stale"],
  ])("a scan that is %s opens nothing", (_, late, why) => {
    expect(new ScanMemory().judge(late, 0)).toEqual({ is: "ignored", why });
  });

  test("a scan of exactly five seconds still counts", () => {
    expect(new ScanMemory().judge(scan({ ageMs: 5_000 }), 0)).toEqual({ is: "new" });
  });
});

function agelessAgain(): Scan {
  const { ageMs: _, ...rest } = scan({ again: true });
  return rest;
}
