import { connect as connectTcp, type Socket } from "node:net";
import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { afterEach } from "vitest";
import { type Broker, type BrokerOptions, startBroker } from "../../gateway/broker/broker.js";
import type { EventBody } from "../../gateway/core/events.js";
import type { Account, Accounts, Role } from "../../gateway/ports.js";

export const root = "gw/v1";
export const site = "hq";

/** Accounts in memory whose secret is their id and `-key`. */
export class TestAccounts implements Accounts {
  readonly #accounts = new Map<string, Account>();
  readonly #listeners = new Set<(account: Account) => void>();

  put(account: Account): Account {
    this.#accounts.set(account.id, account);
    for (const listener of this.#listeners) listener(account);
    return account;
  }

  device(id: string): Account {
    return this.put({ id, kind: "device", role: "device", discreet: false, disabled: false });
  }

  client(id: string, role: Role, discreet = false): Account {
    return this.put({ id, kind: "client", role, discreet, disabled: false });
  }

  get(id: string): Account | undefined {
    return this.#accounts.get(id);
  }

  async authenticate(id: string, secret: string): Promise<Account | undefined> {
    const account = this.#accounts.get(id);
    return secret === `${id}-key` ? account : undefined;
  }

  onChange(listener: (account: Account) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export interface BrokerRig {
  readonly broker: Broker;
  readonly accounts: TestAccounts;
  readonly notes: EventBody[];
  readonly port: number;
  readonly faults: string[];
  /** Connects with the account's own secret; closed after the test. */
  client(id: string, options?: IClientOptions): Promise<MqttClient>;
  /** A bare TCP connection; closed after the test. */
  socket(port?: number): Promise<Socket>;
  atEnd(end: () => unknown): void;
}

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

export function atEnd(end: () => unknown): void {
  ends.push(end);
}

export async function brokerRig(options: Partial<BrokerOptions> = {}): Promise<BrokerRig> {
  const accounts = new TestAccounts();
  const notes: EventBody[] = [];
  const faults: string[] = [];
  const broker = await startBroker({
    root,
    site,
    accounts,
    listeners: [{ host: "127.0.0.1", port: 0 }],
    onRequest: async (_client, payload) =>
      JSON.stringify({ id: JSON.parse(payload.toString()).id, status: "ok" }),
    onNote: (event) => notes.push(event),
    log: {
      debug() {},
      warn() {},
      error: (context, message) => faults.push(`${message} ${JSON.stringify(context)}`),
    },
    ...options,
  });
  ends.push(() => broker.stop());
  const port = broker.addresses[0]?.port ?? 0;
  return {
    broker,
    accounts,
    notes,
    port,
    faults,
    atEnd,
    async client(id, clientOptions = {}) {
      const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
        clientId: id,
        username: id,
        password: `${id}-key`,
        reconnectPeriod: 0,
        connectTimeout: 3_000,
        ...clientOptions,
      });
      client.on("error", () => {});
      ends.push(() => client.endAsync(true));
      // CONNACK is out a moment before the broker counts the session.
      if (accounts.get(id)?.kind === "device")
        await until(() => broker.bus.isOnline(id) || broker.foreign.isOnline(id));
      return client;
    },
    async socket(at = port) {
      const socket = connectTcp(at, "127.0.0.1");
      socket.on("error", () => {});
      ends.push(() => socket.destroy());
      await new Promise<void>((resolve, reject) => {
        socket.once("connect", resolve);
        socket.once("error", reject);
      });
      return socket;
    },
  };
}

/** Waits until something is so; fails after `withinMs`. */
export async function until(what: () => unknown, withinMs = 2_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!what()) {
    if (performance.now() > deadline) throw new Error(`still not so after ${withinMs} ms: ${what}`);
    await pause(5);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Resolves with how long it took until the other side closed. */
export function closed(stream: { once(event: "close", listener: () => void): unknown }): Promise<number> {
  const from = performance.now();
  return new Promise((resolve) => stream.once("close", () => resolve(performance.now() - from)));
}

/** `topic payload` of everything a client hears. */
export function heard(client: MqttClient): string[] {
  const all: string[] = [];
  client.on("message", (topic, payload) => all.push(`${topic} ${payload.toString()}`));
  return all;
}
