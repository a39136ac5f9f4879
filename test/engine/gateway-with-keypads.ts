/** A running gateway with one door a mode, its readers on a real broker, and hands to press keys and hold cards to them. */
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { connectAsync, type MqttClient } from "mqtt";
import { openHouse, type RunningGateway, startGateway } from "../../gateway/gateway.js";
import { localAdministrator } from "../../gateway/operations/operator.js";
import type { ClockTrust, Performed } from "../../gateway/ports.js";
import { faultSite } from "../faults/building.js";

export interface KeypadHouse {
  readonly gateway: RunningGateway;
  readonly dataDir: string;
  perform(name: string, params: object): Promise<Performed>;
  /** Its result; throws where it was refused. */
  done<T = Record<string, unknown>>(name: string, params: object): Promise<T>;
  /** What the reader of this door is told: granted, denied, pin, wait. */
  keys(door: number, keys: string): Promise<string>;
  scan(
    door: number,
    card: { readonly uid?: string; readonly code?: string; readonly reader?: number },
  ): Promise<string>;
  /** Pulses that the door's lock got so far. */
  unlocks(door: number): number;
  /** What came down to the door's device besides answers to cards: ops of commands, in order. */
  commands(door: number): readonly string[];
  /** Its contact says so. */
  leaf(door: number, is: "open" | "closed"): Promise<void>;
  stop(): Promise<void>;
}

type Change = (site: ReturnType<typeof faultSite>) => object;

/** `modes`: door-1, door-2 … */
export async function keypadHouse(
  folder: string,
  modes: readonly string[],
  change: Change = (site) => site,
  clockTrust: ClockTrust = { look: async () => "host" },
): Promise<KeypadHouse> {
  const dataDir = join(folder, "data");
  const plain = faultSite(modes.length);
  const doors = plain.doors.map((door, i) => ({ ...door, mode: modes[i] }));
  const house = await openHouse({ dataDir });
  const keysOf = new Map<string, string>();
  try {
    const made = await house.operations.perform(localAdministrator(), "site.import", {
      document: change({ ...plain, doors }),
    });
    if (!made.ok) throw new Error(JSON.stringify(made.refusal));
    for (const { id } of plain.devices) {
      const added = await house.operations.perform(localAdministrator(), "device.add", { device: id });
      if (!added.ok) throw new Error(JSON.stringify(added.refusal));
      keysOf.set(id, (added.result as { key: string }).key);
    }
  } finally {
    await house.close();
  }
  return running(dataDir, keysOf, clockTrust);
}

async function running(
  dataDir: string,
  keysOf: ReadonlyMap<string, string>,
  clockTrust: ClockTrust,
): Promise<KeypadHouse> {
  const gateway = await startGateway({
    dataDir,
    overrides: { mqttPort: 0, webPort: 0 },
    clockTrust,
  });
  const url = `mqtt://127.0.0.1:${gateway.ready.mqtt[0]?.port}`;
  const terminals = new Map<number, Terminal>();
  for (const [id, key] of keysOf) terminals.set(Number(id.slice(3)), await Terminal.connect(url, id, key));
  const terminal = (door: number): Terminal => {
    const found = terminals.get(door);
    if (!found) throw new Error(`there is no door-${door}`);
    return found;
  };
  const perform = (name: string, params: object) =>
    gateway.house.operations.perform(localAdministrator(), name, params);
  return {
    gateway,
    dataDir,
    perform,
    done: async <T>(name: string, params: object) => {
      const performed = await perform(name, params);
      if (!performed.ok) throw new Error(`${name}: ${JSON.stringify(performed.refusal)}`);
      return performed.result as T;
    },
    keys: (door, keys) => terminal(door).ask("keys", { keys }),
    scan: (door, card) => terminal(door).ask("scan", card),
    unlocks: (door) => terminal(door).commands.filter((op) => op === "unlock").length,
    commands: (door) => terminal(door).commands,
    leaf: (door, is) => terminal(door).contact(is === "open"),
    stop: async () => {
      for (const each of terminals.values()) await each.end();
      await gateway.stop("the test is over");
    },
  };
}

/** One door's device, over a real socket. */
class Terminal {
  readonly commands: string[] = [];
  #changes = 0;
  readonly #client: MqttClient;
  readonly #up: string;
  readonly #waiting = new Map<string, (outcome: string) => void>();
  #count = 0;

  constructor(client: MqttClient, id: string) {
    this.#client = client;
    this.#up = `gw/v1/device/${id}/up`;
    client.on("message", (topic, payload) => {
      const body = JSON.parse(payload.toString()) as Record<string, string>;
      if (topic.endsWith("/cmd")) {
        this.commands.push(String(body.op));
        this.#say("ack", { re: body.id, ok: true }).catch(() => {});
      } else if (topic.endsWith("/result")) this.#waiting.get(body.re ?? "")?.(body.outcome ?? "");
    });
  }

  static async connect(url: string, id: string, key: string): Promise<Terminal> {
    const client = await connectAsync(url, {
      clientId: id,
      username: id,
      password: key,
      reconnectPeriod: 0,
    });
    const terminal = new Terminal(client, id);
    await client.subscribeAsync(`gw/v1/device/${id}/down/#`, { qos: 1 });
    const points = { reader: [1, 2], lock: [1], input: [1] };
    await terminal.#say("hello", { proto: 1, model: "Keypad", fw: "1", points }, true);
    await terminal.#say("state", { state: "ready" }, true);
    await terminal.#say("input/1", { active: false, fault: null, changes: 0 }, true);
    await terminal.#say("lock/1", { locked: true, bolt: null }, true);
    return terminal;
  }

  async ask(what: "keys" | "scan", body: object): Promise<string> {
    const id = `s${++this.#count}`;
    const answer = new Promise<string>((resolve) => this.#waiting.set(id, resolve));
    await this.#say(what, { id, reader: 1, ...body });
    const late = later(15_000, undefined, { ref: false }).then(() => {
      throw new Error(`no answer to ${what}`);
    });
    return Promise.race([answer, late]);
  }

  async contact(active: boolean): Promise<void> {
    await this.#say("input/1", { active, fault: null, changes: ++this.#changes }, true);
  }

  async end(): Promise<void> {
    await this.#client.endAsync(true);
  }

  #say(topic: string, body: object, retain = false): Promise<unknown> {
    const stamped = { boot: "b1", up_ms: Math.round(performance.now()), ...body };
    return this.#client.publishAsync(`${this.#up}/${topic}`, JSON.stringify(stamped), { qos: 1, retain });
  }
}
