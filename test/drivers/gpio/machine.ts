/** A machine with simulated pins, and the GPIO driver running on it. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as later } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe } from "vitest";
import type { Driver, Order, OrderOutcome, Reading } from "../../../drivers/driver.js";
import type { BoardPlace } from "../../../drivers/gpio/place.js";
import type { HostWish } from "./driver-host.js";
import type { ChipSketch, Driven } from "./fuse-gpio.js";
import type { MachineSketch, PinWish } from "./namespace.js";

const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Why pins cannot be simulated here; undefined: they can. */
export function whyNoPins(): string | undefined {
  if (process.platform !== "linux") return "no Linux";
  if (process.getuid?.() !== 0) return "not root: file systems cannot be mounted";
  if (!existsSync("/dev/fuse")) return "no /dev/fuse";
  if (spawnSync("unshare", ["-m", "true"]).status !== 0) return "unshare -m is not allowed here";
  return existsSync(fileOf("../../../node_modules/onoff")) ? undefined : "onoff is not installed";
}

export function describeWithPins(title: string, suite: () => void): void {
  const why = whyNoPins();
  if (why === undefined) describe(title, suite);
  else if (process.env.REQUIRE_PINS === "1") throw new Error(`pins cannot be simulated: ${why}`);
  else describe.skip(`${title} (skipped: ${why})`, suite);
}

type Said = { readonly is: string } & Record<string, unknown>;

/** The board of a Pi with a kernel since 6.6. */
export const piChips: readonly ChipSketch[] = [{ base: 512, label: "pinctrl-bcm2711", lines: 58 }];

export class Machine {
  readonly said: Said[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #n = 0;

  constructor(
    chips: readonly ChipSketch[] = piChips,
    program: readonly string[] = [fileOf("driver-host.ts")],
  ) {
    const sketch: MachineSketch = { chips, program };
    this.#child = spawn(
      "unshare",
      ["-m", process.execPath, "--import", "tsx", fileOf("namespace.ts"), JSON.stringify(sketch)],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    this.#ended = new Promise((done) => this.#child.once("exit", done));
    if (this.#child.stdout)
      createInterface({ input: this.#child.stdout }).on("line", (line) => {
        if (line.startsWith("{")) this.said.push(JSON.parse(line) as Said);
      });
  }

  async until<T>(what: () => T | undefined | false, ms = 10_000): Promise<T> {
    const end = performance.now() + ms;
    for (;;) {
      const found = what();
      if (found) return found;
      if (performance.now() > end) throw new Error(`it did not come to that: ${what}`);
      await later(2);
    }
  }

  up(): Promise<unknown> {
    return this.until(() => this.said.some(({ is }) => is === "up"));
  }

  pin(wish: PinWish): void {
    this.#child.stdin?.write(`${JSON.stringify({ to: "pin", wish })}\n`);
  }

  tell(wish: HostWish): void {
    this.#child.stdin?.write(`${JSON.stringify({ to: "program", wish })}\n`);
  }

  /** The program again, after it has ended. */
  restart(): void {
    this.#child.stdin?.write(`${JSON.stringify({ to: "start", wish: {} })}\n`);
  }

  async level(line: number): Promise<{ level: 0 | 1; direction: string }> {
    const before = this.said.length;
    this.pin({ look: line });
    const found = await this.until(() =>
      this.said.slice(before).find((each) => each.is === "level" && each.line === line),
    );
    return found as unknown as { level: 0 | 1; direction: string };
  }

  /** `clock`: on the machine's clock. */
  driven(line: number): (Driven & { readonly clock: number })[] {
    return this.said.filter((each) => each.is === "driven" && each.line === line) as unknown as (Driven & {
      readonly clock: number;
    })[];
  }

  readings<T extends Reading["type"]>(type: T): Extract<Reading, { type: T }>[] {
    return this.said.flatMap((each) => {
      const reading = each.is === "reading" ? (each.reading as Reading) : undefined;
      return reading?.type === type ? [reading as Extract<Reading, { type: T }>] : [];
    });
  }

  async send(order: Order): Promise<OrderOutcome> {
    const n = this.#n++;
    this.tell({ do: "send", n, order });
    const found = await this.until(() => this.said.find((each) => each.is === "outcome" && each.n === n));
    return found.outcome as OrderOutcome;
  }

  async run(places: Readonly<Record<string, BoardPlace>>): Promise<void> {
    await this.up();
    this.tell({ do: "places", places });
    this.tell({ do: "serve", devices: Object.keys(places) });
    this.tell({ do: "start" });
  }

  async close(): Promise<void> {
    this.#child.stdin?.end();
    const gone = await Promise.race([this.#ended, later(3_000).then(() => "late")]);
    if (gone === "late") this.#child.kill("SIGKILL");
    await this.#ended;
  }
}

/** The driver on that machine, as if it were here. */
export function driverOn(machine: Machine): Driver {
  let told = 0;
  let timer: NodeJS.Timeout | undefined;
  const done = (what: string) =>
    machine.until(() => machine.said.find((each) => each.is === "done" && each.do === what));
  return {
    name: "gpio",
    async start(onReading) {
      timer = setInterval(() => {
        for (; told < machine.said.length; told++) {
          const said = machine.said[told];
          if (said?.is === "reading") onReading(said.reading as Reading);
        }
      }, 1);
      machine.tell({ do: "start" });
      await done("start");
    },
    async stop() {
      machine.tell({ do: "stop" });
      await done("stop");
      clearInterval(timer);
    },
    serve: (devices) => machine.tell({ do: "serve", devices }),
    send: (order) => machine.send(order),
    answer: () => {},
  };
}
