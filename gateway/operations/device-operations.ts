import { z } from "zod";
import { type DeviceFacts, lowBatteryPercent } from "../device-facts.js";
import type { HouseParts } from "./house-parts.js";
import { done, operation } from "./operation.js";

/** What is known of a device, for whoever looks after them. Facts are of this start of the gateway; null: not told. */
function deviceShown({ engine, accounts }: HouseParts, id: string) {
  const device = engine.active?.site.devices.get(id);
  const facts: DeviceFacts = engine.devices.of(id);
  const state = engine.state.devices.get(id);
  const account = accounts.get(id);
  return {
    id,
    name: device?.name ?? id,
    driver: device?.driver ?? null,
    preset: device?.preset ?? null,
    prefix: device?.prefix ?? null,
    area: device?.area ?? null,
    /** `foreign`: of another maker, limited to its own topics, and only its word for what it did. */
    trust: device?.driver === "preset" || account?.foreign ? "foreign" : "native",
    account: account === undefined ? "none" : account.disabled ? "disabled" : "active",
    online: state?.online ?? false,
    since: state ? new Date(state.since).toISOString() : null,
    model: facts.model ?? null,
    firmware: facts.firmware || null,
    battery: facts.battery ?? null,
    batteryLow: facts.battery !== undefined && facts.battery <= lowBatteryPercent,
    rssi: facts.rssi ?? null,
    mains: facts.mains ?? null,
    tamper: facts.tamper ?? null,
    refusedMessages: facts.refused,
  };
}

export const deviceOperations = [
  operation({
    name: "device.list",
    permission: "status.read",
    acts: false,
    params: z.strictObject({}),
    run: async (house) => {
      const devices = [...(house.engine.active?.site.devices.keys() ?? [])].map((id) =>
        deviceShown(house, id),
      );
      return done({
        of: devices.length,
        online: devices.filter(({ online }) => online).length,
        batteryLow: devices.filter(({ batteryLow }) => batteryLow).length,
        tampered: devices.filter(({ tamper }) => tamper === true).length,
        devices,
      });
    },
  }),
];
