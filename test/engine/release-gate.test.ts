import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { SiteEvent } from "../../gateway/core/events.js";
import type { Appended, Journal } from "../../gateway/ports.js";
import { ReleaseGate } from "../../gateway/release-gate.js";

/** A disk that takes an entry when the test says so. */
function slowEntry(seq: number): { appended: Appended; settle: () => void; lose: () => void } {
  let settle = () => {};
  let lose = () => {};
  const durable = new Promise<void>((resolve, reject) => {
    settle = resolve;
    lose = () => reject(new Error("lost"));
  });
  return { appended: { events: [{ seq } as SiteEvent], durable }, settle, lose };
}

function rig(): { gate: ReleaseGate; cutBatch: () => void; told: [readonly number[], number][] } {
  const told: [readonly number[], number][] = [];
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const gate = new ReleaseGate(clock, 50, (seqs, waitedMs) => told.push([seqs, waitedMs]));
  let cutBatch = () => {};
  gate.start({
    onBatch: (listener: () => void) => {
      cutBatch = listener;
      return () => {};
    },
  } as unknown as Journal);
  return { gate, cutBatch: () => cutBatch(), told };
}

describe("a door waits for the disk, but not for long", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("a grant on a fast disk opens when it is written, and nothing is confessed", async () => {
    const { gate, cutBatch, told } = rig();
    const { appended, settle } = slowEntry(1);
    const open = vi.fn();
    gate.hold(appended, open);
    await vi.advanceTimersByTimeAsync(20);
    expect(open).not.toHaveBeenCalled();
    settle();
    await vi.advanceTimersByTimeAsync(0);
    expect(open).toHaveBeenCalledTimes(1);
    cutBatch();
    await vi.advanceTimersByTimeAsync(1000);
    expect(open).toHaveBeenCalledTimes(1);
    expect(told).toEqual([]);
  });

  test("on a slow disk the door opens after 50 ms, and the next batch says which grants went ahead of it", async () => {
    const { gate, cutBatch, told } = rig();
    const open = vi.fn();
    gate.hold(slowEntry(7).appended, open);
    gate.hold(slowEntry(8).appended, open);
    await vi.advanceTimersByTimeAsync(49);
    expect(open).not.toHaveBeenCalled();
    // With the turn of the loop in which the disk is heard first; these clocks count it as a millisecond.
    await vi.advanceTimersByTimeAsync(2);
    expect(open).toHaveBeenCalledTimes(2);
    expect(told).toEqual([]);
    cutBatch();
    expect(told).toEqual([[[7, 8], 51]]);
    cutBatch();
    expect(told).toHaveLength(1);
  });

  test("if no batch follows, the confession is one of its own", async () => {
    const { gate, told } = rig();
    const { appended, settle } = slowEntry(3);
    gate.hold(appended, () => {});
    await vi.advanceTimersByTimeAsync(2000);
    settle();
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toEqual([[[3], 51]]);
  });

  test("what goes out early after the stop is said by nobody: the journal is closing", async () => {
    const { gate, told } = rig();
    const open = vi.fn();
    gate.hold(slowEntry(5).appended, open);
    gate.stop();
    const { appended, settle } = slowEntry(6);
    gate.hold(appended, open);
    await vi.advanceTimersByTimeAsync(60);
    settle();
    await vi.advanceTimersByTimeAsync(0);
    expect(open).toHaveBeenCalledTimes(2);
    expect(told).toEqual([]);
  });

  test("a gateway that was held up hears the disk before it opens a door early", async () => {
    vi.useRealTimers();
    const { gate, cutBatch, told } = rig();
    const { appended, settle } = slowEntry(9);
    const open = vi.fn();
    const disk = new MessageChannel();
    disk.port1.onmessage = () => settle();
    gate.hold(appended, open);
    await new Promise<void>((resolve) => setImmediate(resolve));
    // The disk's answer is there; the loop is not.
    disk.port2.postMessage("written");
    const until = performance.now() + 100;
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 20));
    disk.port1.close();
    expect(open).toHaveBeenCalledExactlyOnceWith(false);
    cutBatch();
    expect(told).toEqual([]);
  });

  test("a grant that is lost for good has opened its door once", async () => {
    const { gate } = rig();
    const { appended, lose } = slowEntry(4);
    const open = vi.fn();
    gate.hold(appended, open);
    await vi.advanceTimersByTimeAsync(60);
    lose();
    await vi.advanceTimersByTimeAsync(1000);
    expect(open).toHaveBeenCalledTimes(1);
  });
});
