/** The devices of a building as the MQTT contract has them (a reader and its lock in one), and one who listens to the site. */
import { randomBytes } from "node:crypto";
import { WireClient } from "./wire.js";

/** Who may connect, and what is presented at which reader. */
export interface Credentials {
  /** First levels of every topic; absent: `gw/v1`. */
  readonly root?: string;
  readonly site: string;
  /** Each has reader 1, lock 1 and, as the contact of its door, input 1. `uids`: cards that its door lets in. */
  readonly devices: readonly {
    readonly id: string;
    readonly key: string;
    readonly uids: readonly string[];
  }[];
  /** Absent: nobody listens to the site. */
  readonly subscriber?: { readonly id: string; readonly key: string };
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What the building answers, as it comes in. */
export interface Hearing {
  /** The lock is told to open for this scan. */
  unlock(scan: string): void;
  result(scan: string, outcome: string, late: boolean): void;
  /** The subscriber was told of this scan. */
  event(scan: string): void;
}

/** Connections at once; a broker may let only so many strangers wait. */
const connectingAtOnce = 8;

export class Fleet {
  hearing: Hearing | undefined;
  /** Connections that ended while they were needed. */
  gone: string[] = [];
  /** Messages on topics of the site's levels. */
  levels = 0;
  readonly #root: string;
  readonly #devices: Device[] = [];
  #subscriber: WireClient | undefined;

  private constructor(root: string) {
    this.#root = root;
  }

  /** Connects `doors` of the devices, and the subscriber. Rejects if one is refused. */
  static async connect(address: Address, credentials: Credentials, doors: number): Promise<Fleet> {
    const { root = "gw/v1", site, devices, subscriber } = credentials;
    if (devices.length < doors)
      throw new Error(`${doors} doors wanted, ${devices.length} devices in the credentials`);
    const fleet = new Fleet(root);
    try {
      if (subscriber) await fleet.#listen(address, subscriber, site);
      for (let from = 0; from < doors; from += connectingAtOnce) {
        const some = devices.slice(from, Math.min(doors, from + connectingAtOnce));
        fleet.#devices.push(...(await Promise.all(some.map((each) => fleet.#device(address, each)))));
      }
    } catch (error) {
      fleet.disconnect();
      throw error;
    }
    return fleet;
  }

  get doors(): number {
    return this.#devices.length;
  }

  get listens(): boolean {
    return this.#subscriber !== undefined;
  }

  /** A card at the reader of door `n`; `readAt` on the clock of this process. */
  scan(n: number, id: string, readAt: number): void {
    this.#devices[n % this.#devices.length]?.scan(id, readAt);
  }

  disconnect(): void {
    this.#subscriber?.end();
    for (const device of this.#devices) device.client.end();
  }

  async #device(address: Address, { id, key, uids }: Credentials["devices"][number]): Promise<Device> {
    const topic = `${this.#root}/device/${id}`;
    const will = { topic: `${topic}/up/state`, payload: '{"state":"lost"}' };
    const client = await WireClient.connect({ ...address, id, key, will });
    client.onGone = () => this.gone.push(id);
    const device = new Device(client, topic, uids, () => this.hearing);
    await device.introduce();
    return device;
  }

  async #listen(address: Address, { id, key }: { id: string; key: string }, site: string): Promise<void> {
    const client = await WireClient.connect({ ...address, id, key });
    client.onGone = () => this.gone.push(id);
    const events = `${this.#root}/site/${site}/event/`;
    client.onMessage = (topic, payload) => {
      if (!topic.startsWith(events)) this.levels++;
      else if (topic.endsWith("/access/granted") || topic.endsWith("/access/denied")) {
        const scan = quoted(payload, scanKey);
        if (scan !== undefined) this.hearing?.event(scan);
      }
    };
    await client.subscribe(`${this.#root}/site/${site}/#`, 1);
    this.#subscriber = client;
  }
}

const scanKey = Buffer.from('"scan":"');

/** The text after a key, without making an object of all the rest. */
function quoted(payload: Buffer, key: Buffer): string | undefined {
  const at = payload.indexOf(key);
  if (at < 0) return undefined;
  const from = at + key.length;
  return payload.toString("latin1", from, payload.indexOf(0x22, from));
}

class Device {
  readonly client: WireClient;
  readonly #topic: string;
  readonly #uids: readonly string[];
  readonly #hearing: () => Hearing | undefined;
  readonly #boot = randomBytes(6).toString("hex");
  readonly #bornAt = performance.now() - 60_000;
  readonly #up: { readonly scan: string; readonly ack: string };
  #next = 0;

  constructor(
    client: WireClient,
    topic: string,
    uids: readonly string[],
    hearing: () => Hearing | undefined,
  ) {
    this.client = client;
    this.#topic = topic;
    this.#uids = uids;
    this.#hearing = hearing;
    this.#up = { scan: `${topic}/up/scan`, ack: `${topic}/up/ack` };
    client.onMessage = (name, payload) => this.#hear(name, payload);
  }

  /** What a device says on each connect. */
  async introduce(): Promise<void> {
    await this.client.subscribe(`${this.#topic}/down/#`, 1);
    const level = (path: string, body: object): void =>
      this.client.publish(
        `${this.#topic}/up/${path}`,
        JSON.stringify({ ...this.#stamp(performance.now()), ...body }),
        1,
        true,
      );
    level("hello", { proto: 1, model: "bench", fw: "1.0.0", points: { reader: [1], lock: [1], input: [1] } });
    level("state", { state: "ready" });
    level("input/1", { active: false, fault: null, changes: 0 });
    level("lock/1", { locked: true, bolt: null });
  }

  scan(id: string, readAt: number): void {
    const uid = this.#uids[this.#next++ % this.#uids.length];
    this.client.publish(this.#up.scan, JSON.stringify({ ...this.#stamp(readAt), id, reader: 1, uid }));
  }

  #hear(topic: string, payload: Buffer): void {
    if (topic.endsWith("/down/cmd")) {
      const { id, op, for: scan } = JSON.parse(payload.toString()) as Record<string, string>;
      if (op === "unlock" && scan !== undefined) this.#hearing()?.unlock(scan);
      const body = JSON.stringify({ ...this.#stamp(performance.now()), re: id, ok: true });
      this.client.publish(this.#up.ack, body);
    } else if (topic.endsWith("/down/result")) {
      const { re, outcome, late } = JSON.parse(payload.toString()) as Record<string, unknown>;
      this.#hearing()?.result(String(re), String(outcome), late === true);
    }
  }

  #stamp(at: number): { readonly boot: string; readonly up_ms: number } {
    return { boot: this.#boot, up_ms: Math.round(at - this.#bornAt) };
  }
}
