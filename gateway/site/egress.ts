/**
 * The ways out. Software alone never satisfies an egress code; what it can do is refuse a building that locks people in by its
 * own description: a lock that power loss leaves locked without a handle, a card needed to leave with nothing to break, a fire
 * that does not reach a lock which holds against exit, an area from which no way leads outside.
 */
import type { Fault } from "../ports.js";
import { fireOf } from "./compile.js";
import type { DoorEntry, SensorEntry, SiteDocument } from "./document.js";
import { areasWithoutWayOut } from "./graph.js";

export function egressFaults(document: SiteDocument): Fault[] {
  const fireInputs = (document.sensors ?? []).filter((sensor) => sensor.type === "fire");
  const doors = document.doors.flatMap((door, index) =>
    doorEgressFaults(door, `doors[${index}]`, fireInputs),
  );
  if (!document.areas.some((area) => area.outside === true)) {
    return [
      ...doors,
      { path: "areas", message: "no area is outside: one needs outside: true, where escape routes end" },
    ];
  }
  const ways = areasWithoutWayOut(document).map((area) => {
    const touches = document.doors.some((door) => door.from === area.id || door.to === area.id);
    return {
      path: `areas[${document.areas.indexOf(area)}]`,
      message: touches
        ? `the area ${area.id} cannot be left without a right: no path of doors that open from inside (mechanical egress, wired release, or an exit button on a fail-safe lock) leads outside`
        : `the area ${area.id} cannot be left: it has no door and is part of no area that can be left; give it a door or the parent to which it is open`,
    };
  });
  return [...doors, ...ways];
}

function doorEgressFaults(door: DoorEntry, path: string, fireInputs: readonly SensorEntry[]): Fault[] {
  const { lock } = door;
  const faults: Fault[] = [];
  if (lock.mechanicalEgress === true) return faults;
  if (lock.kind === "fail-secure") {
    faults.push({
      path: `${path}.lock.mechanicalEgress`,
      message: `the door ${door.id} stays locked without power: a fail-secure lock needs mechanical egress, confirmed by the installer`,
    });
    return faults;
  }
  if (lock.wiredRelease === true) return faults;
  const needsCard =
    door.exit === "controlled" ? "controlled exit" : door.readers?.inside && "a reader inside";
  if (needsCard) {
    faults.push({
      path: `${path}.lock`,
      message: `the door ${door.id} has ${needsCard}: it needs mechanical egress or a wired emergency release, confirmed by the installer`,
    });
  }
  const unlocks = [...fireOf(door, fireInputs).values()].includes("unlock");
  if (!unlocks) {
    faults.push({
      path: `${path}.fire`,
      message:
        fireInputs.length === 0
          ? `the lock of door ${door.id} holds against exit, and no fire input reaches it: add a sensor of type fire with action unlock, or confirm a wired release or mechanical egress`
          : `the lock of door ${door.id} holds against exit, and no fire input unlocks it: give one the action unlock here, or confirm a wired release or mechanical egress`,
    });
  }
  return faults;
}
