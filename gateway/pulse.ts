/** Whether the gateway is alive, for what acts when it is not: a relay in the locks' supply, the machine's watchdog. */
import type { Clock, Journal } from "./ports.js";

/** A log that takes nothing for so long hangs. One that says that its disk fails does not: doors go on from memory. */
const longestWaitMs = 30_000;

/** Asked from a timer, so that a loop that hangs says nothing at all. */
export function pulseOf(
  journal: Pick<Journal, "health">,
  clock: Pick<Clock, "monotonic">,
  decides: () => boolean,
): () => boolean {
  let lastSeq = -1;
  let movedAt = clock.monotonic();
  return () => {
    const health = journal.health();
    const now = clock.monotonic();
    if (health.waiting === 0 || health.lastSeq !== lastSeq || health.state === "failing") movedAt = now;
    lastSeq = health.lastSeq;
    return decides() && now - movedAt < longestWaitMs;
  };
}
