/** Whatever may happen at a small office: arbitrary sites, signals and days, for the properties. */
import fc from "fast-check";
import type { Command } from "../../gateway/core/commands.js";
import { nextDeadline } from "../../gateway/core/deadline.js";
import type { EventBody } from "../../gateway/core/events.js";
import type { SiteFault } from "../../gateway/core/reconcile.js";
import { reconcile } from "../../gateway/core/reconcile.js";
import type { Signal, SignalBody } from "../../gateway/core/signals.js";
import { doorModes, fireActions, type Instant, type Site } from "../../gateway/core/site.js";
import { applyChanges, emptyState, type MutableState, type State } from "../../gateway/core/state.js";
import { type StepResult, step } from "../../gateway/core/step.js";
import { local, type OfficeSketch, smallOffice, staff } from "../stories/small-office.js";

/** How many cases a property tries; `LONG=1` tries many more. */
export const runs = process.env.LONG === "1" ? 10_000 : 300;

export const doorIds = ["front", "workshop", "server", "turnstile"] as const;
const aDoor = fc.constantFrom(...doorIds);
const deviceIds = ["panel", ...doorIds.flatMap((id) => [`${id}-lock`, `${id}-reader`])];
const aFault = fc.constantFrom(null, null, null, "open", "short", "tamper" as const);
const aSide = fc.constantFrom("outside", "inside" as const);
const olga = { kind: "operator", id: "olga" } as const;

const aDoorSketch = fc.record({
  mode: fc.constantFrom(...doorModes),
  exit: fc.constantFrom("free", "controlled" as const),
  passage: fc.constantFrom("contact", "rotation", "grant" as const),
  unlockMs: fc.constantFrom(0, 1, 5_000),
  openMs: fc.constantFrom(0, 1, 30_000),
  freeSchedule: fc.constantFrom("opening", "office", "always", "nowhere"),
});

export const anOffice: fc.Arbitrary<OfficeSketch> = fc.record({
  doors: fc.dictionary(aDoor, aDoorSketch, { maxKeys: 4 }),
  fire: fc.dictionary(aDoor, fc.constantFrom(...fireActions), { maxKeys: 4 }),
  onFault: fc.constantFrom("release", "trouble" as const),
});

const aRequest = fc.oneof(
  fc.record({ op: fc.constant("door.unlock" as const), door: aDoor, ms: fc.constantFrom(1, 5_000, 600_000) }),
  fc.record({ op: fc.constant("door.mode" as const), door: aDoor, mode: fc.constantFrom(...doorModes) }),
  fc.record({
    op: fc.constant("door.mode" as const),
    door: aDoor,
    mode: fc.constantFrom(...doorModes),
    until: fc.integer({ min: local("06:00"), max: local("23:00") }),
  }),
  fc.record({ op: fc.constant("door.mode" as const), door: aDoor }),
  fc.record({ op: fc.constant("door.emergency-release" as const), door: aDoor }),
  fc.record({ op: fc.constant("door.emergency-reset" as const), door: aDoor }),
  fc.record({ op: fc.constant("fire.reset" as const), sensor: fc.constantFrom("smoke", "window") }),
);

const aSignal: fc.Arbitrary<SignalBody> = fc.oneof(
  { weight: 5, arbitrary: aCard() },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("exit-requested" as const), door: aDoor }) },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("contact-changed" as const),
      door: aDoor,
      position: fc.constantFrom("open", "closed", "unknown" as const),
      edge: fc.boolean(),
      fault: aFault,
    }),
  },
  fc.record({
    type: fc.constant("lock-reported" as const),
    door: aDoor,
    locked: fc.boolean(),
    bolt: fc.constantFrom("in", "out", null),
  }),
  {
    weight: 2,
    arbitrary: fc.record(
      {
        type: fc.constant("sensor-changed" as const),
        sensor: fc.constantFrom("smoke", "window"),
        active: fc.boolean(),
        fault: aFault,
        edge: fc.boolean(),
      },
      { requiredKeys: ["type", "sensor", "fault", "edge"] },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("device-presence" as const),
      device: fc.constantFrom(...deviceIds),
      online: fc.boolean(),
    }),
  },
  fc.record({
    type: fc.constant("order-failed" as const),
    device: fc.constantFrom(...deviceIds),
    door: aDoor,
    command: fc.constantFrom("s1.1", "s2.1"),
    why: fc.constantFrom("no-answer", "refused", "unreachable" as const),
  }),
  {
    weight: 3,
    arbitrary: fc.record(
      {
        type: fc.constant("requested" as const),
        by: fc.constant(olga),
        force: fc.boolean(),
        request: aRequest,
      },
      { requiredKeys: ["type", "by", "request"] },
    ),
  },
  fc.record({ type: fc.constant("tick" as const) }),
  fc.record({
    type: fc.constant("clock-stepped" as const),
    byMs: fc.constantFrom(-7_200_000, -5_000, 5_000, 3_600_000),
  }),
  fc.record({ type: fc.constant("started" as const), version: fc.constant("1.0.0") }),
);

