/** Whatever may happen at a small office: arbitrary sites, signals and days, for the properties. */
import fc from "fast-check";
import type { Command } from "../../gateway/core/commands.js";
import { nextDeadline } from "../../gateway/core/deadline.js";
import type { EventBody } from "../../gateway/core/events.js";
import type { SiteFault } from "../../gateway/core/reconcile.js";
import { reconcile } from "../../gateway/core/reconcile.js";
import type { Signal, SignalBody } from "../../gateway/core/signals.js";
import {
  type CardCommand,
  doorKinds,
  doorModes,
  fireActions,
  type Instant,
  relocks,
  type Site,
} from "../../gateway/core/site.js";
import { applyChanges, emptyState, type MutableState, type State } from "../../gateway/core/state.js";
import { type StepResult, step } from "../../gateway/core/step.js";
import { local, type OfficeSketch, point, smallOffice, staff } from "../stories/small-office.js";

/** Finn may prop doors open, Ada takes her time. */
export const everybody = staff({
  people: { ada: { traits: ["extended-time"] }, finn: { traits: ["may-prop", "maintenance"] } },
  cards: { "card-ada": { hasPin: true }, "card-finn": { hasPin: true } },
});

/** How many cases a property tries; `LONG=1` tries many more, `RUNS` says how many. */
export const runs = process.env.LONG === "1" ? 10_000 : Number(process.env.RUNS ?? 300);

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
  toggle: fc.boolean(),
  firstPersonIn: fc.boolean(),
});

/** Groups, a mantrap, a lift, threat levels and commands by card: what a site may have besides its doors. */
const aSiteSketch = fc.record(
  {
    doorGroups: fc.constant(
      new Map([["ground", { id: "ground", name: "Ground floor", doors: ["front", "workshop"] }]]),
    ),
    interlocks: fc.constant(
      new Map([["airlock", { id: "airlock", name: "Airlock", doors: ["front", "workshop", "turnstile"] }]]),
    ),
    threatLevels: fc.constant([
      { id: "green", name: "Green", modes: new Map() },
      {
        id: "amber",
        name: "Amber",
        modes: new Map([
          ["front", "free"],
          ["workshop", "two-step"],
        ] as const),
        deny: ["cleaners"],
      },
      { id: "red", name: "Red", modes: new Map([["front", "secured"]] as const), onlyGroups: ["it"] },
    ]),
    lifts: fc.constant(
      new Map([
        [
          "lift",
          {
            id: "lift",
            name: "Lift",
            tenant: "main",
            area: "lobby",
            reader: point("panel/reader/1"),
            floors: [{ area: "canteen", output: point("panel/output/1") }],
            ms: 10_000,
          },
        ],
      ]),
    ),
    cardCommands: fc.constantFrom<readonly CardCommand[]>(
      [command({ is: "lockdown-start", doorGroup: null }), command({ is: "lockdown-end", doorGroup: null })],
      [command({ is: "threat-level", level: "red" })],
    ),
    keypad: fc.constantFrom(
      { wrong: 1, withinMs: 1, silentMs: 1, waitMs: 1 },
      { wrong: 2, withinMs: 60_000, silentMs: 30_000, waitMs: 10_000 },
    ),
  },
  { requiredKeys: [] },
);

function command(does: CardCommand["does"]): CardCommand {
  return { id: "command", name: "Command", groups: ["it", "staff"], doors: ["front", "workshop"], does };
}

/** What a leaf and its lock may have besides. */
const aLeafSketch = fc.record(
  {
    kind: fc.constantFrom(...doorKinds),
    relock: fc.constantFrom(...relocks),
    extended: fc.record({ unlockMs: fc.constantFrom(1, 20_000), openMs: fc.constantFrom(1, 90_000) }),
    preAlarmMs: fc.constantFrom(0, 1, 10_000, 60_000),
    heldOpen: fc.record({ repeatMs: fc.constantFrom(60_000, 600_000) }, { requiredKeys: [] }),
    exitRequest: fc.record(
      {
        unlocks: fc.boolean(),
        ignoreAfterGrantMs: fc.constantFrom(0, 1, 20_000),
        ignoreAfterCloseMs: fc.constantFrom(0, 1, 20_000),
      },
      { requiredKeys: [] },
    ),
    keySwitch: fc.constant(point("front-lock/input/7")),
    bolt: fc.record({
      kind: fc.constantFrom("bolt", "bond" as const),
      securedWithinMs: fc.constantFrom(0, 1, 5_000),
    }),
    loop: fc.constant(point("front-lock/input/8")),
    needsLoop: fc.boolean(),
    safetyEdge: fc.constant(point("front-lock/input/9")),
  },
  { requiredKeys: [] },
);

