/**
 * Why something was not done: one catalogue for the log, the web, the command line and the manual. A reason's `text` completes a
 * sentence ("… was not let in at Front door: the card is suspended"), its `remedy` says what would have made it a yes.
 */

import { alarmRefusals } from "./alarm/alarm-reasons.js";

interface ReasonEntry {
  readonly text: string;
  readonly remedy: string;
  /** SIA DC-03 code of a denial for this reason (DC-03 "access denied" rows); null: none fits. */
  readonly sia: string | null;
}

/** Why a card did not open a door. */
export const denialReasons = {
  "unknown-card": {
    text: "the card is not known here",
    remedy: "would be let in if the card were given to a person",
    sia: "DD",
  },
  "unassigned-card": {
    text: "the card belongs to nobody",
    remedy: "would be let in if the card were given to a person again",
    sia: "DD",
  },
  "card-suspended": {
    text: "the card is suspended",
    remedy: "would be let in if the card were made active again",
    sia: "DK",
  },
  "card-lost": {
    text: "the card was reported lost",
    remedy: "would be let in with a new card, or if this one were found and made active again",
    sia: "DK",
  },
  "card-stolen": {
    text: "the card was reported stolen",
    remedy: "would be let in with a new card",
    sia: "DK",
  },
  "card-returned": {
    text: "the card was handed back",
    remedy: "would be let in if the card were made active again",
    sia: "DK",
  },
  "card-not-yet-valid": {
    text: "the card is not valid yet",
    remedy: "would be let in from the first day of the card's validity",
    sia: "DK",
  },
  "card-expired": {
    text: "the card has expired",
    remedy: "would be let in if the card's validity were extended",
    sia: "DK",
  },
  "person-blocked": {
    text: "the person is blocked",
    remedy: "would be let in if the person were unblocked",
    sia: "DK",
  },
  "person-not-yet-valid": {
    text: "the person's access has not begun",
    remedy: "would be let in from the first day of the person's access",
    sia: "DK",
  },
  "person-expired": {
    text: "the person's access has ended",
    remedy: "would be let in if the person's access were extended",
    sia: "DK",
  },
  "card-used-up": {
    text: "the card was used as often as it may be",
    remedy: "would be let in if the card were given more uses",
    sia: "DK",
  },
  "not-inducted": {
    text: "the induction of the person is missing or over",
    remedy: "would be let in after an induction",
    sia: "DV",
  },
  "host-inactive": {
    text: "nobody answers for the person any more",
    remedy: "would be let in with a host who is active",
    sia: "DV",
  },
  excluded: {
    text: "a group of the person is denied this door",
    remedy: "would be let in outside of that group",
    sia: "DV",
  },
  "training-missing": {
    text: "a training that the door asks for is missing or over",
    remedy: "would be let in after the training",
    sia: "DV",
  },
  "partition-armed": {
    text: "a partition is armed",
    remedy: "would be let in once it is disarmed",
    sia: "DQ",
  },
  "input-forbids": {
    text: "an input is not as the door asks for",
    remedy: "would be let in once the input is as it must be",
    sia: "DV",
  },
  "nobody-present": {
    text: "nobody else is where somebody must be",
    remedy: "would be let in once somebody is there",
    sia: "DV",
  },
  "first-not-in": {
    text: "nobody has come yet who must come first",
    remedy: "would be let in once one of them was let in",
    sia: "DV",
  },
  "passback-in": {
    text: "the person has not been seen leaving",
    remedy: "would be let in after leaving, or if anti-passback were forgiven",
    sia: "DI",
  },
  "passback-out": {
    text: "the person was not seen coming in",
    remedy: "would be let out if anti-passback were forgiven",
    sia: "DI",
  },
  "area-full": {
    text: "the area behind the door is full",
    remedy: "would be let in once somebody has left",
    sia: "DV",
  },
  "waits-for-persons": {
    text: "the door is for several people at once",
    remedy: "would be let in together with others",
    sia: "DV",
  },
  "waits-for-escort": {
    text: "the person needs an escort",
    remedy: "would be let in together with an escort",
    sia: "DV",
  },
  "waits-for-company": {
    text: "nobody may be alone there",
    remedy: "would be let through together with others",
    sia: "DV",
  },
  "no-vehicle": {
    text: "no vehicle stands before it",
    remedy: "would be let in with a vehicle on the loop",
    sia: "DD",
  },
  "no-access": {
    text: "none of the person's groups may use this door",
    remedy: "would be let in as a member of a group that has this door",
    sia: "DV",
  },
  "outside-schedule": {
    text: "outside the hours of the person's groups",
    remedy: "would be let in at the hours of the person's groups",
    sia: "DP",
  },
  "schedule-unknown": {
    text: "the hours of the person's groups are not known for this day",
    remedy: "would be let in once the clock is right and the schedules reach this day",
    sia: "DP",
  },
  "door-secured": {
    text: "the door is secured",
    remedy: "would be let in once the door is back in its usual mode",
    sia: "DZ",
  },
  "locked-down": {
    text: "the door is locked down",
    remedy: "would be let in once the lockdown is ended",
    sia: "DZ",
  },
  "in-maintenance": {
    text: "the door is in maintenance",
    remedy: "would be let in once the door is back in its usual mode, or as one of those who maintain it",
    sia: "DZ",
  },
  "threat-level": {
    text: "the threat level does not let the person in",
    remedy: "would be let in at the usual threat level",
    sia: "DV",
  },
  interlock: {
    text: "another door of the interlock is not known to be closed and locked",
    remedy: "would be let in once that door is closed and locked",
    sia: "DW",
  },
  "pin-wrong": { text: "the PIN was wrong", remedy: "would be let in with the right PIN", sia: "DD" },
  "pin-unknown": {
    text: "the PIN is nobody's",
    remedy: "would be let in with a PIN that is known here",
    sia: "DD",
  },
  "no-pin": {
    text: "the person has no PIN, and the door asks for one",
    remedy: "would be let in if the person were given a PIN",
    sia: "DD",
  },
  "pin-needed": {
    text: "the door asks for a PIN and takes no card",
    remedy: "would be let in with a PIN",
    sia: "DV",
  },
  "card-needed": {
    text: "the door takes no PIN without a card",
    remedy: "would be let in with a card",
    sia: "DV",
  },
  "keypad-silent": {
    text: "the keypad takes nothing for a while, after too many wrong PINs",
    remedy: "would be let in a little later",
    sia: "DD",
  },
  "pin-silent": {
    text: "no PIN is taken with this card for a while, after too many wrong ones",
    remedy: "would be let in a little later",
    sia: "DD",
  },
  "reader-unassigned": {
    text: "the reader belongs to no door of this site",
    remedy: "would be let in once the reader is assigned to a door",
    sia: "DV",
  },
  "clock-not-trusted": {
    text: "the clock is not trusted",
    remedy: "would be let in once the clock is known to be right",
    sia: "DP",
  },
  "people-lost": {
    text: "the data of people and cards is lost: only emergency badges are known",
    remedy: "would be let in once the data folder is restored",
    sia: "DD",
  },
  fault: {
    text: "a rule failed",
    remedy: "report this event to whoever looks after the gateway",
    sia: "DT",
  },
} as const satisfies Record<string, ReasonEntry>;

