/** One line a driver: the name that a device in the site document gives, and how to make it. */
import type { DeviceBus, Driver } from "./driver.js";
import { type GpioWires, gpio } from "./gpio/driver.js";
import { nativeMqtt } from "./mqtt/native.js";
import type { OsdpDesk } from "./osdp/desk.js";
import { type OsdpWires, osdp } from "./osdp/driver.js";
import { type ForeignWires, presetDriver } from "./preset/preset.js";

/** What drivers may need of the house. */
export interface Wires {
  readonly bus: DeviceBus;
  readonly osdp: OsdpWires;
  readonly gpio: GpioWires;
  /** Told what can be done with readers on lines beside opening doors. */
  readonly onOsdpDesk: (desk: OsdpDesk) => void;
  /** Devices of other makers, under topics of their own. */
  readonly foreign: ForeignWires;
}

export const registry: ReadonlyMap<string, (wires: Wires) => Driver> = new Map([
  ["mqtt", ({ bus }: Wires) => nativeMqtt(bus)],
  [
    "osdp",
    (wires: Wires) => {
      const driver = osdp(wires.osdp);
      wires.onOsdpDesk(driver.desk);
      return driver;
    },
  ],
  ["gpio", (wires: Wires) => gpio(wires.gpio)],
  ["preset", ({ foreign }: Wires) => presetDriver(foreign)],
]);
