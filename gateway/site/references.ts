/** No id twice, no reference to what is not there, no terminal wired twice. */
import type { Fault } from "../ports.js";
import { always } from "./defaults.js";
import type { SiteDocument } from "./document.js";
import { doorsIntoAreas } from "./graph.js";
import { nearest } from "./near.js";

interface Kind {
  readonly word: string;
  readonly ids: ReadonlySet<string>;
}

export function referenceFaults(
  document: SiteDocument,
  options: { readonly drivers?: readonly string[] },
): Fault[] {
  const faults: Fault[] = [];
  const kind = (
    word: string,
    key: string,
    entries: readonly { readonly id: string }[],
    builtIn?: string,
  ): Kind => {
    const ids = new Set<string>();
    for (const [index, entry] of entries.entries()) {
      const path = `${key}[${index}].id`;
      if (entry.id === builtIn) faults.push({ path, message: `${builtIn} is built in; choose another id` });
      else if (ids.has(entry.id))
        faults.push({ path, message: `there is another ${word} with the id ${entry.id}` });
      ids.add(entry.id);
    }
    if (builtIn !== undefined) ids.add(builtIn);
    return { word, ids };
  };
  const refer = (path: string, id: string | undefined, to: Kind) => {
    if (id === undefined || to.ids.has(id)) return;
    const near = nearest(id, to.ids);
    const hint = near === undefined ? "" : `; did you mean ${near}?`;
    faults.push({ path, message: `there is no ${to.word} ${id}${hint}` });
  };

  const tenants = kind("tenant", "tenants", document.tenants);
  const areas = kind("area", "areas", document.areas);
  const doors = kind("door", "doors", document.doors);
  const openings = kind("opening", "openings", document.openings ?? []);
  const partitions = kind("partition", "partitions", document.partitions ?? []);
  kind("sensor", "sensors", document.sensors ?? []);
  const devices = kind("device", "devices", document.devices);
  const schedules = kind("schedule", "schedules", document.schedules ?? [], always.id);
  kind("group", "groups", document.groups ?? []);
  const fireInputs: Kind = {
    word: "sensor of type fire",
    ids: new Set((document.sensors ?? []).filter((s) => s.type === "fire").map((s) => s.id)),
  };

  const doorsInto = doorsIntoAreas(document);
  const wiredAt = new Map<string, string>();
  const wire = (path: string, point: string | undefined) => {
    if (point === undefined) return;
    const device = point.slice(0, point.indexOf("/"));
    refer(path, device, devices);
    const other = wiredAt.get(point);
    if (other !== undefined) faults.push({ path, message: `${point} is wired to ${other} already` });
    else wiredAt.set(point, path);
  };

  for (const [key, entries] of [
    ["areas", document.areas],
    ["doors", document.doors],
    ["openings", document.openings ?? []],
    ["partitions", document.partitions ?? []],
    ["sensors", document.sensors ?? []],
    ["groups", document.groups ?? []],
  ] as const) {
    for (const [index, entry] of entries.entries()) refer(`${key}[${index}].tenant`, entry.tenant, tenants);
  }
  for (const [index, area] of document.areas.entries()) refer(`areas[${index}].parent`, area.parent, areas);
  for (const [index, door] of document.doors.entries()) {
    const path = `doors[${index}]`;
    refer(`${path}.from`, door.from, areas);
    refer(`${path}.to`, door.to, areas);
    wire(`${path}.readers.outside`, door.readers?.outside);
    wire(`${path}.readers.inside`, door.readers?.inside);
    wire(`${path}.lock.point`, door.lock.point);
    wire(`${path}.contact`, door.contact);
    wire(`${path}.exitButton`, door.exitButton);
    refer(`${path}.freeSchedule`, door.freeSchedule, schedules);
    refer(`${path}.partitions.outside`, door.partitions?.outside, partitions);
    refer(`${path}.partitions.inside`, door.partitions?.inside, partitions);
    for (const input of Object.keys(door.fire ?? {})) refer(`${path}.fire.${input}`, input, fireInputs);
  }
  for (const [index, opening] of (document.openings ?? []).entries()) {
    refer(`openings[${index}].from`, opening.from, areas);
    refer(`openings[${index}].to`, opening.to, areas);
  }
  for (const [index, partition] of (document.partitions ?? []).entries()) {
    for (const [at, member] of (partition.members ?? []).entries()) {
      refer(`partitions[${index}].members[${at}]`, member, partitions);
    }
  }
  for (const [index, sensor] of (document.sensors ?? []).entries()) {
    const path = `sensors[${index}]`;
    wire(`${path}.point`, sensor.point);
    refer(`${path}.area`, sensor.area, areas);
    refer(`${path}.opening`, sensor.opening, openings);
    refer(`${path}.partition`, sensor.partition, partitions);
  }
  for (const [index, group] of (document.groups ?? []).entries()) {
    for (const [line, right] of group.access.entries()) {
      const path = `groups[${index}].access[${line}]`;
      refer(`${path}.schedule`, right.schedule, schedules);
      for (const [at, door] of (right.doors ?? []).entries()) refer(`${path}.doors[${at}]`, door, doors);
      for (const [at, area] of (right.areas ?? []).entries()) {
        refer(`${path}.areas[${at}]`, area, areas);
        if (areas.ids.has(area) && doorsInto(area).length === 0) {
          faults.push({
            path: `${path}.areas[${at}]`,
            message: `no door leads into the area ${area} from outside of it`,
          });
        }
      }
    }
  }
  if (options.drivers !== undefined) {
    const drivers: Kind = { word: "driver", ids: new Set(options.drivers) };
    for (const [index, device] of document.devices.entries()) {
      refer(`devices[${index}].driver`, device.driver, drivers);
    }
  }
  return faults;
}
