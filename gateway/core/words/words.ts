import type { EventType } from "../events.js";
import type { AnyReason } from "../reasons.js";
import type { remedyTexts } from "../remedies.js";
import type { DoorMode } from "../site.js";

/** What a reason is called, and what would help. */
export interface ReasonWords {
  readonly text: string;
  readonly remedy: string;
}

/** Everything that the house says, in one language. */
export interface Words {
  readonly events: Readonly<Record<EventType, string>>;
  readonly reasons: Readonly<Record<AnyReason, ReasonWords>>;
  /** What helps somebody who asked for it, where a card at the same door is told otherwise. */
  readonly requestRemedies: Readonly<Partial<Record<AnyReason, string>>>;
  readonly remedies: Readonly<Record<keyof typeof remedyTexts, string>>;
  readonly modes: Readonly<Record<DoorMode, string>>;
  readonly weekdays: readonly [string, string, string, string, string, string, string];
  /** `{time}` is a time of day, or a span of it. */
  readonly when: { readonly today: string; readonly weekday: string; readonly date: string };
  readonly from: string;
  readonly fromUntil: string;
  /** Before what would have made it a grant; then one or more of these, and each a condition. */
  readonly wouldBe: string;
  readonly or: string;
  readonly and: string;
  readonly ifSo: string;
  readonly unknown: string;
  readonly unknownCard: string;
  readonly card: string;
  readonly somebodyWithPin: string;
  readonly allDoors: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** Other words that stand in an event's data, as `assumed`. */
  readonly data: Readonly<Record<string, string>>;
  /** Phrases of what a rule found, and of actions in the log, each with what it is in this language. */
  readonly phrases: readonly (readonly [RegExp, string])[];
}
