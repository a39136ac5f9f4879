/** Whatever may happen at an office with an alarm: arbitrary sites, requests and nights, for the properties. */
import fc from "fast-check";
import { incidentCauses } from "../../gateway/core/alarm/alarm-state.js";
import { alarmProfiles, armLevels } from "../../gateway/core/alarm/rules.js";
import { nextDeadline } from "../../gateway/core/deadline.js";
import { reconcile } from "../../gateway/core/reconcile.js";
import { keypadChoices, type Request, type Signal, type SignalBody } from "../../gateway/core/signals.js";
import type { Instant, Site } from "../../gateway/core/site.js";
import { applyChanges, emptyState, type MutableState, type State } from "../../gateway/core/state.js";
import { type StepResult, step } from "../../gateway/core/step.js";
import { type AlarmSketch, armedOffice, sensor, siren } from "../stories/armed-office.js";
import { staffWithPins } from "../stories/people-with-pins.js";
import { local } from "../stories/small-office.js";

export const people = staffWithPins();
const everyLevel = [...armLevels];
const arms = [
  { partitions: ["ground", "workshop"], arm: everyLevel, disarm: true, force: true, schedule: "always" },
];

export const aSite: fc.Arbitrary<Site> = fc
  .record({
    profile: fc.constantFrom(...alarmProfiles),
    onEntry: fc.constantFrom("disarm", "entry-delay", "deny" as const),
    swingerAfter: fc.constantFrom(0, 1, 3),
    auto: fc.boolean(),
    lastOut: fc.boolean(),
    escalates: fc.boolean(),
    count: fc.boolean(),
    common: fc.boolean(),
  })
  .map(({ profile, onEntry, swingerAfter, auto, lastOut, escalates, count, common }) => {
    const sketch: AlarmSketch = {
      rules: {
        swingerAfter,
        ...(auto
          ? {
              autoArm: {
                outside: "office",
                level: "away",
                warnMs: 60_000,
                delayMs: 600_000,
                mostDelays: 2,
                force: true,
              },
              supervision: { opening: "office", closeWithinMs: 600_000 },
            }
          : {}),
        ...(lastOut ? { lastPersonOut: { level: "night", quietMs: 60_000, warnMs: 60_000 } } : {}),
      },
      partitions: common
        ? [{ id: "common", name: "House", tenant: "main", members: ["ground", "workshop"] }]
        : [],
      sensors: [
        sensor("key", "Key", 20, {
          type: "key-switch",
          zone: { arms: { partition: "ground", level: "away", may: "both" } },
        }),
        sensor("gas", "Gas", 21, { type: "gas", role: "24-hour" }),
        sensor("ups", "UPS", 23, { type: "ups", role: "24-hour" }),
        sensor("hall", "Hall", 22, count ? { zone: { count: { times: 2, withinMs: 60_000 } } } : {}),
      ],
      escalation: escalates
        ? [
            { afterMs: 60_000, notify: ["a"], raisePriority: true, sound: true },
            { afterMs: 600_000, notify: [], raisePriority: true, sound: false },
          ]
        : [],
      groups: { staff: { onEntry, arms }, it: { arms, doors: new Map([["front", ["always"]]]) } },
      alarm: {
        profile,
        sirens: new Map([
          ["siren", siren("siren", "Siren", 1, { maxMs: 60_000 })],
          ["horn", siren("horn", "Horn", 2, { sounds: ["fire", "medical"], kind: "indoor" })],
        ]),
        lone: [{ area: "workshop", everyMs: 600_000 }],
      },
      office: {
        doors: {
          front: { partitions: { inside: "ground" }, mode: "card-or-pin" },
          workshop: { partitions: { outside: "ground", inside: "workshop" } },
        },
      },
    };
    return armedOffice(sketch);
  });