function aCard(): fc.Arbitrary<SignalBody> {
  return fc.record(
    {
      type: fc.constant("credential-presented" as const),
      door: aDoor,
      side: aSide,
      scan: fc.constantFrom("a", "b", "c"),
      device: fc.constant("front-reader"),
      credential: fc.constantFrom("card-ada", "card-finn", "card-ben", "card-dan", "card-nobody", "none"),
      shown: fc.constant("…beef"),
      ignored: fc.constantFrom("retained", "repeated", "stale" as const),
    },
    { requiredKeys: ["type", "door", "side", "scan", "device", "shown"] },
  );
}

export interface Moment {
  /** How long after the one before, in milliseconds. */
  readonly afterMs: number;
  readonly body: SignalBody;
  /** Whether the ticks that are due before it came in time. */
  readonly ticked: boolean;
}

export const aDay: fc.Arbitrary<readonly Moment[]> = fc.array(
  fc.record({
    afterMs: fc.oneof(
      fc.integer({ min: 0, max: 10_000 }),
      fc.constantFrom(0, 1, 5_500, 30_000, 60_000, 1_800_000, 7_200_000),
    ),
    body: aSignal,
    ticked: fc.boolean(),
  }),
  { maxLength: 40, size: "max" },
);

export interface Lived {
  readonly site: Site;
  readonly state: MutableState;
  readonly at: Instant;
  readonly signals: readonly Signal[];
  readonly results: readonly StepResult[];
  readonly events: readonly EventBody[];
  readonly commands: readonly Command[];
}

/** Lives a day: activates the site, starts, and takes what happens; ticks come in time or late. */
export function live(sketch: OfficeSketch, day: readonly Moment[]): Lived {
  const site = smallOffice(sketch);
  const state = emptyState();
  let at = local("06:30");
  const signals: Signal[] = [];
  const results: StepResult[] = [];
  const people = staff();
  const take = (body: SignalBody, judge: (signal: Signal) => StepResult): void => {
    const signal = { ...body, id: `s${signals.length + 1}`, at } as Signal;
    const result = judge(signal);
    applyChanges(state, result.changes);
    signals.push(signal);
    results.push(result);
  };
  const steps = (signal: Signal): StepResult => step(site, people, state, signal);
  take({ type: "site-activated", revision: 1, by: olga }, (signal) =>
    accepted(reconcile(undefined, site, state, signal)),
  );
  take({ type: "started", version: "1.0.0" }, steps);
  for (const { afterMs, body, ticked } of day) {
    const until = at + afterMs;
    for (let due = nextDeadline(site, state); ticked && due !== undefined && due <= until; ) {
      at = Math.max(at, due);
      take({ type: "tick" }, steps);
      due = nextDeadline(site, state);
    }
    at = until;
    if (body.type === "clock-stepped") at += body.byMs;
    take(body, steps);
  }
  const events = results.flatMap((result) => result.events);
  return { site, state, at, signals, results, events, commands: results.flatMap((each) => each.commands) };
}

function accepted(result: StepResult | readonly SiteFault[]): StepResult {
  if ("events" in result) return result;
  throw new Error(`refused: ${result.map(({ message }) => message).join("; ")}`);
}

/** One more step after a day, which does not change what was lived. */
export function afterwards({ site, state, at, signals }: Lived, body: SignalBody): StepResult {
  return step(site, staff(), state, { ...body, id: `s${signals.length + 1}`, at } as Signal);
}

/** A copy that the original cannot reach. */
export function copied(state: State): MutableState {
  return structuredClone(state) as MutableState;
}