export type DenialReason = keyof typeof denialReasons;

/** Why a scan was logged and not judged: it may not open anything any more. */
export const ignoreReasons = {
  retained: { text: "it was an old message kept by the broker", remedy: "present the card again", sia: null },
  repeated: { text: "it repeats a scan that was answered", remedy: "present the card again", sia: null },
  stale: { text: "it came too late", remedy: "present the card again", sia: null },
} as const satisfies Record<string, ReasonEntry>;

/** Why the building does not allow what somebody with the permission asked for. */
export const requestRefusals = {
  ...alarmRefusals,
  "unknown-door": { text: "there is no such door", remedy: "name a door of this site", sia: null },
  "unknown-sensor": {
    text: "there is no such fire input",
    remedy: "name a fire input of this site",
    sia: null,
  },
  "unknown-request": { text: "there is no such request", remedy: "ask for something else", sia: null },
  "door-secured": {
    text: "the door is secured",
    remedy: "return the door to its usual mode, or use the right to force it",
    sia: null,
  },
  "locked-down": {
    text: "the door is locked down",
    remedy: "end the lockdown, or use the right to force the door",
    sia: null,
  },
  "in-maintenance": {
    text: "the door is in maintenance",
    remedy: "return the door to its usual mode, or use the right to force it",
    sia: null,
  },
  "side-armed": {
    text: "one side of the door is armed",
    remedy: "disarm it first, or use the right to force the door",
    sia: null,
  },
  interlock: {
    text: "another door of the interlock is not known to be closed and locked",
    remedy: "close that door first, or use the right to force this one",
    sia: null,
  },
  "interlock-free": {
    text: "a door of an interlock cannot stand free",
    remedy: "unlock it for one passage instead",
    sia: null,
  },
  "one-refused": {
    text: "one of the doors would not, and all or none was asked for",
    remedy: "see which one in the log, or ask for each that can",
    sia: null,
  },
  "lock-not-connected": {
    text: "its lock is not connected",
    remedy: "bring the lock's device back first",
    sia: null,
  },
  "all-refused": {
    text: "none of the doors would",
    remedy: "see in the log why each of them would not",
    sia: null,
  },
  "unknown-door-group": {
    text: "there is no such door group",
    remedy: "name a door group of this site",
    sia: null,
  },
  "unknown-threat-level": {
    text: "there is no such threat level",
    remedy: "name a threat level of this site",
    sia: null,
  },
  "unknown-lift": { text: "there is no such lift", remedy: "name a lift of this site", sia: null },
  "unknown-floor": {
    text: "the lift has no such floor",
    remedy: "name an area that the lift goes to",
    sia: null,
  },
  "not-locked-down": { text: "nothing is locked down there", remedy: "there is nothing to do", sia: null },
  "nothing-overridden": { text: "no override is set there", remedy: "there is nothing to do", sia: null },
  "no-contact": { text: "the door has no contact", remedy: "there is nothing to bypass", sia: null },
  "bad-duration": {
    text: "the time asked for is not between 1 ms and 10 minutes",
    remedy: "ask for a shorter time, or set the door's mode to free",
    sia: null,
  },
  "already-over": {
    text: "the end asked for has already passed",
    remedy: "name an end in the future, or none",
    sia: null,
  },
  "person-not-seen": {
    text: "the person was not seen anywhere",
    remedy: "there is nothing to forgive",
    sia: null,
  },
  "nothing-to-reset": { text: "nothing is released there", remedy: "there is nothing to do", sia: null },
  "fire-input-active": {
    text: "the fire input is still active",
    remedy: "reset the fire panel first",
    sia: null,
  },
  "unknown-person": { text: "there is no such person", remedy: "name a person of this site", sia: null },
  "unknown-area": { text: "there is no such area", remedy: "name an area of this site", sia: null },
  "muster-runs": {
    text: "a muster is running already",
    remedy: "go on with that one, or end it first",
    sia: null,
  },
  "no-muster": { text: "no muster is running", remedy: "start one", sia: null },
  "clock-is-trusted": { text: "the clock is trusted already", remedy: "there is nothing to do", sia: null },
  "fire-input-unknown": {
    text: "the fire input cannot be read",
    remedy: "bring its device back, or use the right to force the reset",
    sia: null,
  },
} as const satisfies Record<string, ReasonEntry>;

