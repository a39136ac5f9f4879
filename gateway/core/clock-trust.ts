/**
 * Whether the clock can be believed. A small computer without a battery wakes up in the past, and a wrong clock would free doors
 * at night: after a start the clock is trusted once its time service, whoever runs the host, or an operator says that it is right,
 * and no longer after a step that none of them explains.
 */
import type { Instant } from "./site.js";
import type { ClockWhy, HouseState, Lookup } from "./state.js";
import { houseId } from "./state.js";

export type ClockState = NonNullable<HouseState["clock"]>;

/** A step that no time service answers for and that is more than one would set: so far back, or so far ahead, in milliseconds. */
export const implausibleBackMs = 5 * 60_000;
export const implausibleAheadMs = 60 * 60_000;

export function clockOf(state: Pick<Lookup, "house">): HouseState["clock"] {
  return state.house.get(houseId)?.clock;
}

/** A house that was never told otherwise trusts its clock. */
export function isTrusted(clock: HouseState["clock"]): boolean {
  return clock?.trusted !== false;
}

export function clockTrusted(state: Pick<Lookup, "house">): boolean {
  return isTrusted(clockOf(state));
}

/**
 * The instant that has surely come. While the clock is not trusted that is the last that was, and what has gone by since; what
 * ended before it has ended, whatever the clock says.
 */
export function surelyAt(clock: HouseState["clock"], at: Instant): Instant {
  if (!clock || clock.trusted || clock.lastTrustedAt === undefined) return at;
  return clock.lastTrustedAt + Math.max(0, at - clock.since);
}

/** When, by the clock as it goes now, a wall-clock instant has surely come. */
export function surelyCome(clock: HouseState["clock"], until: Instant): Instant {
  if (!clock || clock.trusted || clock.lastTrustedAt === undefined) return until;
  return clock.since + (until - clock.lastTrustedAt);
}

export function isImplausible(byMs: number): boolean {
  return byMs < -implausibleBackMs || byMs > implausibleAheadMs;
}

/** The clock as it is from `at` on when nobody answers for it; `before` as it was at `known`, the last instant on the old clock. */
export function noLongerTrusted(
  before: HouseState["clock"],
  at: Instant,
  known: Instant | undefined,
  why: Extract<ClockWhy, "start" | "step">,
): ClockState {
  const last =
    known === undefined || (before && !before.trusted && before.lastTrustedAt === undefined)
      ? undefined
      : surelyAt(before, known);
  return { trusted: false, since: at, why, ...(last === undefined ? {} : { lastTrustedAt: last }) };
}

/** As the trace of a decision tells it; it begins with `ok` where the clock stands in nobody's way. */
export function clockFound(clock: HouseState["clock"]): string {
  if (!clock || clock.trusted) return "ok";
  return `not trusted since ${clock.why === "step" ? "it was set" : "the start"}`;
}
