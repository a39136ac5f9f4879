import { badgeRules, firstNo, type Judgement, judge } from "./access/judge.js";
import { nearestChanges } from "./access/nearest-changes.js";
import { accessRequest, hostsOf, type Presented } from "./access/request.js";
import type { AccessRequest } from "./access/rule.js";
import { grantWaits } from "./access/uses-left.js";
import { entryActOf } from "./alarm/entry-act.js";
import { doChoice, liveChoice } from "./alarm/keypad-choice.js";
import { personMay } from "./alarm/rights.js";
import { areaIndex } from "./area-index.js";
import { commandedByCard } from "./card-command.js";
import type { ScanOutcome } from "./commands.js";
import type { Draft } from "./draft.js";
import type { EventBody } from "./events.js";
import { type FactorAnswer, factorAnswer, type Given, settleKeypad } from "./keypad.js";
import { freedOrLocked } from "./modes.js";
import { settleDoor } from "./on-clock.js";
import { passbackAt } from "./passback.js";
import { type Credential, hasTrait, type People, type Person } from "./people.js";
import { denialReasons } from "./reasons.js";
import { releaseForGrant } from "./release.js";
import { remedyText } from "./remedies.js";
import type { SignalOf } from "./signals.js";
import type { Door, Side } from "./site.js";
import { leaderAt, leadsIn, waitingAt, waits, waitsNoMore } from "./together.js";
import { takeUse } from "./uses.js";
import { beyond } from "./whereabouts.js";
import { en } from "./words/en.js";

type Card = SignalOf<"credential-presented">;

/** A credential at a reader, however it was proved: what the decision on it is about and what its events say of it. */
export interface Scan {
  readonly side: Side;
  readonly device: string;
  readonly scan: string;
  readonly credential?: string;
  /** Of an unknown one: what it looks like. */
  readonly shown?: string;
}

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
  if (signal.ignored !== undefined) {
    const card = lookedUp(signal, people);
    draft.tellDoor(door, { ...who(door, signal, card), type: "access.ignored", reason: signal.ignored });
    return "denied";
  }
  settleDoor(draft, door);
  settleKeypad(draft, door, signal.side);
  const choice = liveChoice(draft, door, signal.side);
  if (choice !== undefined) return doChoice(draft, door, signal, choice, people);
  const outcome = decide(draft, door, signal, people);
  commandedByCard(draft, door, signal, people);
  return outcome;
}

/**
 * Judges whoever stands at the reader and carries out what that comes to: told no, told to wait for others, or let in, with all
 * who waited for him and still may on the rows of this moment. `given`: what the credential was given as, or together with.
 */
export function decide(
  draft: Draft,
  door: Door,
  scan: Scan,
  people: People,
  given: Given = "card",
): ScanOutcome {
  const card = lookedUp(scan, people);
  if (card.failure) return deny(draft, door, scan, card, card.failure);
  const others = companions(draft, door, scan, card, people);
  const request = requestOf(draft, door, scan.side, card, others, people);
  const judged = judge(request);
  const factor =
    judged.is === "denied" ? undefined : factorAnswer(draft, door, { ...scan, ...judged }, given);
  if (factor?.is === "asked") return factor.outcome;
  const judgement = withFactor(judged, factor);
  switch (judgement.is) {
    case "denied":
      waitsNoMore(draft, door, scan.side, card.person?.id ?? "");
      return deny(draft, door, scan, card, judgement, request);
    case "waiting":
      wait(draft, door, scan, judgement);
      return "wait";
    case "granted":
      letIn(draft, door, scan, judgement, request);
      followIn(draft, door, scan, card, others, people);
      return "granted";
  }
}

/** What the mode of the door asked for besides is the last line of the trace, and may be the no. */
function withFactor(judgement: Judgement, factor: FactorAnswer | undefined): Judgement {
  if (!factor || factor.is === "asked" || factor.found === undefined) return judgement;
  const trace = [...judgement.trace, ["factors", factor.found] as const];
  return factor.is === "denied" ? { is: "denied", reason: factor.reason, trace } : { ...judgement, trace };
}

type Denied = Extract<Judgement, { is: "denied" }>;

function deny(
  draft: Draft,
  door: Door,
  scan: Scan,
  card: LookedUp,
  { reason, trace }: Denied,
  request?: AccessRequest,
): "denied" {
  const remedies = request ? remediesOf(request, reason) : [];
  const remedy =
    remedies.length === 0 ? denialReasons[reason].remedy : remedyText(draft.site, remedies, draft.at, en);
  draft.tellDoor(door, {
    ...who(door, scan, card),
    type: "access.denied",
    reason,
    remedy,
    ...(remedies.length === 0 ? {} : { remedies }),
    trace,
    decidedBy: "gateway",
  });
  return "denied";
}

/** A remedy that cannot be found takes nothing from the answer. */
function remediesOf(request: AccessRequest, reason: Denied["reason"]): ReturnType<typeof nearestChanges> {
  try {
    return nearestChanges(request, reason);
  } catch {
    return [];
  }
}

function wait(draft: Draft, door: Door, scan: Scan, judgement: Extract<Judgement, { is: "waiting" }>): void {
  const { person, credential, reason, trace } = judgement;
  waits(draft, door, scan.side, { person: person.id, credential: credential.id, scan: scan.scan });
  draft.tellDoor(door, {
    ...who(door, scan, judgement),
    type: "access.waiting",
    reason,
    trace,
    decidedBy: "gateway",
  });
}

type Granted = Extract<Judgement, { is: "granted" }>;

