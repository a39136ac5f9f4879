/** Devices that hang on the gateway's own wires: readers on RS-485 lines, locks and contacts on the board's pins. */
import { z } from "zod";
import type { Device } from "../core/site.js";
import type { Bus, GpioLine, GpioWire, OsdpWire } from "../core/wires.js";
import type { Fault } from "../ports.js";
import type { SiteDocument } from "./document.js";
import { pointAt } from "./points.js";
import { id, name } from "./shapes.js";

/** Of the 128 addresses the last is everybody's (OSDP 2.2, 5.8). */
const mostAddress = 126;
const defaultDebounceMs = 20;
const defaultHeartbeatMs = 500;
const factorySpeed = 9600;

const bus = z.strictObject({
  id,
  name,
  usbSerial: z
    .string()
    .regex(/^[\x21-\x7e]{1,64}$/)
    .exactOptional()
    .describe("Serial number of the USB adapter, which is found by it wherever it is plugged in"),
  path: z
    .string()
    .regex(/^\/[\x21-\x7e]{1,200}$/)
    .exactOptional()
    .describe("Path of the serial port, such as /dev/ttyAMA0, where there is no USB serial number"),
  speed: z
    .union([
      z.literal(9600),
      z.literal(19_200),
      z.literal(38_400),
      z.literal(57_600),
      z.literal(115_200),
      z.literal(230_400),
    ])
    .exactOptional()
    .describe("In bits a second; default 9600, as readers leave the factory"),
});

export const busFields = {
  buses: z.array(bus).max(32).exactOptional().describe("RS-485 lines with readers that speak OSDP"),
};

const pin = z.string().regex(/^(GPIO ?[0-9]{1,3}|[0-9]{1,2}|[a-zA-Z0-9][\w.-]{0,60}:[0-9]{1,3})$/, {
  error: "must be a pin such as GPIO17, or a chip and its line such as pinctrl-bcm2711:17",
});

const gpioLine = z.strictObject({
  point: z
    .string()
    .regex(/^(lock|input|output)\/([1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])$/, {
      error: "must be a terminal such as lock/1, input/1 or output/1 (numbers 1 to 255)",
    })
    .describe("The terminal of this device that the pin is"),
  pin,
  activeLow: z
    .boolean()
    .exactOptional()
    .describe("The pin is low where the relay is on, or the contact is active"),
  debounceMs: z
    .int()
    .min(0)
    .max(1_000)
    .exactOptional()
    .describe("For inputs: bouncing within this many milliseconds is one change; default 20"),
});

export const wireFields = {
  osdp: z
    .strictObject({
      bus: id.describe("The line that the reader hangs on"),
      address: z.int().min(0).max(mostAddress).describe("Of the reader on its line"),
      clear: z
        .literal(true)
        .exactOptional()
        .describe(
          "Without encryption: whoever is at the wire can read and make up cards; only for old readers",
        ),
    })
    .exactOptional()
    .describe("Only for driver osdp"),
  gpio: z
    .strictObject({
      lines: z.array(gpioLine).min(1).max(64),
      heartbeat: z
        .strictObject({ pin, everyMs: z.int().min(50).max(5_000).exactOptional() })
        .exactOptional()
        .describe(
          "Toggled every 500 ms, or everyMs, while the gateway is well, for a relay that cuts the locks' power when it stops",
        ),
      watchdog: z
        .string()
        .regex(/^\/dev\/watchdog[0-9]?$/)
        .exactOptional()
        .describe("Fed while decisions and the log work, so that the machine restarts when they do not"),
      access: z
        .enum(["sysfs", "libgpiod"])
        .exactOptional()
        .describe("Default sysfs; libgpiod on systems without /sys/class/gpio; needs its command line tools"),
    })
    .exactOptional()
    .describe("Only for driver gpio"),
};

type DeviceEntry = SiteDocument["devices"][number];

/** What fits together, and nothing wired twice. */
export function wireFaults(document: SiteDocument): Fault[] {
  const faults: Fault[] = [];
  const buses = new Set<string>();
  for (const [index, each] of (document.buses ?? []).entries()) {
    const path = `buses[${index}]`;
    if (buses.has(each.id))
      faults.push({ path: `${path}.id`, message: `there is another bus with the id ${each.id}` });
    buses.add(each.id);
    if (each.path === undefined && each.usbSerial === undefined)
      faults.push({ path, message: "needs usbSerial or path, to know which adapter it is" });
  }
  const addresses = new Map<string, string>();
  const pins = new Map<string, string>();
  for (const [index, device] of document.devices.entries()) {
    const path = `devices[${index}]`;
    for (const wire of ["osdp", "gpio"] as const) {
      if (device.driver === wire && device[wire] === undefined)
        faults.push({ path, message: `driver ${wire} needs a part ${wire} that says where it is wired` });
      if (device.driver !== wire && device[wire] !== undefined)
        faults.push({ path: `${path}.${wire}`, message: `is only for driver ${wire}` });
    }
    if (device.osdp) faults.push(...osdpFaults(device.id, device.osdp, `${path}.osdp`, buses, addresses));
    if (device.gpio) faults.push(...gpioFaults(device, document, `${path}.gpio`, pins));
  }
  return faults;
}

