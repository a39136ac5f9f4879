import { type Judgement, judge } from "./access/judge.js";
import type { ScanOutcome } from "./commands.js";
import { released } from "./door.js";
import type { Draft } from "./draft.js";
import type { EventBody } from "./events.js";
import { settleDoor } from "./on-clock.js";
import type { Credential, People, Person } from "./people.js";
import { modeOf, openToAll } from "./precedence.js";
import { denialReasons } from "./reasons.js";
import type { SignalOf } from "./signals.js";
import type { Door } from "./site.js";
import { beyond } from "./whereabouts.js";

type Card = SignalOf<"credential-presented">;

/** A card at a reader: judged, logged with its trace, answered exactly once; granted, the lock is released for it. */
export function cardPresented(draft: Draft, signal: Card, people: People): void {
  draftAnswer(draft, signal, workedCard(draft, signal, people));
}

function workedCard(draft: Draft, signal: Card, people: People): ScanOutcome {
  const door = draft.site.doors.get(signal.door);
  if (!door) {
    const { remedy } = denialReasons["reader-unassigned"];
    draft.tell({ type: "access.denied", ...shownBy(signal), reason: "reader-unassigned", remedy });
    return "denied";
  }
  const card = lookedUp(signal, people);
  const who: EventBody = {
    type: "access.denied",
    ...shownBy(signal),
    ...(card.person ? { person: card.person.id } : {}),
    area: beyond(door, signal.side),
  };
  if (signal.ignored !== undefined) {
    draft.tellDoor(door, { ...who, type: "access.ignored", reason: signal.ignored });
    return "denied";
  }
  settleDoor(draft, door);
  const judgement = card.failure ?? judged(draft, door, signal, card);
  if (judgement.is === "denied") {
    const { reason, remedy, trace } = judgement;
    draft.tellDoor(door, { ...who, reason, remedy, trace });
    return "denied";
  }
  draft.tellDoor(door, { ...who, type: "access.granted", trace: judgement.trace });
  letIn(draft, door, signal, judgement);
  return "granted";
}

function judged(draft: Draft, door: Door, { side }: Card, card: LookedUp): Judgement {
  const situation = draft.situation(door);
  return judge({
    site: draft.site,
    door,
    side,
    at: draft.at,
    mode: modeOf(situation),
    openToAll: openToAll(situation),
    ...(card.credential ? { credential: card.credential } : {}),
    ...(card.person ? { person: card.person } : {}),
  });
}

function letIn(
  draft: Draft,
  door: Door,
  { side, scan }: Card,
  { person, credential }: Extract<Judgement, { is: "granted" }>,
): void {
  const ms = door.unlockMs;
  const own = draft.door(door);
  // A lock that is held open needs no pulse: its end would be one more thing to lock the door by mistake.
  if (!own.held || own.held.failed)
    draft.order({ type: "release-door", urgent: false, door: door.id, ms, scan });
  const grant = { person: person.id, credential: credential.id, side, scan, grantedAt: draft.at };
  draft.turn(door, released(door, own, draft.at, { ms, grant }));
}

interface LookedUp {
  readonly credential?: Credential | undefined;
  readonly person?: Person | undefined;
  /** The directory could not be read: nobody is let in by mistake. */
  readonly failure?: Extract<Judgement, { is: "denied" }>;
}

function lookedUp(signal: Card, people: People): LookedUp {
  try {
    const credential = signal.credential === undefined ? undefined : people.credential(signal.credential);
    return { credential, person: credential && people.person(credential.person) };
  } catch (error) {
    const found = `failed: ${error instanceof Error ? error.message : String(error)}`;
    const { remedy } = denialReasons.fault;
    return { failure: { is: "denied", reason: "fault", remedy, trace: [["known-card", found]] } };
  }
}

function shownBy({ side, device, scan, credential, shown }: Card) {
  return { side, device, scan, ...(credential === undefined ? { shown } : { credential }) };
}

function draftAnswer(draft: Draft, { door, side, scan }: Card, outcome: ScanOutcome): void {
  draft.order({ type: "answer-scan", urgent: false, door, side, scan, outcome });
}