const doors = ["front", "workshop"] as const;
const sensorIds = [
  "smoke",
  "window",
  "lobby-motion",
  "canteen-motion",
  "workshop-motion",
  "counter",
  "desk",
  "box",
  "key",
  "gas",
  "ups",
  "hall",
];
const aPartition = fc.constantFrom("ground", "workshop", "common");
const aZone = fc.constantFrom(...sensorIds, "door/front", "door/workshop", "door/none");
/** Incidents are named after their signals; the first few may be open. */
const anIncident = fc.integer({ min: 1, max: 45 }).map((n) => `s${n}-1`);

const aRequest: fc.Arbitrary<Request> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record(
      {
        op: fc.constant("partition.arm" as const),
        partition: aPartition,
        level: fc.constantFrom(...armLevels),
        leaveOut: fc.constant(true),
        atOnce: fc.boolean(),
      },
      { requiredKeys: ["op", "partition", "level"] },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constantFrom("partition.disarm", "partition.arm-later" as const),
      partition: aPartition,
    }),
  },
  fc.record({
    op: fc.constant("zone.bypass" as const),
    zone: aZone,
    until: fc.constantFrom("session", "removed" as const),
  }),
  fc.record({ op: fc.constant("zone.unbypass" as const), zone: aZone }),
  fc.record(
    {
      op: fc.constant("alarm.test" as const),
      partition: aPartition,
      zone: aZone,
      until: fc.integer({ min: local("05:00"), max: local("23:00") }),
    },
    { requiredKeys: ["op"] },
  ),
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constantFrom("incident.acknowledge", "incident.silence" as const),
      incident: anIncident,
    }),
  },
  fc.record({
    op: fc.constant("incident.close" as const),
    incident: anIncident,
    cause: fc.constantFrom(...incidentCauses),
  }),
  fc.record({
    op: fc.constant("siren.test" as const),
    siren: fc.constantFrom("siren", "none"),
    ms: fc.constantFrom(1, 5_000),
  }),
  fc.record({ op: fc.constantFrom("walk-test.start", "walk-test.end" as const), partition: aPartition }),
  fc.record({ op: fc.constant("lone.check-in" as const), person: fc.constantFrom("ada", "finn") }),
  fc.constant<Request>({ op: "fire.reset", sensor: "smoke" }),
);

const aFault = fc.constantFrom(null, null, null, null, "open", "short", "tamper" as const);
const side = fc.constantFrom("outside", "inside" as const);

const aSignal: fc.Arbitrary<SignalBody> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({
        sensor: fc.constantFrom(...sensorIds),
        active: fc.constantFrom(true, false, undefined),
        fault: aFault,
        edge: fc.boolean(),
      })
      .map(
        ({ active, fault, ...each }): SignalBody =>
          active === undefined || fault
            ? { type: "sensor-changed", ...each, fault }
            : { type: "sensor-changed", ...each, active, fault },
      ),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("contact-changed" as const),
      door: fc.constantFrom(...doors),
      position: fc.constantFrom("open", "closed", "unknown" as const),
      edge: fc.boolean(),
      fault: aFault,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("credential-presented" as const),
      door: fc.constantFrom(...doors),
      side,
      scan: fc.constant("a"),
      device: fc.constant("front-reader"),
      credential: fc.constantFrom("card-ada", "card-finn", "card-ben"),
      shown: fc.constant("…beef"),
    }),
  },
  fc.record({
    type: fc.constant("function-chosen" as const),
    door: fc.constantFrom(...doors),
    side,
    scan: fc.constant("f"),
    device: fc.constant("front-reader"),
    choice: fc.constantFrom(...keypadChoices),
  }),
  fc.record({
    type: fc.constant("keys-entered" as const),
    door: fc.constantFrom(...doors),
    side,
    scan: fc.constant("k"),
    device: fc.constant("front-reader"),
    credential: fc.constantFrom("pin-ada", "pin-finn"),
    pin: fc.constantFrom("right", "duress", "wrong" as const),
  }),
  {
    weight: 10,
    arbitrary: fc.record(
      {
        type: fc.constant("requested" as const),
        by: fc.constantFrom(
          { kind: "operator", id: "olga" } as const,
          { kind: "client", id: "central" } as const,
        ),
        request: aRequest,
        note: fc.constant("because"),
      },
      { requiredKeys: ["type", "by", "request"] },
    ),
  },
  fc.record({ type: fc.constant("exit-requested" as const), door: fc.constantFrom(...doors) }),
  fc.record({
    type: fc.constant("device-presence" as const),
    device: fc.constantFrom("panel", "front-lock", "workshop-lock"),
    online: fc.boolean(),
  }),
  fc.record({ type: fc.constant("tick" as const) }),
  fc.record({
    type: fc.constant("clock-stepped" as const),
    byMs: fc.constantFrom(-7_200_000, -5_000, 5_000, 3_600_000),
  }),
  fc.record(
    {
      type: fc.constant("started" as const),
      version: fc.constant("1.0.0"),
      clock: fc.constantFrom("ntp", "host", "nobody" as const),
    },
    { requiredKeys: ["type", "version"] },
  ),
);

