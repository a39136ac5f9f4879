/** Arming and disarming by whoever stands at a reader or keypad, by the rights of his groups. */
import type { Draft } from "../draft.js";
import type { Person } from "../people.js";
import type { RequestRefusal } from "../reasons.js";
import type { CardCommand, Door, PartitionId, Sensor } from "../site.js";
import type { ArmHow } from "./alarm-state.js";
import { feedback } from "./feedback.js";
import { type ArmRefusal, arm, disarm } from "./partition.js";
import { putOff } from "./plan.js";
import { personMay } from "./rights.js";
import type { ArmLevel } from "./rules.js";
import { feedbackMs, isArmed, partitionOf, tellPartition } from "./standing.js";

export type InPerson =
  | { readonly is: "arm"; readonly partition: PartitionId; readonly level: ArmLevel }
  | { readonly is: "disarm" | "arm-later"; readonly partition: PartitionId };

/** A card three times in a row. */
export function armedByCard(
  draft: Draft,
  door: Door,
  person: Person,
  does: Extract<CardCommand["does"], InPerson>,
): void {
  inPerson(draft, door, person, does, "reader");
}

/** @returns why not, told at the reader and in the log */
export function inPerson(
  draft: Draft,
  door: Door,
  person: Person,
  does: InPerson,
  how: Extract<ArmHow, "reader" | "keypad">,
): RequestRefusal | undefined {
  const refused = attempt(draft, person, does, how);
  if (!refused) return undefined;
  const { partition } = does;
  feedback(draft, partition, "not-armed", feedbackMs);
  tellPartition(draft, partition, {
    type: "audit.request-refused",
    door: door.id,
    by: { kind: "person", id: person.id },
    reason: refused.reason,
    data: {
      operation: `partition.${does.is}`,
      ...(refused.zones.length === 0 ? {} : { zones: refused.zones.map(({ zone }) => zone.id) }),
    },
  });
  return refused.reason;
}

function attempt(
  draft: Draft,
  person: Person,
  does: InPerson,
  how: "reader" | "keypad",
): ArmRefusal | undefined {
  const { partition } = does;
  const by = { kind: "person", id: person.id } as const;
  const no = (reason: RequestRefusal | undefined) => reason && { reason, zones: [] };
  switch (does.is) {
    case "arm": {
      const right = personMay(draft, person, partition, does);
      if (!right) return no("may-not-arm");
      return arm(draft, partition, { by, how, level: does.level, force: right.force });
    }
    case "disarm":
      return personMay(draft, person, partition, { is: "disarm" })
        ? no(disarm(draft, partition, { by, how }))
        : no("may-not-disarm");
    case "arm-later": {
      const may =
        draft.site.groups.size > 0 &&
        person.groups.some((id) =>
          draft.site.groups.get(id)?.arms?.some((right) => right.partitions.includes(partition)),
        );
      return may ? no(putOff(draft, partition, by)) : no("may-not-arm");
    }
  }
}

/** A key switch was turned: whoever has its key may do what it is for. */
export function keyTurned(draft: Draft, sensor: Sensor): void {
  const arms = sensor.zone?.arms;
  if (sensor.type !== "key-switch" || !arms) return;
  const { partition, level, may } = arms;
  const by = { kind: "sensor", id: sensor.id } as const;
  const armed = isArmed(partitionOf(draft, partition));
  if (armed && may !== "arm") {
    disarm(draft, partition, { by, how: "input" });
    return;
  }
  if (armed || may === "disarm") return;
  const refused = arm(draft, partition, { by, how: "input", level });
  if (!refused) return;
  feedback(draft, partition, "not-armed", feedbackMs);
  tellPartition(draft, partition, {
    type: "alarm.not-armed",
    by,
    reason: refused.reason,
    data: { arming: level, zones: refused.zones.map(({ zone }) => zone.id) },
  });
}
