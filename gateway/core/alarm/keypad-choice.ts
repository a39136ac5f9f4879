/** Arming and disarming at a keypad: a number says what, the card or PIN that follows says who. */
import { holderOf } from "../card-command.js";
import type { ScanOutcome } from "../commands.js";
import type { Draft } from "../draft.js";
import { keypadRulesOf, setReader } from "../keypad.js";
import type { People } from "../people.js";
import type { KeypadChoice, SignalOf } from "../signals.js";
import type { Door, Side } from "../site.js";
import { readerId } from "../state.js";
import { inPerson } from "./arm-in-person.js";

export function functionChosen(draft: Draft, signal: SignalOf<"function-chosen">): void {
  const { door: id, side, scan, choice } = signal;
  const door = draft.site.doors.get(id);
  const may = door !== undefined && partitionAt(door) !== undefined;
  if (may) {
    const reader = readerId(id, side);
    const until = draft.at + Math.max(1, keypadRulesOf(draft.site).waitMs);
    setReader(draft, reader, { ...draft.readers.get(reader), choice: { is: choice, until } });
  }
  if (may && signal.more) return;
  const outcome: ScanOutcome = may ? "pin" : "denied";
  draft.order({ type: "answer-scan", urgent: false, door: id, side, scan, outcome });
}

/** What was chosen at this reader a moment ago. */
export function liveChoice(draft: Draft, door: Door, side: Side): KeypadChoice | undefined {
  const choice = draft.readers.get(readerId(door.id, side))?.choice;
  return choice && choice.until > draft.at ? choice.is : undefined;
}

/** The partition that a keypad at this door works: the one inside. */
function partitionAt({ partitions }: Door): string | undefined {
  return partitions.inside ?? partitions.outside;
}

/** Does what was chosen for whoever this is; the door stays as it is. */
export function doChoice(
  draft: Draft,
  door: Door,
  { side, credential }: { readonly side: Side; readonly credential?: string },
  choice: KeypadChoice,
  people: People,
): ScanOutcome {
  const reader = readerId(door.id, side);
  const { choice: _, ...own } = draft.readers.get(reader) ?? {};
  setReader(draft, reader, own);
  const person = holderOf(draft, door, { side, ...(credential === undefined ? {} : { credential }) }, people);
  const partition = partitionAt(door);
  if (!person || partition === undefined) return "denied";
  const does =
    choice === "disarm" || choice === "arm-later"
      ? { is: choice, partition }
      : { is: "arm" as const, partition, level: choice };
  return inPerson(draft, door, person, does, "keypad") === undefined ? "granted" : "denied";
}
