import { spawn } from "node:child_process";
import { setTimeout as later } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const stopSignals = fileURLToPath(new URL("../../gateway/cli/stop-signals.ts", import.meta.url));

/** A process that takes 3 s to stop in order, and says why it stops. */
const slow = `import { stopSignals } from ${JSON.stringify(stopSignals)};
const signal = stopSignals();
const alive = setInterval(() => {}, 1000);
signal.addEventListener("abort", () => {
  console.log("stopping for " + signal.reason);
  setTimeout(() => clearInterval(alive), 3000);
});
console.log("up");`;

async function slowProcess() {
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", slow], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  const ended = new Promise<{ code: number | null; out: string }>((done) => {
    child.on("close", (code) => done({ code, out }));
  });
  await new Promise<void>((up) => {
    child.stdout.on("data", (piece: Buffer) => {
      out += piece;
      if (out.includes("up\n")) up();
    });
  });
  return { child, ended };
}

test("one wish to stop that comes twice, from the terminal and from npm, is stopped for in order", async () => {
  const { child, ended } = await slowProcess();
  child.kill("SIGINT");
  await later(50);
  child.kill("SIGINT");
  expect(await ended).toEqual({ code: 0, out: "up\nstopping for SIGINT\n" });
});

test("a second wish ends the process at once", async () => {
  const { child, ended } = await slowProcess();
  child.kill("SIGTERM");
  await later(1_300);
  const at = performance.now();
  child.kill("SIGTERM");
  expect(await ended).toEqual({ code: 143, out: "up\nstopping for SIGTERM\n" });
  expect(performance.now() - at).toBeLessThan(1_000);
});
