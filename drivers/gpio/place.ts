/** A board as the site has it. */
import type { LockKind } from "../lock-timeline.js";

export interface LinePlace {
  readonly kind: "lock" | "input" | "output";
  readonly n: number;
  readonly pin: string;
  readonly activeLow: boolean;
  readonly debounceMs: number;
  readonly lock?: LockKind;
  readonly fire?: true;
}

export interface BoardPlace {
  readonly lines: readonly LinePlace[];
  readonly heartbeat?: { readonly pin: string; readonly everyMs: number };
  readonly watchdog?: string;
  readonly access: "sysfs" | "libgpiod";
}
