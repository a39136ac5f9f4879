/**
 * Devices of other makers in a site: under which topics they may speak, and what a door on one of them cannot do. Such a lock
 * is only ever pulsed, by a device that ends the pulse itself; nothing holds it unlocked, so that people must be able to leave
 * without it.
 */
import { z } from "zod";
import type { Fault } from "../ports.js";
import type { DoorEntry, SiteDocument } from "./document.js";
import { id, isPrintable } from "./shapes.js";

/** What a site must know of a preset. */
export interface PresetFacts {
  readonly title: string;
  /** Terminals by kind. */
  readonly counts: ReadonlyMap<string, number>;
  /** Absent: it has no locks. */
  readonly longestPulseMs?: number;
}

export interface ForeignOptions {
  /** The presets that this gateway has; absent: not checked. */
  readonly presets?: ReadonlyMap<string, PresetFacts>;
  /** First levels of the gateway's own topics; default `gw/v1`. */
  readonly root?: string;
}

/** As makers set it: plain words, so that no wildcard, no `$SYS` and no empty level is among them. */
const prefix = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}(\/[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}){0,5}$/, {
    error:
      "must be the first levels of the device's topics, such as shellyplus1-a8032abe54dc: letters, digits, _ . : and -, without + # or $",
  });

const terminal = z.string().regex(/^(reader|lock|input|output)\/([1-9]|[12][0-9]|3[0-2])$/, {
  error: "must be a terminal such as input/1",
});
const terminalName = z
  .string()
  .min(1)
  .max(64)
  .refine((text) => isPrintable(text) && !/[+#]/.test(text), {
    error: "must be a name in topics, without + and #",
  });

export const foreignFields = {
  preset: id.exactOptional().describe("Only for driver preset: what kind of device of another maker it is"),
  prefix: prefix
    .exactOptional()
    .describe("Only for driver preset: the topics below which the device speaks, as set in it"),
  names: z
    .record(terminal, terminalName)
    .exactOptional()
    .describe("Only for driver preset: what the device calls its terminals, such as input/1: kitchen_window"),
  repeatMs: z
    .int()
    .min(100)
    .max(60_000)
    .exactOptional()
    .describe(
      "Only for driver preset: the same card at the same reader within this is one scan; default 3000",
    ),
};
const fieldNames = ["preset", "prefix", "names", "repeatMs"] as const;

export function foreignFaults(document: SiteDocument, options: ForeignOptions = {}): Fault[] {
  const foreign = new Map<string, PresetFacts | undefined>();
  const faults: Fault[] = [];
  for (const [index, device] of document.devices.entries()) {
    const path = `devices[${index}]`;
    if (device.driver !== "preset") {
      for (const field of fieldNames)
        if (device[field] !== undefined)
          faults.push({
            path: `${path}.${field}`,
            message: `is only for driver preset, not for ${device.driver}`,
          });
      continue;
    }
    const facts = device.preset === undefined ? undefined : options.presets?.get(device.preset);
    foreign.set(device.id, facts);
    if (device.preset === undefined)
      faults.push({ path: `${path}.preset`, message: "is missing: which kind of device it is" });
    else if (options.presets && !facts)
      faults.push({
        path: `${path}.preset`,
        message: `there is no preset ${device.preset}; one of ${[...options.presets.keys()].join(", ")}`,
      });
    if (device.prefix === undefined)
      faults.push({ path: `${path}.prefix`, message: "is missing: the first levels of the device's topics" });
  }
  return [
    ...faults,
    ...prefixFaults(document, options.root ?? "gw/v1"),
    ...terminalFaults(document, foreign),
    ...document.doors.flatMap((door, index) => doorFaults(door, `doors[${index}]`, document, foreign)),
  ];
}

