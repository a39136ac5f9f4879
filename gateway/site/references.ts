/** No id twice, no reference to what is not there, no terminal wired twice. */
import type { Fault } from "../ports.js";
import { always, plainHoliday } from "./defaults.js";
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
  const doorGroups = kind("door group", "doorGroups", document.doorGroups ?? []);
  const openings = kind("opening", "openings", document.openings ?? []);
  const partitions = kind("partition", "partitions", document.partitions ?? []);
  const sensors = kind("sensor", "sensors", document.sensors ?? []);
  const devices = kind("device", "devices", document.devices);
  const schedules = kind("schedule", "schedules", document.schedules ?? [], always.id);
  const groups = kind("group", "groups", document.groups ?? []);
  const holidayTypes = kind("type of holiday", "holidayTypes", document.holidayTypes ?? [], plainHoliday.id);
  for (const [index, { type }] of (document.holidays ?? []).entries())
    refer(`holidays[${index}].type`, type, holidayTypes);
  for (const [index, { holidays }] of (document.schedules ?? []).entries()) {
    if (typeof holidays !== "object" || Array.isArray(holidays)) continue;
    for (const type of Object.keys(holidays))
      refer(`schedules[${index}].holidays.${type}`, type, holidayTypes);
  }
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
  for (const [index, device] of document.devices.entries())
    refer(`devices[${index}].area`, device.area, areas);
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
    wire(`${path}.keySwitch`, door.keySwitch);
    wire(`${path}.loop`, door.loop);
    wire(`${path}.safetyEdge`, door.safetyEdge);
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
  kind("muster reader", "musterReaders", document.musterReaders ?? []);
  for (const [index, reader] of (document.musterReaders ?? []).entries())
    wire(`musterReaders[${index}].point`, reader.point);
  const orAll = (path: string, group: string | undefined) =>
    refer(path, group === "all" ? undefined : group, doorGroups);
  kind("interlock", "interlocks", document.interlocks ?? []);
  kind("lift", "lifts", document.lifts ?? []);
  kind("command", "cardCommands", document.cardCommands ?? []);
  const levels = kind("threat level", "threatLevels", document.threatLevels ?? []);
  for (const [index, interlock] of (document.interlocks ?? []).entries())
    for (const [at, door] of interlock.doors.entries())
      refer(`interlocks[${index}].doors[${at}]`, door, doors);
  for (const [index, lift] of (document.lifts ?? []).entries()) {
    const path = `lifts[${index}]`;
    refer(`${path}.tenant`, lift.tenant, tenants);
    refer(`${path}.area`, lift.area, areas);
    wire(`${path}.reader`, lift.reader);
    for (const [at, floor] of lift.floors.entries()) {
      refer(`${path}.floors[${at}].area`, floor.area, areas);
      wire(`${path}.floors[${at}].output`, floor.output);
    }
  }
  for (const [index, level] of (document.threatLevels ?? []).entries()) {
    const path = `threatLevels[${index}]`;
    for (const [at, line] of (level.doors ?? []).entries())
      orAll(`${path}.doors[${at}].doorGroup`, line.doorGroup);
    for (const field of ["deny", "onlyGroups"] as const)
      for (const [at, group] of (level[field] ?? []).entries())
        refer(`${path}.${field}[${at}]`, group, groups);
  }
  for (const [index, command] of (document.cardCommands ?? []).entries()) {
    const path = `cardCommands[${index}]`;
    for (const [at, group] of command.groups.entries()) refer(`${path}.groups[${at}]`, group, groups);
    for (const [at, door] of command.doors.entries()) refer(`${path}.doors[${at}]`, door, doors);
    orAll(`${path}.lockdown`, command.lockdown);
    orAll(`${path}.endLockdown`, command.endLockdown);
    refer(`${path}.threatLevel`, command.threatLevel, levels);
    refer(`${path}.arm.partition`, command.arm?.partition, partitions);
    refer(`${path}.disarm`, command.disarm, partitions);
    refer(`${path}.armLater`, command.armLater, partitions);
  }
  for (const [index, sensor] of (document.sensors ?? []).entries()) {
    orAll(`sensors[${index}].lockdown`, sensor.lockdown);
    refer(`sensors[${index}].threatLevel`, sensor.threatLevel, levels);
  }
  for (const [index, group] of (document.groups ?? []).entries()) {
    for (const [line, right] of group.access.entries()) {
      const path = `groups[${index}].access[${line}]`;
      refer(`${path}.schedule`, right.schedule, schedules);
      for (const [at, door] of (right.doors ?? []).entries()) refer(`${path}.doors[${at}]`, door, doors);
      for (const [at, of] of (right.doorGroups ?? []).entries())
        refer(`${path}.doorGroups[${at}]`, of, doorGroups);
      const { disarmed, input, presentIn, firstIn } = right.when ?? {};
      refer(`${path}.when.disarmed`, disarmed, partitions);
      refer(`${path}.when.input.sensor`, input?.sensor, sensors);
      refer(`${path}.when.presentIn`, presentIn, areas);
      refer(`${path}.when.firstIn`, firstIn, groups);
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
  for (const [index, partition] of (document.partitions ?? []).entries()) {
    const path = `partitions[${index}]`;
    refer(`${path}.autoArm.outside`, partition.autoArm?.outside, schedules);
    refer(`${path}.autoArm.again`, partition.autoArm?.again, schedules);
    refer(`${path}.supervision.opening`, partition.supervision?.opening, schedules);
  }
  for (const [index, sensor] of (document.sensors ?? []).entries()) {
    const path = `sensors[${index}]`;
    refer(`${path}.arms.partition`, sensor.arms?.partition, partitions);
    for (const [at, other] of (sensor.cross?.with ?? []).entries())
      refer(`${path}.cross.with[${at}]`, other, sensors);
  }
  for (const [index, group] of (document.groups ?? []).entries())
    for (const [line, right] of (group.arms ?? []).entries()) {
      const path = `groups[${index}].arms[${line}]`;
      refer(`${path}.schedule`, right.schedule, schedules);
      for (const [at, each] of right.partitions.entries())
        refer(`${path}.partitions[${at}]`, each, partitions);
    }
  kind("siren", "alarm.sirens", document.alarm?.sirens ?? []);
  for (const [index, siren] of (document.alarm?.sirens ?? []).entries()) {
    wire(`alarm.sirens[${index}].point`, siren.point);
    for (const [at, each] of (siren.partitions ?? []).entries())
      refer(`alarm.sirens[${index}].partitions[${at}]`, each, partitions);
  }
  for (const [index, { partitions: named }] of (document.alarm?.accounts ?? []).entries())
    for (const [at, each] of named.entries())
      refer(`alarm.accounts[${index}].partitions[${at}]`, each, partitions);
  for (const [index, { area }] of (document.alarm?.loneWork ?? []).entries())
    refer(`alarm.loneWork[${index}].area`, area, areas);
  if (options.drivers !== undefined) {
    const drivers: Kind = { word: "driver", ids: new Set(options.drivers) };
    for (const [index, device] of document.devices.entries()) {
      refer(`devices[${index}].driver`, device.driver, drivers);
    }
  }
  return faults;
}