export const anOffice: fc.Arbitrary<OfficeSketch> = fc.record({
  doors: fc.dictionary(
    aDoor,
    fc.tuple(aDoorSketch, aLeafSketch).map(([door, leaf]) => ({ ...door, ...leaf })),
    { maxKeys: 4 },
  ),
  fire: fc.dictionary(aDoor, fc.constantFrom(...fireActions), { maxKeys: 4 }),
  onFault: fc.constantFrom("release", "trouble" as const),
  site: aSiteSketch,
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
  fc.record(
    {
      op: fc.constant("door.allow-open" as const),
      door: aDoor,
      until: fc.integer({ min: local("06:00"), max: local("23:00") }),
    },
    { requiredKeys: ["op", "door"] },
  ),
  fc.record({ op: fc.constant("door.emergency-release" as const), door: aDoor }),
  fc.record({ op: fc.constant("door.emergency-reset" as const), door: aDoor }),
  fc.record(
    {
      op: fc.constant("group.unlock" as const),
      doorGroup: fc.constantFrom("ground", "cellar"),
      allOrNone: fc.boolean(),
    },
    { requiredKeys: ["op", "doorGroup"] },
  ),
  fc.record({
    op: fc.constant("group.mode" as const),
    doorGroup: fc.constant("ground"),
    mode: fc.constantFrom(...doorModes),
    allOrNone: fc.boolean(),
  }),
  fc.record({ op: fc.constantFrom("overrides.end", "muster.start", "muster.end", "clock.trust" as const) }),
  fc.record({ op: fc.constant("muster.safe" as const), person: fc.constantFrom("ada", "who") }),
  fc.record({ op: fc.constant("door.bypass" as const), door: aDoor, bypassed: fc.boolean() }),
  fc.record(
    { op: fc.constantFrom("lockdown.start", "lockdown.end" as const), doorGroup: fc.constant("ground") },
    { requiredKeys: ["op"] },
  ),
  fc.record({
    op: fc.constant("threat.set" as const),
    level: fc.constantFrom("green", "amber", "red", "none"),
  }),
  fc.record({ op: fc.constant("lift.unlock" as const), lift: fc.constantFrom("lift", "none") }),
  fc.record({ op: fc.constant("fire.reset" as const), sensor: fc.constantFrom("smoke", "window") }),
);

const aSignal: fc.Arbitrary<SignalBody> = fc.oneof(
  { weight: 5, arbitrary: aCard() },
  {
    weight: 3,
    arbitrary: fc.record(
      {
        type: fc.constant("keys-entered" as const),
        door: aDoor,
        side: aSide,
        scan: fc.constantFrom("a", "b", "c"),
        device: fc.constant("front-reader"),
        credential: fc.constantFrom("card-ada", "card-finn", "card-ben", "none"),
        pin: fc.constantFrom("right", "wrong", "duress", "none" as const),
        ignored: fc.constantFrom("repeated", "stale" as const),
      },
      { requiredKeys: ["type", "door", "side", "scan", "device", "pin"] },
    ),
  },
  fc.record({
    type: fc.constant("lift-card-presented" as const),
    lift: fc.constantFrom("lift", "none"),
    scan: fc.constantFrom("a", "b"),
    device: fc.constant("panel"),
    credential: fc.constantFrom("card-ada", "card-finn", "none"),
    shown: fc.constant("…beef"),
  }),
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
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constantFrom("key-switch-changed", "loop-changed", "safety-edge-changed" as const),
      door: aDoor,
      active: fc.boolean(),
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
  fc.record(
    {
      type: fc.constant("started" as const),
      version: fc.constant("1.0.0"),
      clock: fc.constantFrom("ntp", "host", "nobody" as const),
      downSince: fc.integer({ min: local("05:00"), max: local("23:00") }),
    },
    { requiredKeys: ["type", "version"] },
  ),
  fc.record({
    type: fc.constant("clock-trust" as const),
    trusted: fc.boolean(),
    why: fc.constantFrom("ntp", "host" as const),
  }),
  fc.record(
    {
      type: fc.constant("muster-presented" as const),
      reader: fc.constantFrom("gate-post", "nowhere"),
      device: fc.constant("panel"),
      scan: fc.constant("m1"),
      credential: fc.constantFrom("card-ada", "card-nobody", "card-finn"),
      shown: fc.constant("…beef"),
    },
    { requiredKeys: ["type", "reader", "device", "scan", "shown"] },
  ),
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

const aMoment: fc.Arbitrary<Moment> = fc.record({
  afterMs: fc.oneof(
    fc.integer({ min: 0, max: 10_000 }),
    fc.constantFrom(0, 1, 5_500, 30_000, 60_000, 1_800_000, 7_200_000),
  ),
  body: aSignal,
  ticked: fc.boolean(),
});

export const aDay: fc.Arbitrary<readonly Moment[]> = fc.array(aMoment, { maxLength: 40, size: "max" });
/** For what is tried ten thousand times. */
export const anHour: fc.Arbitrary<readonly Moment[]> = fc.array(aMoment, { maxLength: 12, size: "max" });

export const musterReaders = new Map([
  ["gate-post", { id: "gate-post", name: "Gate post", point: point("panel/reader/2") }],
]);

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
  const site = { ...smallOffice(sketch), musterReaders };
  const state = emptyState();
  let at = local("06:30");
  const signals: Signal[] = [];
  const results: StepResult[] = [];
  const take = (body: SignalBody, judge: (signal: Signal) => StepResult): void => {
    const signal = { ...body, id: `s${signals.length + 1}`, at } as Signal;
    const result = judge(signal);
    applyChanges(state, result.changes);
    signals.push(signal);
    results.push(result);
  };
  const steps = (signal: Signal): StepResult => step(site, everybody, state, signal);
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
  return step(site, everybody, state, { ...body, id: `s${signals.length + 1}`, at } as Signal);
}

/** A copy that the original cannot reach. */
export function copied(state: State): MutableState {
  return structuredClone(state) as MutableState;
}
