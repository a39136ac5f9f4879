/** What people and systems ask of the alarm. Permission was checked before; the core checks the building. */
import { told } from "../door-requests.js";
import type { Draft } from "../draft.js";
import type { EventBody } from "../events.js";
import type { PersonId } from "../people.js";
import type { RequestRefusal } from "../reasons.js";
import type { SignalOf } from "../signals.js";
import type { Instant, PartitionId } from "../site.js";
import type { IncidentCause } from "./alarm-state.js";
import { acknowledge, assign, close, noteOn, silence } from "./incident-work.js";
import { checkIn } from "./lone-worker.js";
import { arm, disarm } from "./partition.js";
import { putOff } from "./plan.js";
import { tellZone } from "./raise-zone.js";
import { accountMay } from "./rights.js";
import type { ArmLevel, ZoneId } from "./rules.js";
import { testSiren } from "./siren.js";
import { isArmed, partitionOf } from "./standing.js";
import { endTest, startTest } from "./testing.js";
import { endWalk, startWalk } from "./walk-test.js";
import { alarmIndex } from "./zones.js";

export type AlarmRequest =
  | {
      readonly op: "partition.arm";
      readonly partition: PartitionId;
      readonly level: ArmLevel;
      /** Leaves out what is not quiet. */
      readonly leaveOut?: boolean;
      readonly atOnce?: boolean;
    }
  | { readonly op: "partition.disarm"; readonly partition: PartitionId }
  | { readonly op: "partition.arm-later"; readonly partition: PartitionId }
  | { readonly op: "zone.bypass"; readonly zone: ZoneId; readonly until: "session" | "removed" }
  | { readonly op: "zone.unbypass"; readonly zone: ZoneId }
  | {
      readonly op: "alarm.test";
      readonly partition?: PartitionId;
      readonly zone?: ZoneId;
      /** Absent: the test ends now. */
      readonly until?: Instant;
    }
  | { readonly op: "incident.acknowledge" | "incident.silence"; readonly incident: string }
  | { readonly op: "incident.note"; readonly incident: string; readonly text: string }
  | { readonly op: "incident.assign"; readonly incident: string; readonly to: string }
  | { readonly op: "incident.close"; readonly incident: string; readonly cause: IncidentCause }
  | { readonly op: "siren.test"; readonly siren: string; readonly ms: number }
  | { readonly op: "walk-test.start" | "walk-test.end"; readonly partition: PartitionId }
  | { readonly op: "todo.take"; readonly todo: string; readonly owner: string }
  | { readonly op: "todo.snooze"; readonly todo: string; readonly until: Instant }
  | { readonly op: "todo.done"; readonly todo: string }
  | { readonly op: "lone.check-in"; readonly person: PersonId };

const ops: ReadonlySet<string> = new Set<AlarmRequest["op"]>([
  "partition.arm",
  "partition.disarm",
  "partition.arm-later",
  "zone.bypass",
  "zone.unbypass",
  "alarm.test",
  "incident.acknowledge",
  "incident.silence",
  "incident.note",
  "incident.assign",
  "incident.close",
  "siren.test",
  "walk-test.start",
  "walk-test.end",
  "todo.take",
  "todo.snooze",
  "todo.done",
  "lone.check-in",
]);

export function isAlarmRequest(request: { readonly op: string }): request is AlarmRequest {
  return ops.has(request.op);
}

type Requested = SignalOf<"requested">;

/** Does it, or says why not, as an event with the names of what stands in the way. */
export function alarmRequested(draft: Draft, signal: Requested, request: AlarmRequest): void {
  const refused = attempt(draft, signal, request);
  if (refused === undefined) return;
  const { reason, zones } = typeof refused === "string" ? { reason: refused, zones: [] } : refused;
  const partition = "partition" in request ? request.partition : undefined;
  draft.tell({
    type: "audit.request-refused",
    by: signal.by,
    reason,
    ...(partition === undefined ? {} : { partition }),
    data: {
      operation: request.op,
      ...(zones.length === 0 ? {} : { zones }),
      ...(signal.note === undefined ? {} : { note: signal.note }),
    },
  });
}

type Refused = RequestRefusal | { readonly reason: RequestRefusal; readonly zones: readonly ZoneId[] };

