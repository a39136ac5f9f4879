/**
 * What the alarm costs a signal that has nothing to do with it: the same contact, in a building of one partition and of hundreds,
 * disarmed and armed. Prints microseconds a signal, and how many times that of one partition it is.
 *
 *     npx tsx test/bench/alarm-settling.ts
 */
import { usualRules } from "../../gateway/core/alarm/rules.js";
import type { Partition, Sensor, Site } from "../../gateway/core/site.js";
import { applyChanges } from "../../gateway/core/state.js";
import { step } from "../../gateway/core/step.js";
import { armedOffice, sensor } from "../stories/armed-office.js";
import { staff } from "../stories/small-office.js";
import { Teller } from "../stories/teller.js";

const sizes = [1, 50, 500] as const;
const rounds = 4_000;

function building(partitions: number): Site {
  const ids = Array.from({ length: partitions }, (_, i) => `unit-${i}`);
  const rules = usualRules("en50131");
  return armedOffice({
    partitions: ids.map((id): Partition => ({ id, name: id, tenant: "main", members: [], rules })),
    sensors: ids.flatMap((id, i): Sensor[] => [
      sensor(`${id}-motion`, id, 100 + 2 * i, { partition: id }),
      sensor(`${id}-window`, id, 101 + 2 * i, { partition: id, type: "contact", role: "perimeter" }),
    ]),
  });
}

/** Microseconds of one signal of the lobby window, which belongs to a partition that is disarmed. */
function cost(story: Teller): number {
  const { site, people, state } = story;
  let active = false;
  const once = (n: number) => {
    active = !active;
    const signal = { type: "sensor-changed", sensor: "window", active, edge: true, fault: null } as const;
    const result = step(site, people, state, { ...signal, id: `b${n}`, at: story.now + n });
    applyChanges(state, result.changes);
  };
  for (let n = 0; n < rounds / 4; n++) once(n);
  const startedAt = performance.now();
  for (let n = 0; n < rounds; n++) once(rounds + n);
  return ((performance.now() - startedAt) * 1000) / rounds;
}

for (const armed of [false, true]) {
  let least = 0;
  for (const size of sizes) {
    const story = new Teller(building(size), staff()).at("20:00");
    if (armed)
      for (let i = 0; i < size; i++)
        story.asks({ op: "partition.arm", partition: `unit-${i}`, level: "away", atOnce: true });
    const us = cost(story);
    least ||= us;
    const words = `${size} partitions, ${armed ? "armed" : "disarmed"}`.padEnd(28);
    process.stdout.write(`${words} ${us.toFixed(1).padStart(8)} µs  × ${(us / least).toFixed(1)}\n`);
  }
}
