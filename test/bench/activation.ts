/**
 * How long the loop is held when a changed site of many doors is put in force, in the whole gateway: parsed, checked, compiled,
 * compared, journalled, told. Run: `npx tsx test/bench/activation.ts [doors]` after `npm run build`. One line of JSON, in
 * milliseconds; `idle` is the same watch while nothing happens.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openHouse } from "../../gateway/gateway.js";
import { localAdministrator } from "../../gateway/operations/operator.js";
import { faultSite } from "../faults/building.js";
import { WatchedGateway } from "./watched-gateway.js";

const doors = Number(process.argv[2] ?? 500);
const changes = 10;
const groups = 200;
const schedules = 40;

const folder = mkdtempSync(join(tmpdir(), "gatewarden-activation-"));
const dataDir = join(folder, "data");
const house = await openHouse({ dataDir });
await house.operations.perform(localAdministrator(), "site.import", { document: site(0) });
await house.close();
const gateway = await new WatchedGateway(dataDir, folder).ready();
try {
  const round = (ms: number): number => Math.round(ms * 10) / 10;
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await gateway.loop();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const idle = (await gateway.loop()).maxMs;
  const held: number[] = [];
  const took: number[] = [];
  for (let n = 1; n <= changes; n++) {
    const begun = performance.now();
    await gateway.ask("site.import", { document: site(n) });
    took.push(performance.now() - begun);
    await new Promise((resolve) => setTimeout(resolve, 200));
    held.push((await gateway.loop()).maxMs);
  }
  const middle = (list: readonly number[]): number =>
    round([...list].sort((a, b) => a - b)[list.length >> 1] ?? 0);
  console.log(
    JSON.stringify({
      doors,
      idle: round(idle),
      loopHeldMs: { median: middle(held), max: round(Math.max(...held)) },
      inForceAfterMs: { median: middle(took), max: round(Math.max(...took)) },
    }),
  );
} finally {
  await gateway.end("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
}

/** The same building each time but for the hours of one schedule and the name of one door. */
function site(n: number): object {
  const base = faultSite(doors);
  return {
    ...base,
    doors: base.doors.map((door, i) => (i === n ? { ...door, name: `Door anew ${n}` } : door)),
    schedules: Array.from({ length: schedules }, (_, i) => ({
      id: `hours-${i}`,
      name: `Hours ${i}`,
      week: [
        { days: ["mon", "tue", "wed", "thu", "fri"], from: "07:00", to: i === 0 ? `1${n % 10}:30` : "19:00" },
      ],
    })),
    groups: [
      ...base.groups,
      ...Array.from({ length: groups }, (_, i) => ({
        id: `group-${i}`,
        name: `Group ${i}`,
        access: [
          {
            doors: Array.from({ length: 20 }, (_, k) => `door-${((i * 7 + k * 11) % doors) + 1}`),
            schedule: `hours-${i % schedules}`,
          },
        ],
      })),
    ],
  };
}
