/** Who waits at a reader to go through together: for a second person, an escort, company. */
import type { Draft } from "./draft.js";
import type { Door, Side } from "./site.js";
import { type ReaderState, readerId, type WaitingCard } from "./state.js";

/** How long one waits for others, in milliseconds, where the door does not say. */
const togetherWithinMs = 15_000;

function waitMsAt(door: Door): number {
  return door.persons?.withinMs ?? togetherWithinMs;
}

/** Who waits at this reader and has not been forgotten, the first first. */
export function waitingAt(draft: Draft, door: Door, side: Side): readonly WaitingCard[] {
  return draft.readers.get(readerId(door.id, side))?.together ?? [];
}

/** Joins those who wait; the same person again waits anew. */
export function waits(draft: Draft, door: Door, side: Side, card: Omit<WaitingCard, "until">): void {
  const others = waitingAt(draft, door, side).filter(({ person }) => person !== card.person);
  setTogether(draft, door, side, [...others, { ...card, until: draft.at + waitMsAt(door) }]);
}

/** Waits no longer: let in, or turned away. */
export function waitsNoMore(draft: Draft, door: Door, side: Side, person: string): void {
  const waiting = waitingAt(draft, door, side);
  const left = waiting.filter((card) => card.person !== person);
  if (left.length < waiting.length) setTogether(draft, door, side, left);
}

function setTogether(draft: Draft, door: Door, side: Side, cards: readonly WaitingCard[]): void {
  const { together: _, ...own } = draft.readers.get(readerId(door.id, side)) ?? {};
  setReader(draft, door, side, cards.length === 0 ? own : { ...own, together: cards });
}

/** An escort was let in: whoever needs one may follow him for a while. */
export function leadsIn(draft: Draft, door: Door, side: Side, card: Omit<WaitingCard, "until">): void {
  const own = draft.readers.get(readerId(door.id, side)) ?? {};
  setReader(draft, door, side, { ...own, escort: { ...card, until: draft.at + waitMsAt(door) } });
}

/** Who was let in here last as an escort, while one may follow him. */
export function leaderAt(draft: Draft, door: Door, side: Side): WaitingCard | undefined {
  const escort = draft.readers.get(readerId(door.id, side))?.escort;
  return escort && escort.until > draft.at ? escort : undefined;
}

function setReader(draft: Draft, door: Door, side: Side, own: ReaderState): void {
  draft.readers.set(readerId(door.id, side), Object.keys(own).length === 0 ? undefined : own);
}

/** Tells who waited in vain at this door, and forgets him. */
export function endWaiting(draft: Draft, door: Door): void {
  for (const side of ["outside", "inside"] as const) {
    const own = draft.readers.get(readerId(door.id, side));
    if (!own?.together && !own?.escort) continue;
    for (const { person, credential, scan, until } of own.together ?? []) {
      if (until > draft.at) continue;
      waitsNoMore(draft, door, side, person);
      draft.tellDoor(door, { type: "access.waited", side, person, credential, scan });
    }
    const { escort, ...rest } = draft.readers.get(readerId(door.id, side)) ?? {};
    if (escort && escort.until <= draft.at) setReader(draft, door, side, rest);
  }
}

/** The first instant at which somebody has waited in vain at a reader; undefined: nobody waits. */
export function waitingDeadline({ together, escort }: ReaderState): number | undefined {
  const ends = [...(together ?? []), ...(escort ? [escort] : [])].map(({ until }) => until);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** All that waits at the readers of a door, moved by a step of the clock. */
export function shiftWaiting(draft: Draft, door: Door, byMs: number): void {
  const moved = (card: WaitingCard): WaitingCard => ({ ...card, until: card.until + byMs });
  for (const side of ["outside", "inside"] as const) {
    const own = draft.readers.get(readerId(door.id, side));
    if (!own?.together && !own?.escort) continue;
    setReader(draft, door, side, {
      ...own,
      ...(own.together ? { together: own.together.map(moved) } : {}),
      ...(own.escort ? { escort: moved(own.escort) } : {}),
    });
  }
}
