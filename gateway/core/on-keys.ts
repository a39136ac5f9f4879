import { duressAt } from "./alarm/door-alarm.js";
import { doChoice, liveChoice } from "./alarm/keypad-choice.js";
import type { ScanOutcome } from "./commands.js";
import type { Draft } from "./draft.js";
import type { EventBody } from "./events.js";
import { countWrong, forgetWrong, liveFactor, settleKeypad, silence, takesPin } from "./keypad.js";
import { decide } from "./on-card.js";
import { settleDoor } from "./on-clock.js";
import type { Credential, People } from "./people.js";
import { type DenialReason, denialReasons } from "./reasons.js";
import type { SignalOf } from "./signals.js";
import type { Door } from "./site.js";
import { readerId } from "./state.js";
import { beyond } from "./whereabouts.js";

type Keys = SignalOf<"keys-entered">;

/** Keys have no card to tell of; what stands in its place. */
const shown = "PIN";

/** A PIN was entered at a reader: judged as a card is, logged, answered exactly once; duress has the answer of any grant. */
export function keysEntered(draft: Draft, signal: Keys, people: People): void {
  const { door: id, side, scan } = signal;
  const door = draft.site.doors.get(id);
  const outcome = door ? worked(draft, door, signal, people) : unassigned(draft, signal);
  draft.order({ type: "answer-scan", urgent: false, door: id, side, scan, outcome });
}

function unassigned(draft: Draft, { side, device, scan }: Keys): ScanOutcome {
  const { remedy } = denialReasons["reader-unassigned"];
  draft.tell({ type: "access.denied", side, device, scan, shown, reason: "reader-unassigned", remedy });
  return "denied";
}

function worked(draft: Draft, door: Door, signal: Keys, people: People): ScanOutcome {
  const { side, device, scan, credential, ignored, pin } = signal;
  const who: EventBody = {
    type: "access.ignored",
    side,
    device,
    scan,
    ...(credential === undefined ? { shown } : { credential, ...ownerOf(people, credential) }),
    area: beyond(door, side),
  };
  if (ignored !== undefined) {
    draft.tellDoor(door, { ...who, reason: ignored });
    return "denied";
  }
  settleDoor(draft, door);
  settleKeypad(draft, door, side);
  const outcome = answered(draft, door, signal, who, people);
  // Told apart from what the reader shows, and whatever it shows: somebody is being threatened.
  if (pin === "duress") duressAt(draft, door, { ...who, type: "access.duress" });
  return outcome;
}

function answered(draft: Draft, door: Door, signal: Keys, who: EventBody, people: People): ScanOutcome {
  const { side, credential, pin } = signal;
  const id = readerId(door.id, side);
  const deny = (reason: DenialReason): ScanOutcome => {
    const { remedy } = denialReasons[reason];
    draft.tellDoor(door, {
      ...who,
      type: "access.denied",
      reason,
      remedy,
      trace: [["pin", reason]],
      decidedBy: "gateway",
    });
    return "denied";
  };
  // Where no PIN is taken, none is told right or wrong: nobody can try them out there.
  const choice = liveChoice(draft, door, side);
  if (choice === undefined && !takesPin(draft, door, side)) return deny("card-needed");
  const silent = silence(draft, id, credential);
  if (silent) return deny(silent);
  if (pin === "none") return deny("no-pin");
  if (pin === "wrong") {
    const outcome = deny(credential === undefined ? "pin-unknown" : "pin-wrong");
    countWrong(draft, door, side, who);
    return outcome;
  }
  if (credential !== undefined) forgetWrong(draft, credential);
  if (choice !== undefined) return doChoice(draft, door, signal, choice, people);
  // A PIN that says whose it is, entered twice, is one credential and not two.
  const waits = credential !== undefined && liveFactor(draft, id)?.credential === credential;
  const given = waits && kindOf(people, credential) !== "pin" ? "card and PIN" : "pin";
  return decide(draft, door, { ...signal, shown }, people, given);
}

function kindOf(people: People, credential: string): Credential["kind"] {
  try {
    return people.credential(credential)?.kind;
  } catch {
    return undefined;
  }
}

/** A directory that cannot be read names nobody. */
function ownerOf(people: People, credential: string): Pick<EventBody, "person"> {
  try {
    const person = people.credential(credential)?.person;
    return person === undefined ? {} : { person };
  } catch {
    return {};
  }
}
