/** How much of a line is used, and by whom. Alone on the machine: beside other tests, what is measured is they. */
import { expect, test } from "vitest";
import { lineLimit } from "../../../drivers/osdp/line-speed.js";
import { describeWithPeers } from "../../peers/peers.js";
import { panel, readers, until } from "./panel.js";

describeWithPeers("a line of readers, alone on the machine", ["socat"], ({ socat }) => {
  // Faster lines are the bench's: two hops of a pseudo-terminal take longer than their bytes.
  for (const speed of [9_600, 19_200] as const)
    test(`at ${speed} the line does at least 80 % of what it can, shared fairly`, async () => {
      const { bus, of } = await panel({ socat, readers: readers(1, 2, 3, 4), speed, paced: true }, 0);
      await until(() => of("online").length === 4, 10_000);
      const counts = new Map<number, number>();
      const end = performance.now() + 6_000;
      // Looked at from outside: how often each link was given its turn.
      for (const address of [1, 2, 3, 4]) {
        const link = bus.link(address);
        const next = link?.next.bind(link);
        if (link && next)
          link.next = (now) => {
            counts.set(address, (counts.get(address) ?? 0) + 1);
            return next(now);
          };
      }
      while (performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
      const { measured, limit } = bus.rate;
      expect(limit).toBe(lineLimit(speed));
      expect(measured / limit).toBeGreaterThan(0.8);
      expect(measured / limit).toBeLessThanOrEqual(1.01);
      const turns = [...counts.values()];
      expect(Math.max(...turns) - Math.min(...turns)).toBeLessThanOrEqual(2);
    });
});
