/** The machine's hardware watchdog: it restarts the machine unless it is fed (Linux watchdog API; `V` ends it). */
import { closeSync, openSync, writeSync } from "node:fs";

export interface Watchdog {
  feed(): void;
  end(): void;
}

export function openWatchdog(path: string): Watchdog {
  const file = openSync(path, "w");
  return {
    feed: () => void writeSync(file, "1"),
    end: () => {
      writeSync(file, "V");
      closeSync(file);
    },
  };
}
