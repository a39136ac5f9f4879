/**
 * What a door's mode asks for besides one credential, and how often it may be asked for: a card and the PIN of its holder, a PIN
 * alone, two credentials of one person one after the other. The core is told what a PIN was found to be, never its digits.
 */
import type { Draft } from "./draft.js";
import type { Credential, CredentialId, Person, PersonId } from "./people.js";
import { modeOf, openToAll } from "./precedence.js";
import type { DenialReason } from "./reasons.js";
import type { Door, DoorMode, Instant, KeypadRules, Side, Site } from "./site.js";
import { type CardState, type ReaderState, readerId } from "./state.js";

export const keypadRules: KeypadRules = { wrong: 5, withinMs: 300_000, silentMs: 90_000, waitMs: 10_000 };

export function keypadRulesOf(site: Site): KeypadRules {
  return site.keypad ?? keypadRules;
}

// ------------------------------------------------------------------------------------------------- what is asked for

/** What somebody gave at a reader so far: a card, a PIN that says whose it is, or with the card that waited his own PIN. */
export type Given = "card" | "pin" | "card and PIN";

export type FactorAnswer =
  /** `found`: for the trace; absent where the door asks for one credential of any kind. */
  | { readonly is: "enough"; readonly found?: string }
  /** The reader now waits for the rest. */
  | { readonly is: "asked"; readonly outcome: "pin" | "wait" }
  | { readonly is: "denied"; readonly reason: DenialReason; readonly found: string };

interface Giver {
  readonly side: Side;
  readonly credential: Credential;
  readonly person: Person;
  readonly scan: string;
}

const enough: FactorAnswer = { is: "enough" };

/**
 * Whether what was given is all that the mode asks for, once the rules have nothing against the person; asks for the rest where it
 * is not. Leaving takes one credential of any kind, and so does a door that is open to all.
 */
export function factorAnswer(
  draft: Draft,
  door: Door,
  { side, credential, person, scan }: Giver,
  given: Given,
): FactorAnswer {
  const situation = draft.situation(door);
  const id = readerId(door.id, side);
  const factor = liveFactor(draft, id);
  const done = (found: string): FactorAnswer => {
    clearFactor(draft, id);
    return { is: "enough", found };
  };
  if (side === "inside" || openToAll(situation) || credential.responder) return enough;
  switch (modeOf(situation)) {
    case "card-and-pin": {
      if (given === "card and PIN") return done("card and PIN");
      const never = whyNoPin(draft, id, credential);
      if (never) return never;
      wait(draft, id, "pin", { credential: credential.id, person: person.id, scan });
      return { is: "asked", outcome: "pin" };
    }
    case "pin":
      return given === "card" ? { is: "denied", reason: "pin-needed", found: "a card" } : done("PIN");
    case "card-or-pin":
      return done(given === "card" ? "card" : "PIN");
    case "two-step": {
      if (given === "card and PIN") return done(`${factor?.credential ?? "card"} and PIN`);
      if (factor?.is === "second-step" && factor.person === person.id && factor.credential !== credential.id)
        return done(`${factor.credential} and ${credential.id}`);
      wait(draft, id, "second-step", { credential: credential.id, person: person.id, scan });
      return { is: "asked", outcome: "wait" };
    }
    default:
      return enough;
  }
}

function whyNoPin(draft: Draft, id: string, credential: Credential): FactorAnswer | undefined {
  if (!credential.hasPin) return { is: "denied", reason: "no-pin", found: "the person has no PIN" };
  const silent = silence(draft, id, credential.id);
  return silent && { is: "denied", reason: silent, found: "too many wrong PINs" };
}

/** Whether a PIN without a card, or with the card that waits, means anything at this side of the door now. */
export function takesPin(draft: Draft, door: Door, side: Side): boolean {
  const situation = draft.situation(door);
  if (openToAll(situation)) return true;
  const mode = modeOf(situation);
  return (
    takingPins.includes(mode) || (mode === "card-and-pin" && side === "outside" && waits(draft, door, side))
  );
}

const takingPins: readonly DoorMode[] = ["pin", "card-or-pin", "two-step", "secured", "maintenance"];

function waits(draft: Draft, door: Door, side: Side): boolean {
  return liveFactor(draft, readerId(door.id, side)) !== undefined;
}

// -------------------------------------------------------------------------------------------------- what a reader keeps

/** What this reader waits for, while it does. */
export function liveFactor(draft: Draft, id: string): ReaderState["factor"] {
  const factor = draft.readers.get(id)?.factor;
  return factor && factor.until > draft.at ? factor : undefined;
}

function wait(
  draft: Draft,
  id: string,
  is: NonNullable<ReaderState["factor"]>["is"],
  who: { readonly credential: CredentialId; readonly person: PersonId; readonly scan: string },
): void {
  const until = draft.at + Math.max(1, keypadRulesOf(draft.site).waitMs);
  setReader(draft, id, { ...draft.readers.get(id), factor: { is, ...who, until } });
}

function clearFactor(draft: Draft, id: string): void {
  const own = draft.readers.get(id);
  if (!own?.factor) return;
  const { factor: _, ...rest } = own;
  setReader(draft, id, rest);
}

/** A reader that has nothing to remember is forgotten. */
export function setReader(draft: Draft, id: string, own: ReaderState): void {
  draft.readers.set(id, Object.values(own).some((value) => value !== undefined) ? own : undefined);
}

// -------------------------------------------------------------------------------------------------------- wrong PINs

/** Why no PIN is taken at this reader, or with this credential, for a while. */
export function silence(
  draft: Draft,
  id: string,
  credential: CredentialId | undefined,
): Extract<DenialReason, "keypad-silent" | "pin-silent"> | undefined {
  if ((draft.readers.get(id)?.silentUntil ?? 0) > draft.at) return "keypad-silent";
  const card = credential === undefined ? undefined : draft.cards.get(credential);
  return (card?.silentUntil ?? 0) > draft.at ? "pin-silent" : undefined;
}

