/**
 * Why something was not done: one catalogue for the log, the web, the command line and the manual. A reason's `text` completes a
 * sentence ("… was not let in at Front door: the card is suspended"), its `remedy` says what would have made it a yes.
 */

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
  "reader-unassigned": {
    text: "the reader belongs to no door of this site",
    remedy: "would be let in once the reader is assigned to a door",
    sia: "DV",
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
  "nothing-to-reset": { text: "nothing is released there", remedy: "there is nothing to do", sia: null },
  "fire-input-active": {
    text: "the fire input is still active",
    remedy: "reset the fire panel first",
    sia: null,
  },
  "fire-input-unknown": {
    text: "the fire input cannot be read",
    remedy: "bring its device back, or use the right to force the reset",
    sia: null,
  },
} as const satisfies Record<string, ReasonEntry>;

export type RequestRefusal = keyof typeof requestRefusals;

// "door-secured" stands in two catalogues with one text; the denial's remedy is told.
const everyReason: ReadonlyMap<string, ReasonEntry> = new Map<string, ReasonEntry>([
  ...Object.entries(requestRefusals),
  ...Object.entries(ignoreReasons),
  ...Object.entries(denialReasons),
]);

/** The entry of a reason by its word, of whatever kind; undefined: not a word of the catalogue (a detail in free text). */
export function reasonEntry(reason: string): ReasonEntry | undefined {
  return everyReason.get(reason);
}
