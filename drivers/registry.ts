/** One line a driver: the name that a device in the site document gives, and how to make it. */
import type { DeviceBus, Driver } from "./driver.js";
import { nativeMqtt } from "./mqtt/native.js";
import { type ForeignWires, presetDriver } from "./preset/preset.js";

/** What drivers may need of the house. */
export interface Wires {
  readonly bus: DeviceBus;
  /** Devices of other makers, under topics of their own. */
  readonly foreign: ForeignWires;
}

export const registry: ReadonlyMap<string, (wires: Wires) => Driver> = new Map([
  ["mqtt", ({ bus }: Wires) => nativeMqtt(bus)],
  ["preset", ({ foreign }: Wires) => presetDriver(foreign)],
]);
