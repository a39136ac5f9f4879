/** An incident that nobody acknowledges goes up a level: the next are told, it becomes more urgent, it sounds. */
import type { Draft } from "../draft.js";
import { incidentEvent } from "./incident-work.js";
import type { Sound } from "./rules.js";
import { sounds } from "./rules.js";
import { sound } from "./siren.js";

export function escalate(draft: Draft, id: string): void {
  const own = draft.incidents.get(id);
  const steps = draft.site.alarm?.escalation ?? [];
  if (!own) return;
  const step = steps[own.level];
  const { escalateAt: _, ...rest } = own;
  if (!step || own.acknowledged) {
    draft.incidents.set(id, rest);
    return;
  }
  const next = steps[own.level + 1];
  draft.incidents.set(id, {
    ...rest,
    level: own.level + 1,
    priority: step.raisePriority ? Math.max(1, own.priority - 1) : own.priority,
    ...(next ? { escalateAt: own.at + Math.max(next.afterMs, step.afterMs + 1) } : {}),
  });
  incidentEvent(draft, id, own, "escalated", {
    data: {
      step: own.level + 1,
      seconds: Math.round((draft.at - own.at) / 1000),
      ...(step.notify.length === 0 ? {} : { told: step.notify }),
    },
  });
  const what = sounds.find((each) => each === own.kind) as Sound | undefined;
  if (step.sound && !own.silent && what !== undefined) sound(draft, what, own.partitions, id);
}
