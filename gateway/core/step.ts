/** The heart: one signal, judged. Pure: the same site, people, state and signal always give the same result. */
import { Draft, type StepResult } from "./draft.js";
import type { EventBody } from "./events.js";
import { cardPresented } from "./on-card.js";
import { clockStepped, started, ticked } from "./on-clock.js";
import { devicePresence, orderFailed } from "./on-device.js";
import { contactChanged, exitRequested, lockReported } from "./on-door.js";
import { requested } from "./on-request.js";
import { sensorChanged } from "./on-sensor.js";
import type { People } from "./people.js";
import { type RequestRefusal, requestRefusals } from "./reasons.js";
import type { Signal, SignalBody, SignalOf } from "./signals.js";
import type { Site } from "./site.js";
import type { State } from "./state.js";

export type { StepResult } from "./draft.js";

const handlers: {
  readonly [T in SignalBody["type"]]: (draft: Draft, signal: SignalOf<T>, people: People) => void;
} = {
  "credential-presented": cardPresented,
  "exit-requested": exitRequested,
  "contact-changed": contactChanged,
  "lock-reported": lockReported,
  "sensor-changed": sensorChanged,
  "device-presence": devicePresence,
  "order-failed": orderFailed,
  requested,
  tick: ticked,
  "clock-stepped": clockStepped,
  started,
  // A new site is applied by `reconcile`, which knows the old one too.
  "site-activated": () => {},
  noted: (draft, { event }) => draft.tell(event),
};

/** What the signal comes to. The state is only read; the caller applies the changes. */
export function step(site: Site, people: People, state: State, signal: Signal): StepResult {
  const draft = new Draft(site, state, signal);
  if (Object.hasOwn(handlers, signal.type)) {
    const handle = handlers[signal.type] as (draft: Draft, signal: Signal, people: People) => void;
    handle(draft, signal, people);
  }
  return draft.finish();
}

export type RequestOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: RequestRefusal | "refused"; readonly message: string };

/** What became of a `requested` signal, read from its events: it was done, unless `audit.request-refused` is among them. */
export function requestOutcome(events: readonly EventBody[]): RequestOutcome {
  const refusal = events.find((event) => event.type === "audit.request-refused");
  if (!refusal) return { ok: true };
  const reason = refusal.reason as RequestRefusal;
  const { text, remedy } = requestRefusals[reason];
  return { ok: false, reason, message: `${text}; ${remedy}` };
}
