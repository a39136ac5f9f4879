import { badgeRules, firstNo } from "./access/judge.js";
import { accessRequest } from "./access/request.js";
import { armedByCard } from "./alarm/arm-in-person.js";
import type { Draft } from "./draft.js";
import { setReader } from "./keypad.js";
import { endLockdown, startLockdown } from "./lockdown.js";
import type { Credential, People, Person } from "./people.js";
import type { SignalOf } from "./signals.js";
import type { CardCommand, Door } from "./site.js";
import { readerId } from "./state.js";
import { setThreatLevel } from "./threat.js";

type Card = SignalOf<"credential-presented">;

/** So often in a row, each within this time of the one before, a card is a command. */
const timesForCommand = 3;
const withinMs = 5_000;

/**
 * A card presented three times in a row at one reader is a command, where the site gives its holder one there. Each time it is
 * judged as any card besides. What counts for the command is the badge and its holder alone: whoever may end a lockdown is not
 * let in by the locked down door at which he ends it.
 */
export function commandedByCard(draft: Draft, door: Door, signal: Card, people: People): void {
  const command = commandOf(draft, door, signal, people);
  if (!command) return;
  const { person, does, credential } = command;
  const by = { kind: "person", id: person } as const;
  const told = { by, data: { note: command.name } };
  draft.tellDoor(door, {
    type: "access.card-command",
    side: signal.side,
    person,
    credential,
    data: { command: command.name },
  });
  switch (does.is) {
    case "lockdown-start":
      startLockdown(draft, does.doorGroup, by, told);
      return;
    case "lockdown-end":
      endLockdown(draft, does.doorGroup, told);
      return;
    case "threat-level":
      setThreatLevel(draft, does.level, by, told);
      return;
    case "arm":
    case "disarm":
    case "arm-later":
      armedByCard(draft, door, command.holder, does);
  }
}

interface Commanded {
  readonly holder: Person;
  readonly person: string;
  readonly credential: string;
  readonly name: string;
  readonly does: CardCommand["does"];
}

function commandOf(draft: Draft, door: Door, signal: Card, people: People): Commanded | undefined {
  const here = draft.site.cardCommands?.filter(({ doors }) => doors.includes(door.id)) ?? [];
  if (here.length === 0 || signal.credential === undefined) return undefined;
  if (!isThird(draft, door, signal.side, signal.credential)) return undefined;
  const holder = holderOf(draft, door, signal, people);
  const command = holder && here.find(({ groups }) => holder.groups.some((group) => groups.includes(group)));
  if (!command) return undefined;
  return { holder, person: holder.id, credential: signal.credential, name: command.name, does: command.does };
}

function isThird(draft: Draft, door: Door, side: Card["side"], credential: string): boolean {
  const id = readerId(door.id, side);
  const { again, ...own } = draft.readers.get(id) ?? {};
  const goesOn = again?.credential === credential && again.until > draft.at;
  const times = goesOn ? again.times + 1 : 1;
  const third = times >= timesForCommand;
  setReader(draft, id, third ? own : { ...own, again: { credential, times, until: draft.at + withinMs } });
  return third;
}

/** Whoever the badge belongs to, if the badge and he are in order. */
export function holderOf(
  draft: Draft,
  door: Door,
  { side, credential: id }: Pick<Card, "side" | "credential">,
  people: People,
): Person | undefined {
  try {
    const credential: Credential | undefined = id === undefined ? undefined : people.credential(id);
    const person = credential && people.person(credential.person);
    const request = accessRequest(draft.site, draft, door, side, draft.at, { credential, person });
    return firstNo(request, badgeRules) ? undefined : person;
  } catch {
    return undefined;
  }
}
