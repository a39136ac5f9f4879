/**
 * The embedded MQTT broker: aedes behind an intake that bounds what comes in, an access list that decides who says and hears
 * what, and an outbox that keeps what goes out in order. Devices hear by `client.publish` only, everyone else by
 * `broker.publish` only, since a client drops what is numbered below the last message it saw.
 */
import type { Socket } from "node:net";
import { Aedes, type Client, type PublishPacket } from "aedes";
import type { DeviceBus } from "../../drivers/driver.js";
import type { EventBody } from "../core/events.js";
import type { SiteId } from "../core/site.js";
import type { Account, Accounts } from "../ports.js";
import { type AccessList, accessList } from "./access-list.js";
import { CleanSessions } from "./clean-sessions.js";
import { ClientRequests, refusal } from "./client-requests.js";
import { type DeviceLine, EmbeddedDeviceBus } from "./device-bus.js";
import { Gate } from "./gate.js";
import { type Claim, Identity } from "./identity.js";
import { Intake } from "./intake.js";
import { type BrokerLimits, defaultLimits } from "./limits.js";
import { type ListenerOptions, Listeners, type ListeningAt } from "./listeners.js";
import { Exchange } from "./mq.js";
import { Notes } from "./notes.js";
import { Outbox } from "./outbox.js";
import type { Breach } from "./packet-gauge.js";

export interface BrokerLog {
  debug(context: object, message: string): void;
  warn(context: object, message: string): void;
  error(context: object, message: string): void;
}

export interface BrokerOptions {
  /** First levels of every topic, `gw/v1`. */
  readonly root: string;
  /** Asked for each message, where a gateway runs before it has a site: undefined, and nothing is published. */
  readonly site: SiteId | (() => SiteId | undefined);
  readonly accounts: Accounts;
  /** Absent: port 1883 of 127.0.0.1. Anything but loopback is open to the network, so it is listened on only if named here. */
  readonly listeners?: readonly ListenerOptions[];
  readonly limits?: Partial<BrokerLimits>;
  readonly log?: BrokerLog;
  /** Works a request of a client and gives the JSON answer. */
  onRequest(client: Account, payload: Buffer): Promise<string>;
  /** Something for the log of the building: sign-ins that failed, what a client may not do, devices that were dropped. */
  onNote(event: EventBody): void;
}

export interface BrokerStats {
  /** Sockets, those of clients that are not known yet included. */
  readonly connections: number;
  readonly unauthenticated: number;
  readonly sessions: number;
  /** Closed for lack of a place, or of a CONNECT in time. */
  readonly refusedConnections: number;
  /** Cut by the broker: too large, not reading, not allowed. */
  readonly dropped: number;
  readonly retained: number;
}

export interface Broker {
  readonly bus: DeviceBus;
  readonly addresses: readonly ListeningAt[];
  /** Publishes `{root}/site/{site}/{path}`; in the order of the calls. Resolves when every subscriber's connection has it. */
  publishSite(
    path: string,
    payload: string,
    how: { readonly retain: boolean; readonly qos: 0 | 1 },
  ): Promise<void>;
  /** Ends the session of an account. */
  drop(account: string): void;
  stats(): BrokerStats;
  stop(): Promise<void>;
}

/** Starts listening. Rejects if an address cannot be had. */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const broker = new EmbeddedBroker(options);
  await broker.start();
  return broker;
}

interface Connection {
  readonly raw: Socket;
  readonly intake: Intake;
  readonly client: Client;
  readonly filters: Set<string>;
  claim?: Claim;
  account?: Account;
  line?: DeviceLine;
  dropped: boolean;
}

const loopback: readonly ListenerOptions[] = [{ host: "127.0.0.1", port: 1883 }];
/** How long a stop waits for what was just published to reach the sockets. */
const farewellMs = 500;
/** Messages of QoS 2 that one client may have half way in; the contract has none. */
const halfWayIn = 16;

const breachText: Readonly<Record<Breach, string>> = {
  "not-connect": "the first packet is not CONNECT",
  "too-large": "the packet is too large",
  "bad-length": "the length of the packet cannot be read",
  "bad-type": "a packet of a kind that clients do not send",
};

class EmbeddedBroker implements Broker {
  addresses: readonly ListeningAt[] = [];
  readonly bus: EmbeddedDeviceBus;
  readonly #options: BrokerOptions;
  readonly #limits: BrokerLimits;
  readonly #access: AccessList;
  readonly #notes: Notes;
  readonly #identity: Identity;
  readonly #gate: Gate;
  readonly #listeners: Listeners;
  readonly #requests: ClientRequests;
  readonly #outbox: Outbox<PublishPacket>;
  readonly #persistence = new CleanSessions();
  readonly #connections = new Map<Client, Connection>();
  readonly #sessions = new Map<string, Connection>();
  #aedes: Aedes | undefined;
  #forgetAccounts: (() => void) | undefined;
  #dropped = 0;
  #stopping = false;

