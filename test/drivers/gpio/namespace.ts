/**
 * A machine with pins, as far as one process and its children see: run inside `unshare -m`, it lays a simulated /sys/class/gpio over the
 * real one and starts a program in it. Lines of JSON on its input go to the pins (`pin`) or on to the program (`program`); what the
 * program says and what happens at the pins comes out.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { type ChipSketch, GpioFiles } from "./fuse-gpio.js";

const folder = "/sys/class/gpio";

export interface MachineSketch {
  readonly chips: readonly ChipSketch[];
  readonly program: readonly string[];
}

export type PinWish =
  | { readonly set: number; readonly level: 0 | 1 }
  | { readonly look: number }
  | { readonly broken: boolean }
  | { readonly kill: NodeJS.Signals };

const sketch = JSON.parse(process.argv[2] ?? "{}") as MachineSketch;
const tell = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);

if (!existsSync(folder)) {
  spawnSync("mount", ["-t", "tmpfs", "classes", "/sys/class"]);
  mkdirSync(folder);
}
const pins = new GpioFiles(sketch.chips, (driven) =>
  tell({ is: "driven", ...driven, clock: performance.timeOrigin + driven.at }),
);
pins.mount(folder);

const programs: ChildProcess[] = [];

function start() {
  const child = spawn(process.execPath, ["--import", "tsx", ...sketch.program], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  programs.push(child);
  child.stdin.on("error", () => {});
  createInterface({ input: child.stdout }).on("line", (line) => process.stdout.write(`${line}\n`));
  child.on("exit", () => tell({ is: "ended" }));
  return child;
}

let program = start();
createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { to, wish } = JSON.parse(line) as { to: "pin" | "program" | "start"; wish: PinWish };
    if (to === "program") program.stdin.write(`${JSON.stringify(wish)}\n`);
    else if (to === "start") program = start();
    else if ("set" in wish) pins.setLevel(wish.set, wish.level);
    else if ("broken" in wish) pins.broken = wish.broken;
    else if ("kill" in wish) program.kill(wish.kill);
    else
      tell({
        is: "level",
        line: wish.look,
        level: pins.level(wish.look),
        direction: pins.directionOf(wish.look),
      });
  })
  .on("close", () => {
    for (const each of programs) each.kill("SIGKILL");
    // An orderly end would wait for the read of /dev/fuse, which only the end of this process ends.
    setTimeout(() => process.kill(process.pid, "SIGKILL"), 50);
  });
tell({ is: "up" });
