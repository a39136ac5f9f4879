/**
 * The keeper of the safe level, a process of its own: when the gateway's end of its pipe closes without a word, it switches every relay
 * off that it was told of. A kill -9 in the middle of a passage then locks within milliseconds. Says nothing, needs nothing, ends.
 */
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** Files of the outputs that are to be off. */
const lines = new Set<string>();
let dismissed = false;

/** `+path` to look after it, `-path` to leave it as it is, `.` for an orderly end. */
function told(word: string): void {
  if (word === ".") dismissed = true;
  else if (word.startsWith("+")) lines.add(word.slice(1));
  else if (word.startsWith("-")) lines.delete(word.slice(1));
}

function off(): void {
  for (const file of lines) {
    try {
      writeFileSync(file, "0");
    } catch {
      // That board is gone; the next one may not be.
    }
  }
}

// It outlives a Ctrl-C at the terminal and the end of the service's main process.
for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"] as const) process.on(signal, () => {});
createInterface({ input: process.stdin })
  .on("line", told)
  .on("close", () => {
    if (!dismissed) off();
    process.exit(0);
  });
