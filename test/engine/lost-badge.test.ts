import { afterEach, expect, test } from "vitest";
import { type RunningGateway, startGateway } from "../../gateway/gateway.js";
import { localAdministrator } from "../../gateway/operations/operator.js";
import { type FaultBuilding, faultBuilding, goodCard } from "../faults/building.js";
import type { ScanningDevice } from "../faults/scan-load.js";

const doors = 8;
let building: FaultBuilding | undefined;
let gateway: RunningGateway | undefined;
afterEach(async () => {
  await Promise.all(building?.devices.map((device) => device.disconnect()) ?? []);
  await gateway?.stop("the test is over");
  building?.remove();
});

test("a badge that is reported lost is refused at every door from that moment on", async () => {
  building = await faultBuilding(doors, [goodCard]);
  gateway = await startGateway({
    dataDir: building.dataDir,
    overrides: { mqttPort: 0, webPort: 0 },
  });
  const { operations } = gateway.house;
  const url = `mqtt://127.0.0.1:${gateway.ready.mqtt[0]?.port}`;
  const { devices } = building;
  await Promise.all(devices.map((device) => device.connect(url)));

  expect(await everywhere(devices)).toEqual(Array(doors).fill("granted"));
  const found = await operations.perform(localAdministrator(), "person.get", { person: "active-0" });
  if (!found.ok) throw new Error(found.refusal.message);
  const { person } = found.result as { person: { credentials: { id: string }[] } };
  // Not awaited: it holds from the moment it is said, before it is written.
  const reported = operations.perform(localAdministrator(), "credential.status", {
    credential: person.credentials[0]?.id,
    status: "lost",
  });
  expect(await everywhere(devices)).toEqual(Array(doors).fill("denied"));
  expect((await reported).ok).toBe(true);
});

/** The card at every reader at once; what each reader is told. */
async function everywhere(devices: readonly ScanningDevice[]): Promise<(string | undefined)[]> {
  const answers = devices.map((device) => device.latenciesMs.length);
  for (const device of devices) device.scan();
  await expect
    .poll(() => devices.every((device, i) => device.latenciesMs.length > (answers[i] ?? 0)))
    .toBe(true);
  return devices.map((device) => device.newest);
}
