import { randomBytes } from "node:crypto";
import { Socket } from "node:net";
import { connectAsync, type MqttClient } from "mqtt";

export interface DownCommand {
  readonly id: string;
  readonly op: "unlock" | "hold" | "lock" | "release" | "output";
  readonly [field: string]: unknown;
}

/** How a test device answers a command: not at all, refusing, or (undefined) by doing it. */
export type Behaviour = "silent" | "unwilling" | undefined;

/**
 * A device that follows the MQTT contract, for tests: a real client over a real socket. What it was told is kept in
 * `commands`, what it carried out in `done`.
 */
export class MqttDevice {
  readonly id: string;
  readonly commands: DownCommand[] = [];
  readonly done: DownCommand[] = [];
  readonly results: { re: string; reader: number; outcome: string }[] = [];
  readonly errors: { topic: string; error: string }[] = [];
  behaviour: Behaviour;
  boot = randomBytes(6).toString("hex");
  readonly #url: string;
  readonly #root: string;
  /** It has been up for a minute. */
  #bootedAt = performance.now() - 60_000;
  readonly #inputs = new Map<number, { active: boolean; fault: string | null; changes: number }>([
    [1, { active: false, fault: null, changes: 0 }],
    [2, { active: false, fault: null, changes: 0 }],
  ]);
  #client: MqttClient | undefined;

  constructor(id: string, url: string, root = "gw/v1") {
    this.id = id;
    this.#url = url;
    this.#root = root;
  }

  get client(): MqttClient {
    if (!this.#client) throw new Error(`${this.id} is not connected`);
    return this.#client;
  }

  /** Connects and tells everything, as on each connect. */
  async appear(): Promise<void> {
    const client = await connectAsync(this.#url, {
      clientId: this.id,
      username: this.id,
      password: `${this.id}-key`,
      reconnectPeriod: 0,
      connectTimeout: 3_000,
      will: {
        topic: this.#topic("up/state"),
        payload: Buffer.from(`{"state":"lost"}`),
        qos: 1,
        retain: true,
      },
    });
    this.#client = client;
    client.on("error", () => {});
    if (client.stream instanceof Socket) client.stream.setNoDelay(true);
    client.on("message", (topic, payload) => this.#hear(topic.slice(this.#topic("down/").length), payload));
    await client.subscribeAsync(this.#topic("down/#"), { qos: 1 });
    await this.introduce();
  }

  async introduce(): Promise<void> {
    const points = { reader: [1, 2], lock: [1], input: [1, 2], output: [1] };
    await this.say("hello", { proto: 1, model: "Test 2R", fw: "1.2.0", points }, { retain: true });
    await this.say("state", { state: "ready" }, { retain: true });
    for (const n of this.#inputs.keys()) await this.#tellInput(n);
    await this.say("lock/1", { locked: true, bolt: "out" }, { retain: true });
  }

  /** As after a power cut: counters and uptime start again. */
  restart(): void {
    this.boot = randomBytes(6).toString("hex");
    this.#bootedAt = performance.now();
    for (const input of this.#inputs.values()) input.changes = 0;
  }

  /** As by a cut cable. */
  async vanish(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (!client) return;
    client.stream.destroy();
    await client.endAsync(true);
  }

  stamp(): { boot: string; up_ms: number } {
    return { boot: this.boot, up_ms: Math.round(performance.now() - this.#bootedAt) };
  }

  async say(topic: string, body: object, { retain = false, qos = 1 as 0 | 1 } = {}): Promise<void> {
    await this.raw(topic, JSON.stringify({ ...this.stamp(), ...body }), { retain, qos });
  }

  async raw(
    topic: string,
    payload: string | Buffer,
    { retain = false, qos = 1 as 0 | 1 } = {},
  ): Promise<void> {
    await this.client.publishAsync(this.#topic(`up/${topic}`), payload, { retain, qos });
  }

  async setInput(n: number, active: boolean, fault: string | null = null, tell = true): Promise<void> {
    const input = this.#inputs.get(n);
    if (!input) throw new Error(`${this.id} has no input ${n}`);
    this.#inputs.set(n, { active, fault, changes: input.changes + 1 });
    if (tell) await this.#tellInput(n);
  }

  async #tellInput(n: number): Promise<void> {
    await this.say(`input/${n}`, this.#inputs.get(n) ?? {}, { retain: true });
  }

  #topic(rest: string): string {
    return `${this.#root}/device/${this.id}/${rest}`;
  }

  #hear(topic: string, payload: Buffer): void {
    const body = JSON.parse(payload.toString());
    if (topic === "result") this.results.push(body);
    else if (topic === "error") this.errors.push(body);
    else if (topic === "cmd") this.#obey(body);
  }

  #obey(command: DownCommand): void {
    this.commands.push(command);
    if (this.behaviour === "silent") return;
    if (this.behaviour === "unwilling") {
      this.#acknowledge({ re: command.id, ok: false, error: "the bolt is stuck" });
      return;
    }
    // An id is done once; a hold comes again under its own id to be renewed.
    if (command.op === "hold" || !this.done.some(({ id }) => id === command.id)) this.done.push(command);
    this.#acknowledge({ re: command.id, ok: true });
  }

  #acknowledge(ack: object): void {
    // A test that cuts the cable meanwhile loses it, as a device would.
    this.say("ack", ack).catch(() => {});
  }
}