  constructor(options: BrokerOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#access = accessList(options.root);
    this.#notes = new Notes((event) => options.onNote(event));
    this.#identity = new Identity(options.accounts, this.#access, this.#notes);
    this.#gate = new Gate(this.#limits);
    const onFault = (error: unknown): void =>
      options.log?.error({ err: error }, "a listener of the broker failed");
    this.bus = new EmbeddedDeviceBus(onFault);
    this.#requests = new ClientRequests(
      this.#limits.requestsAtOnce,
      (client, payload) => options.onRequest(client, payload),
      onFault,
    );
    this.#outbox = new Outbox((packet, done) => {
      if (this.#aedes && !this.#aedes.closed) this.#aedes.publish(packet, () => done());
      else done();
    });
    this.#listeners = new Listeners(options.listeners ?? loopback, {
      onArrival: ({ raw, address, admit }) => this.#gate.arrive(raw, address, admit),
      onStream: (stream, raw, address) => this.#meet(stream, raw, address),
    });
  }

  async start(): Promise<void> {
    const aedes = await Aedes.createBroker({
      mq: new Exchange(),
      persistence: this.#persistence,
      connectTimeout: this.#limits.connectWithinMs,
      maxInflightInbound: halfWayIn,
      maxTopicLevels: 32,
      preConnect: (client, packet, done) => {
        // Nothing outlives a connection, whatever the client asked for.
        packet.clean = true;
        const { keepAliveS } = this.#limits;
        if (!packet.keepalive || packet.keepalive > keepAliveS) packet.keepalive = keepAliveS;
        const connection = this.#connections.get(client);
        if (connection) {
          connection.claim = {
            clientId: packet.clientId,
            username: packet.username,
            password: packet.password as Buffer | undefined,
            will: packet.will && {
              topic: packet.will.topic,
              payload: Buffer.from(packet.will.payload),
            },
            address: connection.intake.address,
          };
        }
        done(null, true);
      },
      authenticate: (client, _username, _password, done) => {
        this.#authenticate(client).then(
          (refused) => done(refused ?? null, refused === undefined),
          (error: unknown) => {
            this.#options.log?.error({ err: error }, "an account could not be checked");
            done(Object.assign(new Error("the account could not be checked"), { returnCode: 3 }), false);
          },
        );
      },
      authorizePublish: (client, packet, done) => this.#authorizePublish(client, packet, done),
      authorizeSubscribe: (client, subscription, done) => {
        const reason = this.#refuseFilter(client, subscription.topic);
        if (reason === undefined) done(null, subscription);
        // An error, not a refused filter among granted ones: it closes the connection, and nothing of it stays.
        else this.#turnAway(client, `subscribe to ${subscription.topic.slice(0, 200)}`, reason, done);
      },
      authorizeForward: (client, packet) => (this.#mayHear(client, packet.topic) ? packet : null),
    });
    this.#aedes = aedes;
    aedes.on("clientReady", (client) => this.#ready(client));
    aedes.on("clientDisconnect", (client) => this.#gone(client));
    const onBroken = (client: Client, error: Error): void =>
      this.#options.log?.debug({ client: client.id, err: error }, "a client's connection broke");
    aedes.on("clientError", onBroken);
    aedes.on("connectionError", onBroken);
    (aedes as NodeJS.EventEmitter).on("error", (error: unknown) =>
      this.#options.log?.error({ err: error }, "the broker reported an error"),
    );
    this.#forgetAccounts = this.#options.accounts.onChange((account) => {
      this.drop(account.id);
      if (!this.#options.accounts.get(account.id)) this.bus.forget(account.id);
    });
    try {
      this.addresses = await this.#listeners.start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  publishSite(path: string, payload: string, how: { retain: boolean; qos: 0 | 1 }): Promise<void> {
    const site = this.#site();
    if (site === undefined) return Promise.resolve();
    return this.#publish(`${this.#options.root}/site/${site}/${path}`, payload, how);
  }

  drop(account: string): void {
    // Also one that is only now being let in.
    for (const connection of this.#connections.values()) {
      if (connection.account?.id === account) this.#cut(connection, "its account was changed");
    }
  }

  stats(): BrokerStats {
    return {
      connections: this.#connections.size,
      unauthenticated: this.#gate.unauthenticated,
      sessions: this.#sessions.size,
      refusedConnections: this.#gate.refused,
      dropped: this.#dropped,
      retained: this.#persistence.retained.size,
    };
  }

  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#forgetAccounts?.();
    this.#listeners.refuseNewcomers();
    // What was published last goes out before the sockets close.
    const open = [...this.#connections.values()].map(
      ({ intake }) => new Promise<void>((resolve) => intake.once("close", resolve).end()),
    );
    let farewell: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      farewell = setTimeout(resolve, farewellMs);
    });
    await Promise.race([Promise.all(open), enough]);
    clearTimeout(farewell);
    for (const { intake } of this.#connections.values()) intake.destroy();
    await this.#listeners.stop();
    await new Promise<void>((resolve) => (this.#aedes ? this.#aedes.close(resolve) : resolve()));
  }

  // -------------------------------------------------------------------------------------------------------- coming in

  #meet(stream: Socket, raw: Socket, address: string): void {
    const aedes = this.#aedes;
    if (!aedes || this.#stopping) {
      raw.destroy();
      return;
    }
    const intake = new Intake(stream, this.#limits, {
      address,
      onGreeted: () => this.#gate.greeted(raw),
      onBreach: (breach) => this.#breached(client, breach),
    });
    const client = aedes.handle(intake);
    const connection: Connection = { raw, intake, client, filters: new Set(), dropped: false };
    this.#connections.set(client, connection);
    intake.once("close", () => {
      this.#connections.delete(client);
      this.#gate.leave(raw);
      raw.destroy();
    });
    intake.start();
  }

  /** Why it is refused, or undefined: it is who it says. */
  async #authenticate(client: Client): Promise<(Error & { returnCode: number }) | undefined> {
    const connection = this.#connections.get(client);
    if (!connection?.claim) return Object.assign(new Error("no CONNECT was seen"), { returnCode: 5 });
    const verdict = await this.#identity.check(connection.claim);
    delete connection.claim;
    if (!verdict.ok) return Object.assign(new Error(verdict.reason), { returnCode: verdict.returnCode });
    connection.account = verdict.account;
    this.#gate.leave(connection.raw);
    return undefined;
  }

  /** CONNACK is out: a session stands, and what the client sent meanwhile is read now. */
  #ready(client: Client): void {
    const connection = this.#connections.get(client);
    if (!connection?.account || this.#stopping) return;
    const { account } = connection;
    this.#sessions.set(account.id, connection);
    if (account.kind === "device") {
      connection.line = this.#lineTo(connection, account);
      this.bus.connected(account.id, connection.line);
    }
    connection.intake.open();
  }

  #gone(client: Client): void {
    const connection = this.#connections.get(client) ?? this.#sessions.get(client.id);
    if (connection?.client !== client || !connection.account) return;
    const { account, line } = connection;
    if (this.#sessions.get(account.id) === connection) this.#sessions.delete(account.id);
    if (line && !this.#stopping) this.bus.disconnected(account.id, line);
  }

  #lineTo(connection: Connection, { id }: Account): DeviceLine {
    return {
      send: (topic, payload, qos) => {
        if (connection.client.closed || !this.#keepsUp(connection)) return false;
        connection.client.publish(
          message(`${this.#options.root}/device/${id}/down/${topic}`, payload, { retain: false, qos }),
          nothing,
        );
        return true;
      },
      reset: () => {
        this.#dropped++;
        // A reset, not a close: what lies in the system's buffers is thrown away too.
        if (connection.raw.destroyed) connection.intake.destroy();
        else connection.raw.resetAndDestroy();
        connection.client.close();
      },
    };
  }

  // ------------------------------------------------------------------------------------------------- who may do what

  #authorizePublish(
    client: Client | null,
    packet: PublishPacket,
    done: (error?: Error | null) => void,
  ): void {
    // Wills that another process left behind; there is none, and nobody to answer for it.
    if (!client) {
      done(new Error("a will without a session"));
      return;
    }
    const connection = this.#connections.get(client) ?? this.#sessions.get(client.id);
    const account = connection?.account;
    if (connection?.client !== client || !account) {
      done(new Error("no session"));
      return;
    }
    const { topic, payload, retain } = packet;
    const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
    if (client.closed) {
      // The will, checked at CONNECT. It is kept and told here, and goes no further.
      if (!this.#stopping) this.bus.heard(account.id, "state", bytes, { retain, again: false });
      done(new Error("told"));
      return;
    }
    const current = this.#options.accounts.get(account.id) ?? account;
    if (!this.#access.mayPublish(current, topic, retain)) {
      const reason = retain && current.kind === "client" ? "no request is retained" : "not its topic";
      this.#turnAway(client, `publish to ${topic.slice(0, 200)}`, reason, done);
      return;
    }
    if (bytes.length > this.#limits.payloadBytes) {
      this.#turnAway(client, `publish to ${topic.slice(0, 200)}`, "more than 64 kB", done);
      return;
    }
    packet.retain = false;
    // In the order of the wire, before anything is awaited: an acknowledgement of the transport proves nothing anyway.
    if (current.kind === "device") {
      const up = `${this.#options.root}/device/${account.id}/up/`;
      this.bus.heard(account.id, topic.slice(up.length), bytes, { retain, again: packet.dup });
    } else void this.#request(current, topic, bytes);
    done();
  }

  async #request(client: Account, topic: string, payload: Buffer): Promise<void> {
    const site = this.#site();
    const ours = topic === `${this.#options.root}/client/${client.id}/site/${site}/req`;
    const answer = ours
      ? await this.#requests.answer(client, payload)
      : refusal(payload, "not-found", site === undefined ? "there is no site yet" : `only ${site} is here`);
    await this.#publish(topic.replace(/req$/, "res"), answer, { retain: false, qos: 1 });
  }

  #refuseFilter(client: Client, filter: string): string | undefined {
    const connection = this.#connections.get(client);
    const account = connection?.account && this.#options.accounts.get(connection.account.id);
    if (!connection || !account) return "no session";
    if (!this.#access.maySubscribe(account, filter)) return "not its topic";
    connection.filters.add(filter);
    return connection.filters.size > this.#limits.subscriptionsPerClient
      ? "too many subscriptions"
      : undefined;
  }

  #mayHear(client: Client, topic: string): boolean {
    const connection = this.#connections.get(client);
    const account = connection?.account && this.#options.accounts.get(connection.account.id);
    if (!connection || !account || !this.#keepsUp(connection)) return false;
    return this.#access.mayReceive(account, topic);
  }

  // ------------------------------------------------------------------------------------------------------- going out

  #site(): SiteId | undefined {
    const { site } = this.#options;
    return typeof site === "function" ? site() : site;
  }

  #publish(topic: string, payload: string, how: { retain: boolean; qos: 0 | 1 }): Promise<void> {
    return this.#outbox.put(message(topic, payload, how)).catch((error: unknown) => {
      this.#options.log?.error({ err: error, topic }, "a message was not published");
    });
  }

  /** false, and dropped: it has let too much lie, and would only hold memory. */
  #keepsUp(connection: Connection): boolean {
    if (connection.intake.writableLength <= this.#limits.unreadBytes) return true;
    this.#cut(connection, "it does not read what it is sent");
    return false;
  }

  #cut(connection: Connection, reason: string): void {
    if (connection.dropped) return;
    connection.dropped = true;
    this.#dropped++;
    const { account } = connection;
    this.#options.log?.warn(
      { client: account?.id, address: connection.intake.address, reason },
      "dropped a client",
    );
    if (account?.kind === "device") {
      this.#notes.note(`dropped ${account.id} ${reason}`, {
        type: "device.dropped",
        device: account.id,
        reason,
      });
    }
    connection.intake.destroy();
  }

  #breached(client: Client, breach: Breach): void {
    const connection = this.#connections.get(client);
    if (!connection) return;
    if (connection.account)
      this.#turnAway(client, "send that", breachText[breach], () => connection.intake.destroy());
    else {
      this.#dropped++;
      connection.intake.destroy();
    }
  }

  /** Tells a known client what was wrong, as far as its contract has a topic for that, and then ends it by an error. */
  #turnAway(client: Client, what: string, reason: string, done: (error: Error) => void): void {
    const connection = this.#connections.get(client);
    const account = connection?.account;
    const end = (): void => done(new Error(`may not ${what}: ${reason}`));
    if (!connection || !account || connection.dropped) {
      end();
      return;
    }
    connection.dropped = true;
    this.#dropped++;
    this.#notes.note(`refused ${account.id} ${what}`, {
      type: "audit.refused",
      by: { kind: account.kind, id: account.id },
      reason,
      data: { operation: what },
    });
    const told = (): void => void setImmediate(() => setImmediate(end));
    if (account.kind === "device") {
      const body = JSON.stringify({
        topic: what.replace(/^.* to /, ""),
        error: `may not ${what}: ${reason}`,
      });
      connection.line?.send("error", body, 0);
      told();
    } else {
      const topic = `${this.#options.root}/client/${account.id}/site/${this.#site() ?? "none"}/res`;
      const body = refusal(Buffer.alloc(0), "forbidden", `may not ${what}: ${reason}`);
      void this.#publish(topic, body, { retain: false, qos: 0 }).then(told);
    }
  }
}

function nothing(): void {}

function message(topic: string, payload: string, how: { retain: boolean; qos: 0 | 1 }): PublishPacket {
  return { cmd: "publish", dup: false, topic, payload: Buffer.from(payload), ...how };
}