function letIn(draft: Draft, door: Door, scan: Scan, judgement: Granted, request: AccessRequest): void {
  const { side } = scan;
  const { person, credential, trace } = judgement;
  const told = who(door, scan, judgement);
  draft.tellDoor(door, { ...told, type: "access.granted", trace, decidedBy: "gateway" });
  const noted = passbackAt(request);
  // Told of a responder too, whom it would refuse if it could.
  if (noted)
    draft.tellDoor(door, {
      ...told,
      type: "access.passback-noted",
      area: noted.area.id,
      reason: `passback-${noted.way}`,
    });
  waitsNoMore(draft, door, side, person.id);
  // A card whose grant waits still was counted with it.
  if (!grantWaits(request)) takeUse(draft, credential);
  noteArrival(draft, side, person);
  const mine = { person: person.id, credential: credential.id, scan: scan.scan };
  if (hasTrait(person, "escort")) leadsIn(draft, door, side, mine);
  if (freedOrLocked(draft, door, person, request) === "locked") return;
  const entering = entryActOf(draft.site, draft, door, side, person);
  const disarms =
    entering?.is === "disarm" && personMay(draft, person, entering.partition, { is: "disarm" }) !== undefined;
  releaseForGrant(draft, door, person, { ...mine, side, ...(disarms ? { disarms } : {}) });
}

/** Kept only of groups that somebody waits for, so that the log does not grow with every card. */
function noteArrival(draft: Draft, side: Side, person: Person): void {
  const { awaited } = areaIndex(draft.site);
  if (side === "inside" || awaited.size === 0) return;
  for (const group of person.groups) if (awaited.has(group)) draft.arrivals.set(group, { at: draft.at });
}

// -------------------------------------------------------------------------------------------------- going together

interface Companion extends LookedUp {
  readonly scan: string;
}

/** Who waits here and still may come in with others; whoever may not any more is told no. */
function companions(draft: Draft, door: Door, scan: Scan, card: LookedUp, people: People): Companion[] {
  const waiting = waitingAt(draft, door, scan.side);
  return waiting.flatMap((waits) => {
    if (waits.person === card.person?.id) return [];
    const other = { ...lookedUp(waits, people), scan: waits.scan };
    const request = requestOf(draft, door, scan.side, other, [], people);
    const judgement = other.failure ?? judge(request);
    if (judgement.is !== "denied") return [other];
    waitsNoMore(draft, door, scan.side, waits.person);
    deny(draft, door, { ...scan, scan: waits.scan, credential: waits.credential }, other, judgement, request);
    return [];
  });
}

/** Whoever waited and may come in now that this one does. */
function followIn(
  draft: Draft,
  door: Door,
  scan: Scan,
  card: LookedUp,
  others: readonly Companion[],
  people: People,
): void {
  for (const other of others) {
    const rest = [card, ...others.filter((each) => each !== other)];
    const request = requestOf(draft, door, scan.side, other, rest, people);
    const judgement = judge(request);
    if (judgement.is !== "granted") continue;
    letIn(
      draft,
      door,
      { ...scan, scan: other.scan, credential: judgement.credential.id },
      judgement,
      request,
    );
  }
}

function requestOf(
  draft: Draft,
  door: Door,
  side: Side,
  card: LookedUp,
  others: readonly LookedUp[],
  people: People,
): AccessRequest {
  const leader = leaderAt(draft, door, side);
  const escort =
    leader && leader.person !== card.person?.id ? stillEscort(draft, door, side, leader, people) : undefined;
  const presented: Presented = {
    credential: card.credential,
    person: card.person,
    host: card.host,
    sponsor: card.sponsor,
    others: others.flatMap(({ person }) => person ?? []),
    escort,
  };
  return accessRequest(draft.site, draft, door, side, draft.at, presented);
}

/** Whoever led the way counts only while he might still be let in himself, on the rows of the moment. */
function stillEscort(
  draft: Draft,
  door: Door,
  side: Side,
  leader: { readonly credential: string },
  people: People,
): Person | undefined {
  const card = lookedUp(leader, people);
  if (card.failure || !card.person || !card.credential) return undefined;
  const { credential, person } = card;
  const ownBadge = accessRequest(draft.site, draft, door, side, draft.at, { credential, person });
  return !firstNo(ownBadge, badgeRules) ? person : undefined;
}

// ------------------------------------------------------------------------------------------------------ who it is

interface LookedUp {
  readonly credential?: Credential | undefined;
  readonly person?: Person | undefined;
  readonly host?: Person | undefined;
  readonly sponsor?: Person | undefined;
  /** The directory could not be read: nobody is let in by mistake. */
  readonly failure?: Denied;
}

function lookedUp({ credential: id }: Pick<Scan, "credential">, people: People): LookedUp {
  try {
    const credential = id === undefined ? undefined : people.credential(id);
    const person = credential && people.person(credential.person);
    return { credential, person, ...hostsOf(people, person) };
  } catch (error) {
    const found = `failed: ${error instanceof Error ? error.message : String(error)}`;
    return { failure: { is: "denied", reason: "fault", trace: [["known-card", found]] } };
  }
}

function who(door: Door, scan: Scan, { person }: Pick<LookedUp, "person">): Omit<EventBody, "type"> {
  return {
    ...shownBy(scan),
    ...(person ? { person: person.id } : {}),
    area: beyond(door, scan.side),
  };
}

function shownBy({ side, device, scan, credential, shown }: Scan): Omit<EventBody, "type"> {
  const which = credential === undefined ? (shown === undefined ? {} : { shown }) : { credential };
  return { side, device, scan, ...which };
}

function draftAnswer(draft: Draft, { door, side, scan }: Card, outcome: ScanOutcome): void {
  draft.order({ type: "answer-scan", urgent: false, door, side, scan, outcome });
}
