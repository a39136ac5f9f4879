/**
 * Lines by libgpiod's command line tools, where the kernel has no /sys/class/gpio: each input is a `gpiomon`, each output a `gpioset`
 * that holds the line and takes its orders on its input. Version 2: those of version 1 can only change a line by letting it go first.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { type GpioAccess, NoGpio } from "./access.js";
import type { Chip, Pin } from "./pins.js";

const run = promisify(execFile);

/** `gpiochip0 [pinctrl-bcm2711] (58 lines)`, as both versions print it. */
export function chipsOf(printed: string): Chip[] {
  return [...printed.matchAll(/^(\S+) \[(.*)\] \((\d+) lines?\)$/gm)].map(
    ([, name = "", label = "", lines]) => ({
      name,
      label,
      // Libgpiod counts within the chip.
      base: 0,
      lines: Number(lines),
    }),
  );
}

/** The major version, of `gpiodetect (libgpiod) v2.2.1`. */
export function majorOf(printed: string): number {
  return Number(/v(\d+)\./.exec(printed)?.[1] ?? "0");
}

export function monitorArguments({ chip, line }: Pin, activeLow: boolean): string[] {
  return [
    "--chip",
    chip.name,
    "--edges",
    "both",
    "--format",
    "%E",
    ...(activeLow ? ["--active-low"] : []),
    String(line),
  ];
}

export function setArguments({ chip, line }: Pin, activeLow: boolean, initial: boolean): string[] {
  return [
    "--interactive",
    "--chip",
    chip.name,
    ...(activeLow ? ["--active-low"] : []),
    `${line}=${initial ? 1 : 0}`,
  ];
}

async function tool(name: string, args: readonly string[]): Promise<string> {
  try {
    return (await run(name, [...args], { timeout: 5_000 })).stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new NoGpio(`${name} is not installed here: apt-get install gpiod (version 2 or newer)`);
    throw error;
  }
}

class Held {
  readonly child: ChildProcess;
  readonly #name: string;

  constructor(name: string, args: readonly string[], onLine?: (line: string) => void) {
    this.#name = name;
    this.child = spawn(name, [...args], { stdio: ["pipe", "pipe", "ignore"] });
    this.child.on("error", () => {});
    this.child.stdin?.on("error", () => {});
    if (this.child.stdout) createInterface({ input: this.child.stdout }).on("line", (line) => onLine?.(line));
  }

  /** Throws if the tool has ended: the line is nobody's then. */
  check(): void {
    if (this.child.exitCode !== null || this.child.signalCode !== null)
      throw new Error(`${this.#name} has ended, and with it the hold on its line`);
  }

  end(): void {
    this.child.kill();
  }
}

export function libgpiod(): GpioAccess {
  return {
    async chips() {
      const version = majorOf(await tool("gpiodetect", ["--version"]));
      if (version < 2)
        throw new NoGpio(
          `libgpiod ${version}.x cannot change a line without letting it go for a moment; version 2 can, or access: sysfs`,
        );
      return chipsOf(await tool("gpiodetect", []));
    },
    async input(pin, { activeLow }, onChange) {
      const args = ["--numeric", "--chip", pin.chip.name, ...(activeLow ? ["--active-low"] : [])];
      let level = (await tool("gpioget", [...args, String(pin.line)])).trim() === "1";
      const held = new Held("gpiomon", monitorArguments(pin, activeLow), (line) => {
        level = line.trim() === "rising";
        onChange();
      });
      return {
        read: () => {
          held.check();
          return level;
        },
        close: () => held.end(),
      };
    },
    async output(pin, { activeLow, initial }) {
      const held = new Held("gpioset", setArguments(pin, activeLow, initial));
      return {
        set: (on) => {
          held.check();
          held.child.stdin?.write(`set ${pin.line}=${on ? 1 : 0}\n`);
        },
        check: () => held.check(),
        close: () => held.end(),
      };
    },
  };
}
