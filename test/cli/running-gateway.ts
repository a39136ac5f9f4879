/** The real command line as a process of its own, as an installer starts it. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const built = fileURLToPath(new URL("../../dist/gateway/main.js", import.meta.url));
const source = fileURLToPath(new URL("../../gateway/main.ts", import.meta.url));
/** What `npm test` has built before; the sources, several times slower to start, where nothing was built. */
const program = existsSync(built) ? [built] : ["--import", "tsx", source];

/** A start takes a second on an idle machine; with every core busy elsewhere it takes ten. */
export const patience = { testTimeout: 120_000, hookTimeout: 120_000 };

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface Process {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** The first line on stdout as JSON; rejects if the process ends before it. */
  readonly firstLine: Promise<Record<string, unknown>>;
  out(): string;
  err(): string;
}

function gatewarden(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Process {
  const child = spawn(process.execPath, [...program, ...argv], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let out = "";
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (piece: string) => {
    err += piece;
  });
  const ended = new Promise<Ended>((done) => {
    child.on("close", (exitCode, signal) => done({ exitCode, signal, out, err }));
  });
  const firstLine = new Promise<Record<string, unknown>>((ready, failed) => {
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      out += piece;
      if (out.includes("\n")) ready(JSON.parse(out.slice(0, out.indexOf("\n"))) as Record<string, unknown>);
    });
    void ended.then((end) => failed(new Error(`ended with ${end.exitCode} before it was ready: ${end.err}`)));
  });
  firstLine.catch(() => {});
  return { child, ended, firstLine, out: () => out, err: () => err };
}

export function stop(process: Process, signal: NodeJS.Signals = "SIGTERM"): Promise<Ended> {
  process.child.kill(signal);
  return process.ended;
}

/** Folders and processes of a test file, gone when it ends. */
export function belongings() {
  const folders: string[] = [];
  const processes: Process[] = [];
  return {
    folder(): string {
      // Short: a socket's path may have 107 bytes.
      const folder = mkdtempSync(join(tmpdir(), "gw-e2e-"));
      folders.push(folder);
      return folder;
    },
    run(argv: readonly string[], env?: Readonly<Record<string, string>>): Process {
      const process = gatewarden(argv, env);
      processes.push(process);
      return process;
    },
    start(dataDir: string, ...more: string[]): Process {
      return this.run(["start", "--data", dataDir, "--json", "--mqtt-port", "0", "--web-port", "0", ...more]);
    },
    async gone(): Promise<void> {
      for (const { child, ended } of processes) {
        if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
        await ended;
      }
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}
