/** The heart: one signal, judged. Pure: the same site, people, state and signal always give the same result. */
import { settleAlarm } from "./alarm/alarm-clock.js";
import { functionChosen } from "./alarm/keypad-choice.js";
import { keySwitchChanged, loopChanged, safetyEdgeChanged } from "./door-inputs.js";
import { Draft, type StepResult } from "./draft.js";
import type { EventBody } from "./events.js";
import { liftCardPresented } from "./lift.js";
import { cardPresented } from "./on-card.js";
import { clockStepped, clockTrustChanged, started, ticked } from "./on-clock.js";
import { devicePresence, orderFailed } from "./on-device.js";
import { contactChanged, exitRequested, lockReported } from "./on-door.js";
import { keysEntered } from "./on-keys.js";
import { musterPresented } from "./on-muster.js";
import { requested } from "./on-request.js";
import { sensorChanged } from "./on-sensor.js";
import type { People } from "./people.js";
import { type RequestRefusal, requestRefusals } from "./reasons.js";
import type { Signal, SignalBody, SignalOf } from "./signals.js";
import type { DoorId, Site } from "./site.js";
import type { State } from "./state.js";

export type { StepResult } from "./draft.js";

const handlers: {
  readonly [T in SignalBody["type"]]: (draft: Draft, signal: SignalOf<T>, people: People) => void;
} = {
  "credential-presented": cardPresented,
  "keys-entered": keysEntered,
  "function-chosen": functionChosen,
  "lift-card-presented": liftCardPresented,
  "exit-requested": exitRequested,
  "contact-changed": contactChanged,
  "lock-reported": lockReported,
  "key-switch-changed": keySwitchChanged,
  "loop-changed": loopChanged,
  "safety-edge-changed": safetyEdgeChanged,
  "sensor-changed": sensorChanged,
  "device-presence": devicePresence,
  "order-failed": orderFailed,
  requested,
  tick: ticked,
  "clock-stepped": clockStepped,
  "clock-trust": clockTrustChanged,
  "muster-presented": musterPresented,
  started,
  // A new site is applied by `reconcile`, which knows the old one too.
  "site-activated": () => {},
  noted: (draft, { event }) => draft.tell(event),
};

/** Judged by how the alarm stands: what is due there comes first. An exit request waits for nothing. */
const meetsAlarm: ReadonlySet<SignalBody["type"]> = new Set<SignalBody["type"]>([
  "credential-presented",
  "keys-entered",
  "contact-changed",
  "sensor-changed",
  "device-presence",
  "requested",
]);

/** What the signal comes to. The state is only read; the caller applies the changes. */
export function step(site: Site, people: People, state: State, signal: Signal): StepResult {
  const draft = new Draft(site, state, signal);
  if (Object.hasOwn(handlers, signal.type)) {
    if (meetsAlarm.has(signal.type)) settleAlarm(draft);
    const handle = handlers[signal.type] as (draft: Draft, signal: Signal, people: People) => void;
    handle(draft, signal, people);
  }
  return draft.finish();
}

export type RequestOutcome =
  | {
      readonly ok: true;
      /** Of a request to a group: the doors that would not. */
      readonly refused?: readonly {
        readonly door: DoorId;
        readonly reason: string;
        readonly message: string;
      }[];
    }
  | { readonly ok: false; readonly reason: RequestRefusal | "refused"; readonly message: string };

/** What became of a `requested` signal, read from its events: it was done, unless `audit.request-refused` is among them. */
export function requestOutcome(events: readonly EventBody[]): RequestOutcome {
  const refusals = events.filter((event) => event.type === "audit.request-refused");
  const whole = refusals.find(({ door, data }) => door === undefined || data?.doorGroup === undefined);
  if (whole) {
    const reason = whole.reason as RequestRefusal;
    return { ok: false, reason, message: messageOf(reason) };
  }
  const refused = refusals.flatMap(({ door, reason = "refused" }) =>
    door === undefined ? [] : [{ door, reason, message: messageOf(reason as RequestRefusal) }],
  );
  return refused.length === 0 ? { ok: true } : { ok: true, refused };
}

function messageOf(reason: RequestRefusal): string {
  const { text, remedy } = requestRefusals[reason];
  return `${text}; ${remedy}`;
}