/**
 * A wrong PIN counts at the reader and with the card that waited for it: neither many PINs at one keypad nor one card at many of
 * them can be tried out. A right PIN in between does not clear the reader's count, or whoever has one could go on guessing others.
 */
export function countWrong(
  draft: Draft,
  door: Door,
  side: Side,
  { credential, person }: { readonly credential?: CredentialId; readonly person?: PersonId },
): void {
  const { wrong: most, withinMs, silentMs } = keypadRulesOf(draft.site);
  const lately = (instants: readonly Instant[] | undefined): Instant[] =>
    [...(instants ?? []).filter((at) => at > draft.at - withinMs), draft.at].slice(-most);
  const seconds = Math.round(silentMs / 1000);
  const id = readerId(door.id, side);
  const { wrong, ...reader } = draft.readers.get(id) ?? {};
  const here = lately(wrong);
  if (here.length < most) setReader(draft, id, { ...reader, wrong: here });
  else {
    setReader(draft, id, { ...reader, silentUntil: draft.at + Math.max(1, silentMs) });
    draft.tellDoor(door, { type: "door.keypad-silenced", side, data: { seconds, wrong: most } });
  }
  if (credential === undefined) return;
  const { wrongPins, ...card } = draft.cards.get(credential) ?? {};
  const with_ = lately(wrongPins);
  if (with_.length < most) draft.cards.set(credential, { ...card, wrongPins: with_ });
  else {
    draft.cards.set(credential, { ...card, silentUntil: draft.at + Math.max(1, silentMs) });
    const who = { credential, ...(person === undefined ? {} : { person }) };
    draft.tellDoor(door, { type: "access.pin-silenced", side, ...who, data: { seconds, wrong: most } });
  }
}

/** The right PIN came: what was wrong with this credential before is forgotten. */
export function forgetWrong(draft: Draft, credential: CredentialId): void {
  const own = draft.cards.get(credential);
  if (!own?.wrongPins && own?.silentUntil === undefined) return;
  const { wrongPins: _, silentUntil: __, ...rest } = own;
  draft.cards.set(credential, Object.keys(rest).length === 0 ? undefined : rest);
}

// ------------------------------------------------------------------------------------------------------------ the clock

/** The earliest instant at which something of a reader falls due by itself. */
export function keypadDeadline({ factor, silentUntil }: ReaderState): Instant | undefined {
  if (factor === undefined || silentUntil === undefined) return factor?.until ?? silentUntil;
  return Math.min(factor.until, silentUntil);
}

/** What is due at one reader: who was waited for did not come, a keypad takes PINs again. */
export function settleKeypad(draft: Draft, door: Door, side: Side): void {
  const id = readerId(door.id, side);
  const own = draft.readers.get(id);
  if (!own) return;
  const { factor, silentUntil, again, choice, ...rest } = own;
  const late = factor && factor.until <= draft.at ? factor : undefined;
  const over = silentUntil !== undefined && silentUntil <= draft.at;
  const stale = again && again.until <= draft.at;
  const forgotten = choice && choice.until <= draft.at;
  if (!late && !over && !stale && !forgotten) return;
  setReader(draft, id, {
    ...rest,
    ...(factor && !late ? { factor } : {}),
    ...(silentUntil !== undefined && !over ? { silentUntil } : {}),
    ...(again && !stale ? { again } : {}),
    ...(choice && !forgotten ? { choice } : {}),
  });
  if (late) {
    const { person, credential, scan } = late;
    const missing = late.is === "pin" ? "the PIN" : "the second credential";
    draft.tellDoor(door, { type: "access.not-completed", side, person, credential, scan, data: { missing } });
  }
  if (over) draft.tellDoor(door, { type: "door.keypad-restored", side });
}

const sides = ["outside", "inside"] as const;

export function settleKeypads(draft: Draft): void {
  for (const door of draft.site.doors.values())
    for (const side of sides) if (draft.readers.get(readerId(door.id, side))) settleKeypad(draft, door, side);
}

/** All of a reader's and a card's countdowns, and what they count from, moved by a clock step. */
export function shiftKeypads(draft: Draft, byMs: number): void {
  for (const door of draft.site.doors.values()) {
    for (const side of sides) {
      const id = readerId(door.id, side);
      const own = draft.readers.get(id);
      if (own) draft.readers.set(id, shiftedReader(own, byMs));
    }
  }
  for (const [id, own] of draft.before.cards) {
    if (own.wrongPins || own.silentUntil !== undefined) draft.cards.set(id, shiftedCard(own, byMs));
  }
}

function shiftedReader(own: ReaderState, byMs: number): ReaderState {
  const { factor, again, choice, ...rest } = own;
  return {
    ...rest,
    ...shiftedSilence(own, byMs),
    ...(own.wrong ? { wrong: own.wrong.map((at) => at + byMs) } : {}),
    ...(factor ? { factor: { ...factor, until: factor.until + byMs } } : {}),
    ...(again ? { again: { ...again, until: again.until + byMs } } : {}),
    ...(choice ? { choice: { ...choice, until: choice.until + byMs } } : {}),
  };
}

function shiftedCard(own: CardState, byMs: number): CardState {
  return {
    ...own,
    ...shiftedSilence(own, byMs),
    ...(own.wrongPins ? { wrongPins: own.wrongPins.map((at) => at + byMs) } : {}),
  };
}

function shiftedSilence({ silentUntil }: { readonly silentUntil?: Instant }, byMs: number) {
  return silentUntil === undefined ? {} : { silentUntil: silentUntil + byMs };
}
