import type { Journal } from "./ports.js";

/** So many entries wait for the disk: nothing more is read from the devices, and each waits on its own line. */
const tooMany = 2_000;
/** With fewer than these it goes on. */
const fewEnough = 500;
/** A disk that only hesitates must not keep an exit button waiting; what comes then the ring holds. */
const longestHoldMs = 500;

/**
 * When more comes in than can be written, the senders are slowed, so that nothing is lost. A disk that fails is another matter:
 * doors go on, and the ring drops the oldest.
 */
export function keepPace(
  journal: Pick<Journal, "waiting" | "onBatch" | "onDurable" | "onHealth">,
  hold: (held: boolean) => void,
): () => void {
  let failing = false;
  let held: NodeJS.Timeout | undefined;
  const goOn = (): void => {
    if (held === undefined) return;
    clearTimeout(held);
    held = undefined;
    hold(false);
  };
  const look = (): void => {
    if (failing || journal.waiting < fewEnough) goOn();
    else if (held === undefined && journal.waiting > tooMany) {
      held = setTimeout(goOn, longestHoldMs);
      hold(true);
    }
  };
  const ends = [
    journal.onBatch(look),
    journal.onDurable(look),
    journal.onHealth(({ state }) => {
      failing = state === "failing";
      look();
    }),
  ];
  return () => {
    for (const end of ends) end();
    goOn();
  };
}