function attempt(draft: Draft, signal: Requested, request: AlarmRequest): Refused | undefined {
  const { by } = signal;
  const words = { by, ...told(signal) };
  switch (request.op) {
    case "partition.arm":
      return armFor(draft, signal, request);
    case "partition.disarm":
      if (!accountMay(draft, by, request.partition, { is: "disarm" })) return "may-not-disarm";
      return disarm(draft, request.partition, { by, how: howOf(signal), note: signal.note });
    case "partition.arm-later":
      return putOff(draft, request.partition, by);
    case "zone.bypass":
    case "zone.unbypass":
      return bypass(draft, request, words);
    case "alarm.test":
      return test(draft, request, words);
    case "incident.acknowledge":
      return acknowledge(draft, request.incident, words);
    case "incident.silence":
      return silence(draft, request.incident, words);
    case "incident.note":
      return noteOn(draft, request.incident, request.text, words);
    case "incident.assign":
      return assign(draft, request.incident, request.to, words);
    case "incident.close":
      return close(draft, request.incident, request.cause, words);
    case "siren.test": {
      const siren = draft.site.alarm?.sirens.get(request.siren);
      if (!siren) return "unknown-siren";
      const ms = Math.min(request.ms, siren.maxMs);
      testSiren(draft, siren, ms);
      draft.tell({
        type: "alarm.output-tested",
        ...words,
        data: { ...words.data, siren: siren.id, seconds: Math.round(ms / 1000) },
      });
      return undefined;
    }
    case "walk-test.start":
      return startWalk(draft, request.partition, words);
    case "walk-test.end":
      return endWalk(draft, request.partition, words);
    case "todo.take":
    case "todo.snooze":
    case "todo.done":
      return workTodo(draft, request, words);
    case "lone.check-in":
      return checkIn(draft, request.person, by);
  }
}

function howOf({ by }: Requested): "operator" | "client" {
  return by.kind === "client" ? "client" : "operator";
}

type Ask<Op extends AlarmRequest["op"]> = Extract<AlarmRequest, { op: Op }>;

function armFor(draft: Draft, signal: Requested, request: Ask<"partition.arm">): Refused | undefined {
  const { partition, level, leaveOut, atOnce } = request;
  if (!accountMay(draft, signal.by, partition, { is: "arm", level })) return "may-not-arm";
  const refused = arm(draft, partition, {
    by: signal.by,
    how: howOf(signal),
    note: signal.note,
    level,
    ...(leaveOut ? { force: true } : {}),
    ...(atOnce ? { atOnce } : {}),
  });
  return refused && { reason: refused.reason, zones: refused.zones.map(({ zone }) => zone.id) };
}

function bypass(
  draft: Draft,
  request: Ask<"zone.bypass" | "zone.unbypass">,
  words: Pick<EventBody, "by" | "data">,
): RequestRefusal | undefined {
  const zone = alarmIndex(draft.site).zones.get(request.zone);
  if (!zone) return "unknown-zone";
  // What is left out while it is armed would be a hole that nobody sees.
  if (zone.partitions.some((each) => isArmed(partitionOf(draft, each)))) return "zone-armed";
  const own = draft.zones.get(zone.id) ?? {};
  if (request.op === "zone.bypass") {
    if (zone.rules.mustCount || zone.row.silent) return "must-count";
    const { until } = request;
    draft.zones.set(zone.id, { ...own, bypass: { by: words.by?.id ?? "", since: draft.at, until } });
    tellZone(draft, zone, { type: "alarm.bypassed", ...words });
    return undefined;
  }
  if (!own.bypass) return "nothing-overridden";
  const { bypass: _, ...rest } = own;
  draft.zones.set(zone.id, rest);
  tellZone(draft, zone, { type: "alarm.unbypassed", ...words });
  return undefined;
}

function test(
  draft: Draft,
  { partition, zone, until }: Ask<"alarm.test">,
  words: Pick<EventBody, "by" | "data">,
): RequestRefusal | undefined {
  const place = partition !== undefined ? { partition } : zone !== undefined ? { zone } : undefined;
  if (!place) return "unknown-partition";
  return until === undefined ? endTest(draft, place, words) : startTest(draft, place, until, words);
}

function workTodo(
  draft: Draft,
  request: Ask<"todo.take" | "todo.snooze" | "todo.done">,
  words: Pick<EventBody, "by" | "data">,
): RequestRefusal | undefined {
  const own = draft.todos.get(request.todo);
  if (!own) return "unknown-todo";
  const { snoozedUntil: _, ...awake } = own;
  switch (request.op) {
    case "todo.take":
      draft.todos.set(request.todo, { ...awake, owner: request.owner });
      break;
    case "todo.snooze":
      if (!(request.until > draft.at)) return "already-over";
      draft.todos.set(request.todo, { ...own, snoozedUntil: request.until });
      break;
    case "todo.done":
      draft.todos.set(request.todo, undefined);
  }
  const { sensor, door, device, partition } = own;
  draft.tell({
    type: "audit.todo",
    ...words,
    ...(sensor === undefined ? {} : { sensor }),
    ...(door === undefined ? {} : { door }),
    ...(device === undefined ? {} : { device }),
    ...(partition === undefined ? {} : { partition }),
    data: { ...words.data, action: request.op.slice("todo.".length) },
  });
  return undefined;
}
