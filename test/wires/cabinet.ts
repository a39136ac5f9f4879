/** The whole gateway on a machine with simulated pins, with a reader on a pseudo-terminal: nothing of it is a stand-in but the board. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connect } from "../../gateway/cli/connection.js";
import { performed } from "../../gateway/cli/context.js";
import { Machine } from "../drivers/gpio/machine.js";
import { Cable } from "../drivers/osdp/line.js";

const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const key = "9f3c71d08e5a24b66b0d4c17e8f29a53";

/** Facility 123, card 4567, with its parity. */
export const knownCard = "10111101100010001110101110";
/** GPIO17, GPIO27, GPIO22 and GPIO5 where the kernel counts from 512. */
export const pins = { lock: 529, button: 539, contact: 534, fire: 517, heartbeat: 518 } as const;

export class Cabinet {
  readonly dataDir = mkdtempSync(join(tmpdir(), "gw-cab-"));
  readonly cable: Cable;
  readonly machine: Machine;

  constructor(socat: string, paced = false) {
    this.cable = new Cable({ socat, readers: [{ address: 1, key, serial: 1 }], paced });
    const gateway = [fileOf("../../gateway/main.ts"), "start", "--data", this.dataDir, "--json"];
    this.machine = new Machine(
      [{ base: 512, label: "pinctrl-bcm2711", lines: 54 }],
      [...gateway, "--mqtt-port", "0", "--web-port", "0"],
    );
  }

  async perform<T>(name: string, params: object): Promise<T> {
    const connection = await connect(this.dataDir, {});
    try {
      return await performed<T>(connection.perform(name, params));
    } finally {
      await connection.close();
    }
  }

  async events(): Promise<readonly { readonly type: string; readonly device?: string }[]> {
    return (
      await this.perform<{ events: { type: string; device?: string }[] }>("journal.read", { limit: 300 })
    ).events;
  }

  async start(): Promise<void> {
    writeFileSync(join(this.dataDir, "reader-keys.json"), JSON.stringify({ "front-reader": { key } }), {
      mode: 0o600,
    });
    await this.machine.up();
    for (const pin of [pins.button, pins.contact]) this.machine.pin({ set: pin, level: 1 });
    await this.cable.plug();
    await this.machine.until(() => this.machine.said.some((each) => "ready" in each), 60_000);
    const { parse } = await import("yaml");
    const document = parse(readFileSync(fileOf("cabinet.yaml"), "utf8").replace("PORT", this.cable.path));
    await this.perform("site.import", { document });
    await this.perform("person.put", { person: "ben", name: "Ben", groups: ["staff"] });
    await this.perform("credential.add", { person: "ben", value: "123,4567" });
    for (;;) {
      const online = (await this.events()).filter(({ type }) => type === "device.online");
      if (online.length >= 2) return;
      await later(50);
    }
  }

  async close(): Promise<void> {
    await this.machine.close();
    await this.cable.close();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
