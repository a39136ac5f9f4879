import { randomBytes } from "node:crypto";
import { connectAsync, type MqttClient } from "mqtt";

/** A box with a reader, a lock, inputs and an output, as a client of the contract; it hears every order. */
export class AlarmBox {
  readonly key: string;
  readonly orders: { op: string; lock?: number; on?: boolean; ms?: number; at: number }[] = [];
  readonly #boot = randomBytes(6).toString("hex");
  readonly #bornAt = performance.now() - 60_000;
  readonly #levels: Map<number, { active: boolean; changes: number }>;
  readonly #locks: readonly number[];
  #client: MqttClient | undefined;

  constructor(key: string, inputs: readonly number[] = [1, 2, 3, 4], locks: readonly number[] = [1]) {
    this.key = key;
    this.#levels = new Map(inputs.map((n) => [n, { active: false, changes: 0 }]));
    this.#locks = locks;
  }

  async connect(url: string): Promise<void> {
    const client = await connectAsync(url, {
      clientId: "io",
      username: "io",
      password: this.key,
      reconnectPeriod: 0,
      will: {
        topic: "gw/v1/device/io/up/state",
        payload: Buffer.from('{"state":"lost"}'),
        qos: 1,
        retain: true,
      },
    });
    this.#client = client;
    client.on("error", () => {});
    client.stream.on("error", () => {});
    client.on("message", (_topic, payload) => {
      const order = JSON.parse(payload.toString());
      if (order.op === undefined) return;
      this.orders.push({ ...order, at: Date.now() });
      void this.#up("ack", { re: order.id, ok: true }, false).catch(() => {});
    });
    await client.subscribeAsync("gw/v1/device/io/down/#", { qos: 1 });
    const points = { reader: [1], lock: this.#locks, input: [...this.#levels.keys()], output: [1] };
    await this.#up("hello", { proto: 1, model: "test", fw: "1", points }, true);
    await this.#up("state", { state: "ready" }, true);
    for (const [n, level] of this.#levels) await this.#up(`input/${n}`, { ...level, fault: null }, true);
    for (const n of this.#locks) await this.#up(`lock/${n}`, { locked: true, bolt: null }, true);
  }

  async input(n: number, active: boolean): Promise<void> {
    const changes = (this.#levels.get(n)?.changes ?? 0) + 1;
    this.#levels.set(n, { active, changes });
    await this.#up(`input/${n}`, { active, changes, fault: null }, true);
  }

  async close(): Promise<void> {
    await this.#client?.endAsync(true).catch(() => {});
  }

  async #up(path: string, body: object, retain: boolean): Promise<void> {
    const up_ms = Math.round(performance.now() - this.#bornAt);
    const payload = JSON.stringify({ boot: this.#boot, up_ms, ...body });
    await this.#client?.publishAsync(`gw/v1/device/io/up/${path}`, payload, { qos: 1, retain });
  }
}