function osdpFaults(
  device: string,
  { bus: line, address }: NonNullable<DeviceEntry["osdp"]>,
  path: string,
  buses: ReadonlySet<string>,
  addresses: Map<string, string>,
): Fault[] {
  if (!buses.has(line)) return [{ path: `${path}.bus`, message: `there is no bus ${line}` }];
  const key = `${line}/${address}`;
  const other = addresses.get(key);
  addresses.set(key, device);
  return other === undefined
    ? []
    : [{ path: `${path}.address`, message: `${address} on ${line} is ${other}'s already` }];
}

function gpioFaults(
  device: DeviceEntry,
  document: SiteDocument,
  path: string,
  pins: Map<string, string>,
): Fault[] {
  const faults: Fault[] = [];
  const gpio = device.gpio;
  if (!gpio) return faults;
  const points = new Set<string>();
  const uses: [string, string, string][] = gpio.lines.map((line, index) => [
    line.pin,
    `${path}.lines[${index}].pin`,
    `${device.id}/${line.point}`,
  ]);
  if (gpio.heartbeat)
    uses.push([gpio.heartbeat.pin, `${path}.heartbeat.pin`, `the heartbeat of ${device.id}`]);
  for (const [used, at, by] of uses) {
    const other = pins.get(pinKey(used));
    if (other !== undefined) faults.push({ path: at, message: `${used} is ${other} already` });
    else pins.set(pinKey(used), by);
  }
  for (const [index, { point }] of gpio.lines.entries()) {
    if (points.has(point))
      faults.push({ path: `${path}.lines[${index}].point`, message: `${point} has a pin already` });
    points.add(point);
  }
  for (const { point, at } of pointsUsed(document)) {
    if (!point.startsWith(`${device.id}/`)) continue;
    const own = point.slice(device.id.length + 1);
    if (!points.has(own)) faults.push({ path: at, message: `${device.id} has no pin for ${own}` });
  }
  return faults;
}

function pinKey(text: string): string {
  return text.replace(/^GPIO ?/, "").toLowerCase();
}

/** Every terminal that doors and sensors are wired to. */
function pointsUsed(document: SiteDocument): { readonly point: string; readonly at: string }[] {
  const found: { point: string; at: string }[] = [];
  const use = (point: string | undefined, at: string) => {
    if (point !== undefined) found.push({ point, at });
  };
  for (const [index, door] of document.doors.entries()) {
    const at = `doors[${index}]`;
    use(door.readers?.outside, `${at}.readers.outside`);
    use(door.readers?.inside, `${at}.readers.inside`);
    use(door.lock.point, `${at}.lock.point`);
    use(door.contact, `${at}.contact`);
    use(door.exitButton, `${at}.exitButton`);
  }
  for (const [index, sensor] of (document.sensors ?? []).entries())
    use(sensor.point, `sensors[${index}].point`);
  return found;
}

// ------------------------------------------------------------------------------------------------------------- compiling

/** A device with its wires, as its driver needs them: what its locks do without power, which of its inputs is a fire input. */
export function deviceOf(entry: DeviceEntry, document: SiteDocument): Device {
  const { osdp, gpio, ...device } = entry;
  return {
    ...device,
    ...(osdp ? { osdp: osdpOf(entry.id, osdp, document) } : {}),
    ...(gpio ? { gpio: gpioOf(entry.id, gpio, document) } : {}),
  };
}

function osdpOf(
  device: string,
  { bus: line, address, clear }: NonNullable<DeviceEntry["osdp"]>,
  document: SiteDocument,
): OsdpWire {
  const found = document.buses?.find((each) => each.id === line);
  if (!found) throw new Error(`device ${device}: there is no bus ${line}`);
  const bus: Bus = { ...found, speed: found.speed ?? factorySpeed };
  return { line: bus, address, clear: clear === true, locks: lockKinds(device, document) };
}

function gpioOf(
  device: string,
  { lines, heartbeat, watchdog, access }: NonNullable<DeviceEntry["gpio"]>,
  document: SiteDocument,
): GpioWire {
  const kinds = lockKinds(device, document);
  const fire = new Set(
    (document.sensors ?? []).filter(({ type }) => type === "fire").map(({ point }) => point),
  );
  return {
    access: access ?? "sysfs",
    ...(heartbeat ? { heartbeat: { everyMs: defaultHeartbeatMs, ...heartbeat } } : {}),
    ...(watchdog === undefined ? {} : { watchdog }),
    lines: lines.map(({ point, pin: at, activeLow, debounceMs }): GpioLine => {
      const { kind, n } = pointAt(`${device}/${point}`);
      return {
        kind: kind as GpioLine["kind"],
        n,
        pin: at,
        activeLow: activeLow === true,
        debounceMs: kind === "input" ? (debounceMs ?? defaultDebounceMs) : 0,
        ...(kind === "lock" ? { lock: kinds.get(n) ?? "fail-secure" } : {}),
        ...(fire.has(`${device}/${point}`) ? { fire: true } : {}),
      };
    }),
  };
}

function lockKinds(device: string, document: SiteDocument): ReadonlyMap<number, "fail-secure" | "fail-safe"> {
  const kinds = new Map<number, "fail-secure" | "fail-safe">();
  for (const { lock } of document.doors) {
    const point = pointAt(lock.point);
    if (point.device === device) kinds.set(point.n, lock.kind);
  }
  return kinds;
}
