/** A card at a reader on a line opens a lock on a pin, through the whole gateway. */
import { availableParallelism, loadavg } from "node:os";
import { setTimeout as later } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { patience } from "../cli/running-gateway.js";
import { describeWithPins } from "../drivers/gpio/machine.js";
import { describeWithPeers } from "../peers/peers.js";
import { Cabinet, knownCard, pins } from "./cabinet.js";

vi.setConfig(patience);

describeWithPeers("with a line", ["socat"], ({ socat }) => {
  describeWithPins("a door on the wires of one small board", () => {
    let cabinet: Cabinet;
    beforeAll(async () => {
      cabinet = new Cabinet(socat);
      await cabinet.start();
    });
    afterAll(() => cabinet.close());

    const openings = () => cabinet.machine.driven(pins.lock).filter(({ level }) => level === 1).length;
    const isLocked = () => cabinet.machine.driven(pins.lock).at(-1)?.level !== 1;

    test("opens for a known card, and locks again after its time by itself", async () => {
      await cabinet.cable.wish({ do: "card", address: 1, bits: knownCard });
      await cabinet.machine.until(() => openings() === 1);
      await cabinet.machine.until(isLocked);
      const [on, off] = cabinet.machine.driven(pins.lock).slice(-2);
      expect((off?.at ?? 0) - (on?.at ?? 0)).toBeGreaterThan(950);
      expect((off?.at ?? 0) - (on?.at ?? 0)).toBeLessThan(1_100);
    });

    test("does not open for another card", async () => {
      const before = openings();
      await cabinet.cable.wish({ do: "card", address: 1, bits: "00000000100000000000000100" });
      await later(300);
      expect(openings()).toBe(before);
    });

    test("opens for the button at its inside, which bounces, once", async () => {
      const before = openings();
      for (const level of [0, 1, 0, 1, 0] as const) cabinet.machine.pin({ set: pins.button, level });
      await cabinet.machine.until(() => openings() === before + 1);
      await cabinet.machine.until(isLocked);
      cabinet.machine.pin({ set: pins.button, level: 1 });
      await later(200);
      expect(openings()).toBe(before + 1);
    });

    test("is released by the fire input within 200 ms, and killing the gateway does not lock it", async () => {
      const at = performance.timeOrigin + performance.now();
      cabinet.machine.pin({ set: pins.fire, level: 1 });
      await cabinet.machine.until(() => !isLocked());
      const released = cabinet.machine.driven(pins.lock).at(-1)?.clock ?? Number.POSITIVE_INFINITY;
      // Where others have the machine, what is measured is they.
      const crowded = (loadavg()[0] ?? 0) > 2 * availableParallelism();
      expect(released - at).toBeLessThan(crowded ? 1_000 : 200);
      await later(1_500);
      cabinet.machine.pin({ kill: "SIGKILL" });
      await cabinet.machine.until(() => cabinet.machine.said.some(({ is }) => is === "ended"));
      await later(500);
      expect(isLocked()).toBe(false);
    });

    test("and the gateway's return does not lock it for a moment either", async () => {
      const driven = cabinet.machine.driven(pins.lock).length;
      cabinet.machine.restart();
      const beats = cabinet.machine.driven(pins.heartbeat).length;
      await cabinet.machine.until(() => cabinet.machine.driven(pins.heartbeat).length > beats + 3, 60_000);
      const since = cabinet.machine.driven(pins.lock).slice(driven);
      expect(since.map(({ level }) => level)).not.toContain(0);
    });
  });
});
