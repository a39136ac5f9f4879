import { readFileSync } from "node:fs";
import { loadavg } from "node:os";

/** Resident memory of a process in MB; NaN where there is no /proc. */
export function residentMb(pid: number): number {
  try {
    const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kb) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** How long the main thread of a process has waited for a processor; NaN where there is no /proc. */
function waitedMs(pid: number): number {
  try {
    // Time on a processor, time waiting for one (nanoseconds), and how often (Linux, Documentation/scheduler/sched-stats).
    const waited = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "utf8").split(" ")[1];
    return Number(waited) / 1e6;
  } catch {
    return Number.NaN;
  }
}

/** How the gateway's process fared over a stretch of time. */
export interface Vitals {
  readonly rssRiseMb: number;
  /** Longest that its event loop was held up. */
  readonly heldMs: number;
  /** Share of one processor that it used. */
  readonly cpu: number;
  /** Share of the time in which its main thread could have run and was not let, since others did. */
  readonly starved: number;
  /** Of the whole machine, over the last minute. */
  readonly load: number;
}

/** Watches a process from outside, and by what the probe within it (`loop-probe.mjs`) writes down. */
export class Watch {
  readonly #probe: string;
  readonly #startedAt = Date.now();
  readonly #pid: number;
  readonly #before: number;
  readonly #waitedBefore: number;
  #most: number;
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number, probe: string) {
    this.#pid = pid;
    this.#probe = probe;
    this.#before = residentMb(pid);
    this.#most = this.#before;
    this.#waitedBefore = waitedMs(pid);
    this.#timer = setInterval(() => this.#look(), 50);
  }

  end(): Vitals {
    this.#look();
    clearInterval(this.#timer);
    const lines = readFileSync(this.#probe, "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split(" ").map(Number))
      .filter(([at = 0]) => at >= this.#startedAt);
    const [first, last] = [lines[0], lines.at(-1)];
    const spentMs = (last?.[2] ?? 0) - (first?.[2] ?? 0);
    const passedMs = (last?.[0] ?? 0) - (first?.[0] ?? 0);
    return {
      rssRiseMb: this.#most - this.#before,
      heldMs: Math.max(0, ...lines.map(([, heldMs = 0]) => heldMs)),
      cpu: passedMs > 0 ? spentMs / passedMs : Number.NaN,
      starved: (waitedMs(this.#pid) - this.#waitedBefore) / (Date.now() - this.#startedAt),
      load: loadavg()[0] ?? Number.NaN,
    };
  }

  #look(): void {
    this.#most = Math.max(this.#most, residentMb(this.#pid));
  }
}
