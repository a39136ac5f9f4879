/** The gateway's end of the keeper's pipe. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(import.meta.url);
/** Beside this file, in the same form: compiled, or as source under the same loader. */
const program = here.replace(/keeper-link(\.[jt]s)$/, "keeper$1");

export interface Keeper {
  /** Switched off when this process dies. */
  watch(valueFile: string): void;
  /** Left as it is: a release for fire or emergency outlives everything. */
  leave(valueFile: string): void;
  dismiss(): void;
}

export function startKeeper(): Keeper {
  const child: ChildProcess = spawn(process.execPath, [...process.execArgv, program], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  child.on("error", () => {});
  child.stdin?.on("error", () => {});
  child.unref();
  const say = (word: string) => void child.stdin?.write(`${word}\n`);
  return {
    watch: (file) => say(`+${file}`),
    leave: (file) => say(`-${file}`),
    dismiss: () => child.stdin?.end(".\n"),
  };
}
