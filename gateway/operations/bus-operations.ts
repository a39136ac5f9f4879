/** Readers on RS-485 lines: which answer, their keys, where they are, and what goes over the line. */
import { z } from "zod";
import type { OsdpDesk } from "../../drivers/osdp/desk.js";
import { lineSpeeds } from "../../drivers/osdp/orders.js";
import type { Operator, Performed } from "../ports.js";
import type { HouseParts } from "./house-parts.js";
import { id } from "./ids.js";
import { done, operation, refused } from "./operation.js";

const address = z.int().min(0).max(126);
const longestAdoptionMinutes = 10;
/** A scan of all addresses takes half a minute at 9600: it is asked for in parts. */
const mostScanned = 16;

/** With the desk, or why there is none. */
function atDesk(house: HouseParts, work: (desk: OsdpDesk) => Promise<Performed> | Performed) {
  const desk = house.readers();
  return Promise.resolve(
    desk ? work(desk) : refused("unavailable", "no gateway runs on this data folder, so no line is open"),
  );
}

/** What was done to a reader is in the log with who did it; keys are not. */
async function audited(house: HouseParts, operator: Operator, device: string, action: string): Promise<void> {
  await house.engine.note({
    type: "audit.device-changed",
    by: operator.actor,
    device,
    data: { action },
  }).durable;
}

function begun(fault: string | undefined, result: unknown): Performed {
  return fault === undefined ? done(result) : refused("conflict", fault);
}

export const busOperations = [
  operation({
    name: "bus.list",
    permission: "status.read",
    acts: false,
    params: z.strictObject({}),
    run: async (house) => done({ buses: house.readers()?.lines() ?? [] }),
  }),
  operation({
    name: "bus.scan",
    permission: "devices.write",
    acts: true,
    params: z.strictObject({ bus: id, from: address.default(0), count: z.int().min(1).max(mostScanned) }),
    run: (house, _operator, { bus, from, count }) =>
      atDesk(house, async (desk) => {
        const found = await desk.scan(bus, from, count);
        return typeof found === "string" ? refused("conflict", `${bus}: ${found}`) : done({ found });
      }),
  }),
  operation({
    name: "bus.trace",
    permission: "devices.write",
    acts: false,
    params: z.strictObject({ bus: id, after: z.int().min(0).default(0) }),
    run: (house, _operator, { bus, after }) =>
      atDesk(house, (desk) => {
        const entries = desk.trace(bus, after);
        return entries ? done({ entries }) : refused("not-found", `there is no bus ${bus}`);
      }),
  }),
  operation({
    name: "bus.adopt",
    permission: "devices.write",
    acts: true,
    params: z.strictObject({
      device: id,
      minutes: z.number().positive().max(longestAdoptionMinutes).default(longestAdoptionMinutes),
    }),
    run: (house, operator, { device, minutes }) =>
      atDesk(house, async (desk) => {
        const fault = desk.adopt(device, minutes * 60_000);
        if (fault === undefined) await audited(house, operator, device, "may be given its first key");
        return begun(fault, { device, minutes });
      }),
  }),
  operation({
    name: "bus.rotate",
    permission: "devices.write",
    acts: true,
    params: z.strictObject({ device: id }),
    run: (house, operator, { device }) =>
      atDesk(house, async (desk) => {
        const fault = desk.rotate(device);
        if (fault === undefined) await audited(house, operator, device, "is given a new key");
        return begun(fault, { device });
      }),
  }),
  operation({
    name: "bus.move",
    permission: "devices.write",
    acts: true,
    params: z.strictObject({
      device: id,
      address,
      speed: z.union(lineSpeeds.map((speed) => z.literal(speed))),
    }),
    run: (house, operator, { device, address: to, speed }) =>
      atDesk(house, async (desk) => {
        const moved = await desk.move(device, to, speed);
        if ("fault" in moved) return refused("conflict", `${device}: ${moved.fault}`);
        await audited(
          house,
          operator,
          device,
          `moved to address ${moved.address} at ${moved.speed} bits a second`,
        );
        return done(moved);
      }),
  }),
];