export type RequestRefusal = keyof typeof requestRefusals;

/** Why a card at a muster reader made nobody safe. */
export type MusterRefusal = "unknown-card" | "no-muster" | keyof typeof ignoreReasons;

/** Why a door is named after a reset. */
export const relockFaults = {
  "stands-open": { text: "it stands open", remedy: "close it", sia: null },
  "lock-not-locked": { text: "its lock is not locked", remedy: "look at the lock", sia: null },
  "bolt-not-out": { text: "its bolt is not out", remedy: "look at the lock", sia: null },
  "lock-away": { text: "its lock is not connected", remedy: "look at the lock", sia: null },
} as const satisfies Record<string, ReasonEntry>;

export type RelockFault = keyof typeof relockFaults;

/** What there is to an opening, or to its end. */
const openingReasons = {
  "may-stand-open": { text: "it may stand open now", remedy: "there is nothing to do", sia: null },
  "exit-request-ignored": {
    text: "its lock was released for an exit request that counts for nothing so soon after somebody came in",
    remedy: "shorten the time for which exit requests are ignored, if people leave so soon",
    sia: null,
  },
} as const satisfies Record<string, ReasonEntry>;

/** Why the clock is trusted, or not. */
export const clockReasons = {
  "clock-ntp": {
    text: "its time service says that it is right",
    remedy: "there is nothing to do",
    sia: null,
  },
  "clock-host": {
    text: "this computer's clock is taken as it is",
    remedy: "there is nothing to do",
    sia: null,
  },
  "clock-operator": { text: "somebody looked at it", remedy: "there is nothing to do", sia: null },
  "clock-start": {
    text: "since the start nothing has confirmed it",
    remedy: "connect the time service, or look at the clock and say that it is right",
    sia: null,
  },
  "clock-step": {
    text: "it jumped by more than is plausible",
    remedy: "connect the time service, or look at the clock and say that it is right",
    sia: null,
  },
} as const satisfies Record<string, ReasonEntry>;

// "door-secured" stands in two catalogues with one text; the denial's remedy is told.
export const allReasons = {
  ...clockReasons,
  ...relockFaults,
  ...openingReasons,
  ...requestRefusals,
  ...ignoreReasons,
  ...denialReasons,
} as const;

export type AnyReason = keyof typeof allReasons;

const everyReason: ReadonlyMap<string, ReasonEntry> = new Map<string, ReasonEntry>(
  Object.entries(allReasons),
);

/** The entry of a reason by its word, of whatever kind; undefined: not a word of the catalogue (a detail in free text). */
export function reasonEntry(reason: string): ReasonEntry | undefined {
  return everyReason.get(reason);
}
