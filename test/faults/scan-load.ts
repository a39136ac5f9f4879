import { randomBytes, randomUUID } from "node:crypto";
import { connectAsync, type MqttClient } from "mqtt";

/** A reader and its lock as one device, which scans again and again and keeps every result that it was given. */
export class ScanningDevice {
  readonly id: string;
  readonly key: string;
  readonly #boot = randomBytes(6).toString("hex");
  readonly #bornAt = performance.now() - 60_000;
  readonly #cards: readonly string[];
  /** Results in hand, by scan id: what must be in the log whatever happens. */
  readonly results = new Map<string, string>();
  readonly late = new Set<string>();
  /** What the reader was told last. */
  newest: string | undefined;
  readonly sentAt = new Map<string, number>();
  readonly latenciesMs: number[] = [];
  /** Unlock commands, by the scan they are for: how long after the scan they came, in milliseconds. */
  readonly unlocks = new Map<string, number>();
  /** How often its connection was lost. */
  losses = 0;
  #client: MqttClient | undefined;
  #next = 0;

  constructor(id: string, key: string, cards: readonly string[]) {
    this.id = id;
    this.key = key;
    this.#cards = cards;
  }

  async connect(url: string): Promise<void> {
    const topic = (path: string) => `gw/v1/device/${this.id}/${path}`;
    const client = await connectAsync(url, {
      clientId: this.id,
      username: this.id,
      password: this.key,
      reconnectPeriod: 0,
      connectTimeout: 5_000,
      will: { topic: topic("up/state"), payload: Buffer.from('{"state":"lost"}'), qos: 1, retain: true },
    });
    this.#client = client;
    // A gateway that is killed takes the connection with it; the test expects nothing else.
    client.on("error", () => {});
    client.stream.on("error", () => {});
    client.on("close", () => {
      if (this.#client === client) this.losses++;
    });
    const stream = client.stream as unknown as { setNoDelay?: (on: boolean) => void };
    stream.setNoDelay?.(true);
    client.on("message", (name, payload) => this.#hear(name, payload));
    await client.subscribeAsync(topic("down/#"), { qos: 1 });
    const retained = { qos: 1, retain: true } as const;
    const points = { reader: [1], lock: [1], input: [1] };
    await this.#up("hello", { proto: 1, model: "test", fw: "1.0.0", points }, retained);
    await this.#up("state", { state: "ready" }, retained);
    await this.#up("input/1", { active: false, fault: null, changes: 0 }, retained);
    await this.#up("lock/1", { locked: true, bolt: null }, retained);
  }

  /** One card more; nobody waits for its result here. Its time runs from when it was due. False: there is no connection. */
  scan(dueAt = performance.now()): boolean {
    const client = this.#client;
    if (!client?.connected) return false;
    const id = randomUUID();
    const uid = this.#cards[this.#next++ % this.#cards.length];
    this.sentAt.set(id, dueAt);
    this.#up("scan", { id, reader: 1, uid }, { qos: 1 }).catch(() => {});
    return true;
  }

  get connected(): boolean {
    return this.#client?.connected === true;
  }

  async disconnect(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.endAsync(true).catch(() => {});
  }

  #up(path: string, body: object, options: { qos: 1; retain?: boolean }): Promise<unknown> {
    if (!this.#client) return Promise.resolve();
    const upMs = Math.round(performance.now() - this.#bornAt);
    const payload = JSON.stringify({ boot: this.#boot, up_ms: upMs, ...body });
    return this.#client.publishAsync(`gw/v1/device/${this.id}/up/${path}`, payload, options);
  }

  #hear(topic: string, payload: Buffer): void {
    const body = JSON.parse(payload.toString()) as Record<string, string>;
    if (topic.endsWith("/down/result")) {
      const scan = String(body.re);
      // Marked late: given before it was on disk, and no promise that it outlives a crash.
      if (body.late) this.late.add(scan);
      else this.results.set(scan, String(body.outcome));
      this.newest = String(body.outcome);
      const sentAt = this.sentAt.get(scan);
      if (sentAt !== undefined) this.latenciesMs.push(performance.now() - sentAt);
    } else if (topic.endsWith("/down/cmd")) {
      const sentAt = this.sentAt.get(String(body.for));
      if (sentAt !== undefined) this.unlocks.set(String(body.for), performance.now() - sentAt);
      this.#up("ack", { re: body.id, ok: true }, { qos: 1 }).catch(() => {});
    }
  }
}

/** Scans at a steady rate over all devices until `stop`. */
export class ScanLoad {
  readonly devices: readonly ScanningDevice[];
  #timer: NodeJS.Timeout | undefined;

  constructor(devices: readonly ScanningDevice[]) {
    this.devices = devices;
  }

  start(perSecond: number): void {
    const everyMs = 10;
    const startedAt = performance.now();
    let sent = 0;
    this.#timer = setInterval(() => {
      const due = ((performance.now() - startedAt) / 1000) * perSecond;
      for (; sent < due; sent++) this.devices[sent % this.devices.length]?.scan();
    }, everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async disconnect(): Promise<void> {
    this.stop();
    await Promise.all(this.devices.map((device) => device.disconnect()));
  }

  /** Answers of any kind so far. */
  get heard(): number {
    return this.devices.reduce((sum, device) => sum + device.latenciesMs.length, 0);
  }

  /** Every scan whose result somebody holds, and what it says. */
  results(): Map<string, string> {
    return new Map(this.devices.flatMap((device) => [...device.results]));
  }
}
