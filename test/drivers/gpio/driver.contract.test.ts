/** The real onoff over a simulated /sys/class/gpio. */
import type { Order } from "../../../drivers/driver.js";
import type { BoardPlace } from "../../../drivers/gpio/place.js";
import { type DriverRig, driverContract } from "../contract.js";
import { describeWithPins, driverOn, Machine } from "./machine.js";

const board = (first: number): BoardPlace => ({
  access: "sysfs",
  lines: [
    { kind: "lock", n: 1, pin: `GPIO${first}`, activeLow: true, debounceMs: 0, lock: "fail-secure" },
    { kind: "input", n: 1, pin: `GPIO${first + 1}`, activeLow: true, debounceMs: 10 },
    { kind: "output", n: 1, pin: `GPIO${first + 2}`, activeLow: false, debounceMs: 0 },
  ],
});
const base = 512;
const firstOf: Readonly<Record<string, number>> = { cabinet: 4, annex: 20 };

async function rig(): Promise<DriverRig> {
  const machine = new Machine();
  await machine.up();
  // The contacts are open: their pull-up holds the pins high.
  for (const first of Object.values(firstOf)) machine.pin({ set: base + first + 1, level: 1 });
  machine.tell({ do: "places", places: { cabinet: board(4), annex: board(20) } });
  const driver = driverOn(machine);
  const seen = new Map<string, Order["op"]>();
  return {
    driver: {
      ...driver,
      // Carried out is what can be seen at the pin.
      send: async (order) => {
        const outcome = await driver.send(order);
        if (outcome.is !== "done") return outcome;
        const { level } = await machine.level(base + (order.op === "output" ? 6 : 4));
        const on = order.op === "output" ? level === 1 : level === 0;
        // The pulse that the contract began before goes on for 3 s.
        if (on) seen.set(order.id, order.op);
        return outcome;
      },
    },
    device: "cabinet",
    stranger: "annex",
    confirms: false,
    reads: false,
    ops: ["pulse", "hold", "lock", "release", "output"],
    hands: {
      scan: () => Promise.reject(new Error("pins have no reader")),
      async setInput(active, device = "cabinet") {
        machine.pin({ set: base + (firstOf[device] ?? 0) + 1, level: active ? 0 : 1 });
      },
      async garble() {
        machine.pin({ broken: true });
        await machine.until(() => machine.readings("nonsense").length > 0);
        machine.pin({ broken: false });
        await machine.until(() => machine.readings("presence").at(-1)?.online);
      },
      vanish: async () => machine.pin({ broken: true }),
      appear: async () => machine.pin({ broken: false }),
      willing: () => {},
    },
    carriedOut: () => [...seen.values()],
    close: () => machine.close(),
  };
}

describeWithPins("on simulated pins", () => {
  driverContract("the GPIO driver", rig);
});
