/** Whether it is armed and disarmed when it should be; told, never done. */
import { clockTrusted } from "../clock-trust.js";
import type { Draft } from "../draft.js";
import { inSchedule } from "../schedule.js";
import type { PartitionId } from "../site.js";
import type { PartitionState } from "./alarm-state.js";
import { type ArmDeed, rulesOf, tellPartition } from "./standing.js";

/** It was disarmed; out of hours, that is told. */
export function noteDisarmed(draft: Draft, id: PartitionId, was: PartitionState, { by, how }: ArmDeed): void {
  const { supervision } = rulesOf(draft, id);
  const opening = supervision && draft.site.schedules.get(supervision.opening);
  if (!opening || !clockTrusted(draft) || was.is === "arming" || how === "members") return;
  if (!inSchedule(opening, draft.at)) tellPartition(draft, id, { type: "alarm.opened-out-of-hours", by });
}
