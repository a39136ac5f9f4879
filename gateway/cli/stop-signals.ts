/** Exit codes of a process that a signal ended, as shells tell them. */
const forcedExitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** npm passes on a Ctrl-C that the terminal sends to its children anyway: two at once are one wish. */
const sameWishWithinMs = 1_000;

/**
 * The first SIGINT or SIGTERM from now on aborts the returned signal, with the signal's name as reason; a later one ends the
 * process at once.
 */
export function stopSignals(): AbortSignal {
  const stopping = new AbortController();
  let firstAt = 0;
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (!stopping.signal.aborted) {
        firstAt = performance.now();
        stopping.abort(name);
      } else if (performance.now() - firstAt > sameWishWithinMs) {
        process.exit(forcedExitCodes[name]);
      }
    });
  }
  return stopping.signal;
}