/** No prefix may contain another, or the gateway's own topics, or lie within them. */
function prefixFaults(document: SiteDocument, root: string): Fault[] {
  const faults: Fault[] = [];
  const taken = new Map<string, string>();
  const within = new Map<string, string>();
  const own = root.split("/")[0];
  for (const [index, { id: device, prefix: text }] of document.devices.entries()) {
    if (text === undefined) continue;
    const path = `devices[${index}].prefix`;
    const levels = text.split("/");
    if (levels[0] === own || levels[0] === "gw") {
      faults.push({ path, message: `${levels[0]}/… are the gateway's own topics; choose another prefix` });
      continue;
    }
    const above = levels.map((_, count) => levels.slice(0, count + 1).join("/"));
    const container = above.find((one) => taken.has(one));
    if (container !== undefined)
      faults.push({
        path,
        message:
          container === text
            ? `${text} is the prefix of ${taken.get(container)} already`
            : `${text} lies below ${container}, the prefix of ${taken.get(container)}`,
      });
    else if (within.has(text))
      faults.push({ path, message: `${text} contains the prefix of ${within.get(text)}` });
    else {
      taken.set(text, device);
      for (const one of above.slice(0, -1)) within.set(one, device);
    }
  }
  return faults;
}

/** Terminals that such a device does not have. */
function terminalFaults(
  document: SiteDocument,
  foreign: ReadonlyMap<string, PresetFacts | undefined>,
): Fault[] {
  const faults: Fault[] = [];
  const check = (path: string, point: string | undefined): void => {
    const [device = "", kind = "", n] = point?.split("/") ?? [];
    const facts = foreign.get(device);
    if (!facts) return;
    const count = facts.counts.get(kind) ?? 0;
    if (Number(n) <= count) return;
    const has = count === 0 ? `has no ${kind}` : `has ${kind} 1 to ${count} only`;
    faults.push({ path, message: `${device} (${facts.title}) ${has}` });
  };
  for (const [index, door] of document.doors.entries()) {
    const path = `doors[${index}]`;
    check(`${path}.lock.point`, door.lock.point);
    check(`${path}.readers.outside`, door.readers?.outside);
    check(`${path}.readers.inside`, door.readers?.inside);
    for (const field of ["contact", "exitButton", "keySwitch", "loop", "safetyEdge"] as const)
      check(`${path}.${field}`, door[field]);
  }
  for (const [index, { point }] of (document.sensors ?? []).entries())
    check(`sensors[${index}].point`, point);
  for (const [index, { point }] of (document.musterReaders ?? []).entries())
    check(`musterReaders[${index}].point`, point);
  for (const [index, lift] of (document.lifts ?? []).entries()) {
    check(`lifts[${index}].reader`, lift.reader);
    for (const [at, { output }] of lift.floors.entries())
      check(`lifts[${index}].floors[${at}].output`, output);
  }
  return faults;
}

/** What needs a lock to stay unlocked is refused where nothing can hold it so. */
function doorFaults(
  door: DoorEntry,
  path: string,
  document: SiteDocument,
  foreign: ReadonlyMap<string, PresetFacts | undefined>,
): Fault[] {
  const device = door.lock.point.split("/")[0] ?? "";
  if (!foreign.has(device)) return [];
  const faults: Fault[] = [];
  const only = `the lock of door ${door.id} is on ${device}, a device of another maker, which is only pulsed`;
  if (door.lock.mechanicalEgress !== true)
    faults.push({
      path: `${path}.lock.mechanicalEgress`,
      message: `${only}: people must be able to leave without it; it needs mechanical egress, confirmed by the installer`,
    });
  if (door.freeSchedule !== undefined)
    faults.push({ path: `${path}.freeSchedule`, message: `${only}: it cannot stay unlocked by a schedule` });
  if (door.mode === "free")
    faults.push({ path: `${path}.mode`, message: `${only}: it cannot stay unlocked` });
  const unlocking = (document.sensors ?? [])
    .filter(({ type }) => type === "fire")
    .filter(({ id: sensor, action }) => {
      const own = door.fire && Object.hasOwn(door.fire, sensor) ? door.fire[sensor] : undefined;
      return (own ?? action) === "unlock";
    });
  if (unlocking.length > 0)
    faults.push({
      path: `${path}.fire`,
      message: `${only}: it cannot be unlocked by the fire input ${unlocking[0]?.id}; give it exit-only here, and let people leave by the handle`,
    });
  const longest = foreign.get(device)?.longestPulseMs;
  if (longest !== undefined && (door.unlockMs ?? 0) > longest)
    faults.push({
      path: `${path}.unlockMs`,
      message: `${device} ends a pulse after ${longest} ms at the latest`,
    });
  return faults;
}