export interface Moment {
  readonly afterMs: number;
  readonly body: SignalBody;
  readonly ticked: boolean;
}

export const aNight: fc.Arbitrary<readonly Moment[]> = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.integer({ min: 0, max: 40_000 }), fc.constantFrom(0, 1, 60_000, 600_000, 7_200_000)),
    body: aSignal,
    ticked: fc.boolean(),
  }),
  { maxLength: 40, size: "max" },
);

export interface Step {
  readonly signal: Signal;
  readonly before: State;
  readonly after: State;
  readonly result: StepResult;
}

export interface Lived {
  readonly site: Site;
  readonly state: MutableState;
  readonly at: Instant;
  readonly steps: readonly Step[];
}

const olga = { kind: "operator", id: "olga" } as const;

/** Lives a night: everything is quiet and known at its beginning. `watch` sees each step with what was before and after it. */
export function live(site: Site, night: readonly Moment[]): Lived {
  const state = emptyState();
  const steps: Step[] = [];
  let at = local("18:30");
  const take = (body: SignalBody): void => {
    const signal = { ...body, id: `s${steps.length + 1}`, at } as Signal;
    const before = snapshot(state);
    const result =
      signal.type === "site-activated"
        ? (reconcile(undefined, site, state, signal) as StepResult)
        : step(site, people, state, signal);
    applyChanges(state, result.changes);
    steps.push({ signal, before, after: snapshot(state), result });
  };
  take({ type: "site-activated", revision: 1, by: olga });
  take({ type: "started", version: "1.0.0" });
  for (const device of site.devices.keys()) take({ type: "device-presence", device, online: true });
  for (const { id, contact } of site.doors.values())
    if (contact) take({ type: "contact-changed", door: id, position: "closed", edge: false, fault: null });
  for (const id of site.sensors.keys())
    take({ type: "sensor-changed", sensor: id, active: false, edge: false, fault: null });
  for (const { afterMs, body, ticked } of night) {
    const until = at + afterMs;
    for (let due = nextDeadline(site, state); ticked && due !== undefined && due <= until; ) {
      at = Math.max(at, due);
      take({ type: "tick" });
      due = nextDeadline(site, state);
    }
    at = until;
    if (body.type === "clock-stepped") at += body.byMs;
    take(body.type === "started" ? { ...body, downSince: at } : body);
  }
  return { site, state, at, steps };
}

/** Entities are never changed in place, so that the maps are all there is to copy. */
function snapshot(state: MutableState): State {
  const kinds = Object.entries(state) as [string, ReadonlyMap<string, unknown>][];
  return Object.fromEntries(kinds.map(([kind, map]) => [kind, new Map(map)])) as unknown as State;
}
