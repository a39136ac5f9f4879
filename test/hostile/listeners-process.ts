/** One listener a role, and one that is nobody: each hears what it may, tries for all the rest, and counts what it should not have heard. */
import { connect as connectTcp } from "node:net";
import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { connectPacket, subscribePacket } from "../broker/packets.js";
import { pause } from "../faults/rounds.js";
import { type Credentials, listenerRoles } from "./building.js";
import { filtersOf, greedyFilters, mayHear } from "./contract-reads.js";
import { serveHelper } from "./helper.js";

export type ListenersTold =
  | { readonly do: "listen"; readonly url: string; readonly accounts: readonly Credentials[] }
  | { readonly do: "tell" }
  | { readonly do: "stop" };

export interface Overheard {
  /** Messages that the access list does not allow, `role topic`. */
  readonly leaks: readonly string[];
  /** Messages of each listener in all. */
  readonly heard: Readonly<Record<string, number>>;
  /** Filters that were tried. */
  readonly tried: number;
  /** Random per start of the gateway, as its status says. */
  readonly boot: string | undefined;
  /** Connections of the steady listeners that were lost. */
  readonly losses: number;
}

const roles = [...listenerRoles, "device"] as const;
const listensMs = 120;
/** Between two tries of one role. */
const restsMs = 150;

const leaks: string[] = [];
const heard: Record<string, number> = {};
const steady: MqttClient[] = [];
let tried = 0;
let boot: string | undefined;
let losses = 0;
let listening = false;

async function connection(url: string, { id, key }: Credentials, options: IClientOptions = {}) {
  const client = await connectAsync(url, {
    clientId: id,
    username: id,
    password: key,
    reconnectPeriod: 0,
    connectTimeout: 5_000,
    ...options,
  });
  client.on("error", () => {});
  client.stream.on("error", () => {});
  return client;
}

function judge(role: string, account: string, topic: string): void {
  const name = account.startsWith("ears") ? account : "probes";
  heard[name] = (heard[name] ?? 0) + 1;
  if (!mayHear(role, account, topic) && leaks.length < 1_000) leaks.push(`${role} ${topic}`);
}

async function listen(url: string, accounts: readonly Credentials[]): Promise<void> {
  listening = true;
  const account = (id: string): Credentials => accounts.find((one) => one.id === id) ?? { id, key: "" };
  for (const role of roles) {
    const ears = account(`ears-${role}`);
    const client = await connection(url, ears);
    steady.push(client);
    client.on("close", () => {
      if (listening) losses++;
    });
    client.on("message", (topic, payload) => {
      judge(role, ears.id, topic);
      if (role === "central" && topic.endsWith("/status")) boot = JSON.parse(payload.toString()).boot;
    });
    await client.subscribeAsync(filtersOf(role, ears.id), { qos: 1 });
    void probe(url, role, account(`probe-${role}`));
  }
  void probeAsNobody(url, account("probe-central"));
}

/**
 * Tries one filter after the other: alone, or after one that is allowed, in a session that is to persist; then comes back to it and
 * listens for what might have stayed.
 */
async function probe(url: string, role: string, who: Credentials): Promise<void> {
  for (let round = 0; listening; round++) {
    for (const [i, filter] of greedyFilters.entries()) {
      if (!listening) return;
      const qos = ((i + round) % 3) as 0 | 1 | 2;
      const clean = (i + round) % 2 === 0;
      const both = clean
        ? [filter]
        : [filtersOf(role, who.id)[1] ?? filtersOf(role, who.id)[0] ?? "", filter];
      for (const filters of clean ? [both] : [both, []]) {
        try {
          const client = await connection(url, who, { clean });
          client.on("message", (topic) => judge(role, who.id, topic));
          tried += filters.length > 0 ? 1 : 0;
          if (filters.length > 0) client.subscribe([...filters], { qos }, () => {});
          await pause(listensMs);
          await client.endAsync(true);
        } catch {
          // Turned away, or a moment too early: the next try comes.
        }
      }
      await pause(restsMs);
    }
  }
}

/** Without an account, and with one but a wrong key: everything is sent at once, and nothing but a refusal may come. */
async function probeAsNobody(url: string, known: Credentials): Promise<void> {
  const { port, hostname } = new URL(url);
  for (let i = 0; listening; i++) {
    const id = i % 2 === 0 ? "nobody" : known.id;
    const socket = connectTcp({ port: Number(port), host: hostname, localAddress: "127.0.0.77" });
    socket.on("error", () => {});
    socket.on("data", (bytes: Buffer) => {
      // CONNACK is 0x20; a PUBLISH is 0x3n, a SUBACK 0x90.
      if (bytes[0] !== 0x20 || bytes.length > 4) leaks.push(`nobody ${bytes.toString("hex").slice(0, 40)}`);
    });
    const filters = greedyFilters.slice(i % 30, (i % 30) + 6);
    socket.write(Buffer.concat([connectPacket(id, { key: "0".repeat(64) }), subscribePacket(filters, 1)]));
    tried += filters.length;
    await pause(400);
    socket.destroy();
  }
}

serveHelper<ListenersTold>(async (told) => {
  switch (told.do) {
    case "listen":
      await listen(told.url, told.accounts);
      return undefined;
    case "tell":
      return { leaks: [...leaks], heard: { ...heard }, tried, boot, losses } satisfies Overheard;
    case "stop":
      listening = false;
      await Promise.all(steady.map((client) => client.endAsync(true)));
      return undefined;
  }
});
