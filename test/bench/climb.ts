import type { RoundFigures } from "./round.js";

export interface Climbed {
  /** The highest rate that was sustained, a second; 0: not even the first. */
  readonly most: number;
  /** The lowest rate that was not. */
  readonly failedAt?: number;
  /** Where it failed, the load itself was sent late: the gateway may be able to do more. */
  readonly loadBound: boolean;
  /** It died on the way up: it may be able to do more than `most`. */
  readonly died?: true;
  readonly steps: readonly RoundFigures[];
}

/** Nobody takes a connection any more. */
export class TargetGone extends Error {
  constructor(cause: unknown) {
    super("the target takes no connection", { cause });
    this.name = "TargetGone";
  }
}

const factor = 1.5;
const mostPerSecond = 100_000;
const lateMs = 50;

export interface ClimbOptions {
  /** The first rate, a second. */
  readonly from: number;
  /** It is known closely enough when the lowest that failed is this many times the highest that was sustained. */
  readonly closeEnough: number;
  /** How often a rate is tried until it counts as failed. */
  readonly tries: number;
}

/** Steps up until a rate is not sustained, then halves the step between. */
export async function climb(
  { from, closeEnough, tries }: ClimbOptions,
  trial: (perSecond: number) => Promise<RoundFigures>,
): Promise<Climbed> {
  const steps: RoundFigures[] = [];
  const attempt = async (perSecond: number): Promise<boolean> => {
    for (let i = 0; i < tries; i++) {
      const figures = await trial(perSecond);
      steps.push(figures);
      if (figures.sustained) return true;
    }
    return false;
  };
  let low = 0;
  let high: number | undefined;
  let died = false;
  for (let at = from; at <= mostPerSecond; ) {
    try {
      if (await attempt(at)) low = at;
      else high = at;
    } catch (error) {
      // Before the first round was done there was nothing to measure.
      if (!(error instanceof TargetGone) || steps.length === 0) throw error;
      died = true;
      break;
    }
    if (high === undefined) at = round50(at * factor);
    else {
      if (low === 0 ? high < 20 : high / low <= closeEnough) break;
      const next = low === 0 ? Math.floor(high / 2) : round50((low + high) / 2);
      if (next <= low || next >= high) break;
      at = next;
    }
  }
  const failed = steps.findLast((step) => !step.sustained);
  return {
    most: low,
    ...(high === undefined ? {} : { failedAt: high }),
    ...(died ? { died } : {}),
    loadBound: failed !== undefined && failed.sentLateMs.p50 > lateMs,
    steps,
  };
}

/** Rates that one can read. */
function round50(perSecond: number): number {
  return Math.round(perSecond / 50) * 50;
}
