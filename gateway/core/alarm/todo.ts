/** Things to do that are no alarms: batteries, faults, what was found open. They wait here for an owner, out of the alarms' way. */
import type { Draft } from "../draft.js";
import type { TodoState } from "./alarm-state.js";

type Trouble = Omit<TodoState, "at" | "times">;

/** So many are kept; of those that are at rest again the oldest go first. */
const mostTodos = 1_000;

export function troubled(draft: Draft, id: string, trouble: Trouble): void {
  const before = draft.todos.get(id);
  if (!before && countTodos(draft) >= mostTodos) return;
  const { restoredAt: _, ...own } = before ?? { at: draft.at, times: 0 };
  draft.todos.set(id, { ...own, ...trouble, at: before?.at ?? draft.at, times: (before?.times ?? 0) + 1 });
}

/** It is as it should be again. Without an owner it needs nobody; whoever took it on is still shown it. @returns whether it was there */
export function settled(draft: Draft, id: string): boolean {
  const own = draft.todos.get(id);
  if (!own) return false;
  draft.todos.set(id, own.owner === undefined ? undefined : { ...own, restoredAt: draft.at });
  return own.restoredAt === undefined;
}

function countTodos(draft: Draft): number {
  return draft.before.todos.size + (draft.todos.changed?.size ?? 0);
}
