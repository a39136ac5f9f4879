import { expect, test } from "vitest";
import type { DevicePoint } from "../../drivers/driver.js";
import { orderOf, signalOf, wire } from "../../gateway/wiring.js";
import { point, smallOffice } from "../stories/small-office.js";

const site = smallOffice({
  doors: {
    front: {
      keySwitch: point("front-lock/input/3"),
      loop: point("front-lock/input/4"),
      safetyEdge: point("front-lock/input/5"),
    },
  },
});
const wiring = wire(site);
const input = (n: number): DevicePoint => ({ device: "front-lock", kind: "input", n });
const level = { type: "input", active: true, fault: null, edge: true, missed: 0 } as const;

test("the key switch, the vehicle loop and the safety edge of a door are heard as what they are", () => {
  const signals = [3, 4, 5].map((n) => signalOf(wiring, { ...level, point: input(n) }));
  expect(signals).toEqual([
    { type: "key-switch-changed", door: "front", active: true, edge: true, fault: null },
    { type: "loop-changed", door: "front", active: true, fault: null },
    { type: "safety-edge-changed", door: "front", active: true, fault: null },
  ]);
});

test("a warning goes to the reader of its side, and the end of a pulse to the lock by name", () => {
  const signal = { type: "signal-reader", door: "workshop", pattern: "pre-alarm", ms: 10_000 } as const;
  const inside = orderOf(site, { ...signal, id: "s1.1", urgent: false, side: "inside" }, false);
  expect(inside).toEqual({
    op: "signal",
    id: "s1.1",
    point: { device: "workshop-reader", kind: "reader", n: 2 },
    pattern: "pre-alarm",
    ms: 10_000,
  });
  const end = { type: "lock-door", door: "front", ends: "s1.1", pulse: true } as const;
  expect(orderOf(site, { ...end, id: "s2.1", urgent: false }, false)).toMatchObject({
    op: "lock",
    ends: "s1.1",
    pulse: true,
  });
  // A door without a reader on that side has nobody to warn.
  expect(orderOf(site, { ...signal, id: "s3.1", urgent: false, door: "front", side: "inside" }, false)).toBe(
    undefined,
  );
});
