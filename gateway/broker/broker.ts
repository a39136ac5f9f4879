/**
 * The embedded MQTT broker: aedes behind an intake that bounds what comes in, a doorkeeper that decides who says and hears what,
 * and an outbox that keeps what goes out in order. Devices hear by `client.publish` only, everyone else by `broker.publish` only,
 * since a client drops what is numbered below the last message it saw.
 */
import { Aedes, type Client } from "aedes";
import type { DeviceBus } from "../../drivers/driver.js";
import type { EventBody } from "../core/events.js";
import type { SiteId } from "../core/site.js";
import type { Account, Accounts } from "../ports.js";
import { accessList } from "./access-list.js";
import { CleanSessions } from "./clean-sessions.js";
import { ClientRequests } from "./client-requests.js";
import { EmbeddedDeviceBus } from "./device-bus.js";
import { Doorkeeper } from "./doorkeeper.js";
import { Gate } from "./gate.js";
import { Identity } from "./identity.js";
import { type BrokerLimits, defaultLimits } from "./limits.js";
import { defaultListeners, type ListenerOptions, Listeners, type ListeningAt } from "./listeners.js";
import type { BrokerLog } from "./log.js";
import { Exchange } from "./mq.js";
import { Notes } from "./notes.js";
import { Outbox, sitePacket } from "./outbox.js";
import { Sessions } from "./sessions.js";

export interface BrokerOptions {
  /** First levels of every topic, `gw/v1`. */
  readonly root: string;
  /** Asked for each message, where a gateway runs before it has a site: undefined or empty, and nothing is published. */
  readonly site: SiteId | (() => SiteId | undefined);
  readonly accounts: Accounts;
  /** Below which prefix a device of another maker speaks; undefined: it is none. Asked for each message. */
  foreignPrefix?(device: string): string | undefined;
  /** Absent: port 1883 of 127.0.0.1. Anything but loopback is open to the network, so it is listened on only if named here. */
  readonly listeners?: readonly ListenerOptions[];
  readonly limits?: Partial<BrokerLimits>;
  readonly log?: BrokerLog;
  /** Works a request of a client and gives the JSON answer. */
  onRequest(client: Account, payload: Buffer): Promise<string>;
  /** Something for the log of the building: sign-ins that failed, what a client may not do, devices that were dropped. */
  onNote(event: EventBody): void;
}

interface BrokerStats {
  /** Connections that are spoken with, those of clients that are not known yet included. */
  readonly connections: number;
  readonly unauthenticated: number;
  readonly sessions: number;
  /** Closed for lack of a place, or of a CONNECT in time. */
  readonly refusedConnections: number;
  /** Cut by the broker: too large, not reading, not allowed, not answering. */
  readonly dropped: number;
  readonly retained: number;
}

export interface Broker {
  readonly bus: DeviceBus;
  /** Devices of other makers; topics are what follows their prefix, up and down. */
  readonly foreign: DeviceBus;
  readonly addresses: readonly ListeningAt[];
  /**
   * Publishes `{root}/site/{site}/{path}`, in the order of the calls. Resolves when it has been handed to every subscriber's
   * connection; never rejects.
   */
  publishSite(
    path: string,
    payload: string,
    how: { readonly retain: boolean; readonly qos: 0 | 1 },
  ): Promise<void>;
  /** Ends the session of an account. */
  drop(account: string): void;
  /** Another site is in force: whoever speaks under topics that are not its own any more has to come again. */
  reconsider(): void;
  /** Makes all who are connected wait with what they send, or go on; nothing of it is lost. */
  hold(held: boolean): void;
  stats(): BrokerStats;
  /** Lets out what was published last and closes everything; presence and wills are not told any more. */
  stop(): Promise<void>;
}

/** Starts listening. Rejects, with nothing left open, if an address cannot be had. */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const broker = new EmbeddedBroker(options);
  await broker.start();
  return broker;
}

/** How long a stop waits for what was just published to reach the sockets. */
const farewellMs = 500;
/** Messages of QoS 2 that one client may have half way in; the contract has none. */
const halfWayIn = 16;
/** The access list is stricter; this keeps the broker's own matching from ever seeing deeper topics. */
const deepestTopic = 32;

class EmbeddedBroker implements Broker {
  addresses: readonly ListeningAt[] = [];
  readonly bus: EmbeddedDeviceBus;
  readonly foreign: EmbeddedDeviceBus;
  readonly #options: BrokerOptions;
  readonly #limits: BrokerLimits;
  readonly #gate: Gate;
  readonly #sessions: Sessions;
  readonly #doorkeeper: Doorkeeper;
  readonly #listeners: Listeners;
  readonly #outbox: Outbox;
  readonly #persistence = new CleanSessions();
  #aedes: Aedes | undefined;
  #forgetAccounts: (() => void) | undefined;

  constructor(options: BrokerOptions) {
    const { root, accounts, log } = options;
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    const limits = this.#limits;
    const access = accessList(root, (device) => options.foreignPrefix?.(device));
    const notes = new Notes((event) => options.onNote(event));
    const onFault = (error: unknown): void => log?.error({ err: error }, "a listener of the broker failed");
    const bus = new EmbeddedDeviceBus(onFault);
    const foreign = new EmbeddedDeviceBus(onFault);
    const gate = new Gate(limits);
    const identity = new Identity(accounts, access, notes);
    const work: BrokerOptions["onRequest"] = (client, payload) => options.onRequest(client, payload);
    this.bus = bus;
    this.foreign = foreign;
    this.#gate = gate;
    this.#sessions = new Sessions({
      root,
      accounts,
      limits,
      identity,
      gate,
      access,
      bus,
      foreign,
      notes,
      log,
    });
    this.#doorkeeper = new Doorkeeper({
      root,
      limits,
      access,
      sessions: this.#sessions,
      bus,
      foreign,
      requests: new ClientRequests(limits.requestsAtOnce, work, onFault),
      notes,
      site: () => this.#site(),
      publish: (topic, payload, how) => this.#publish(topic, payload, how),
    });
    this.#outbox = new Outbox((packet, done) => {
      if (this.#aedes && !this.#aedes.closed) this.#aedes.publish(packet, () => done());
      else done();
    });
    this.#listeners = new Listeners(options.listeners ?? defaultListeners, {
      onArrival: ({ raw, address, encrypted, admit }) => this.#gate.arrive(raw, address, encrypted, admit),
      onStream: (stream, raw, address) => {
        const aedes = this.#aedes;
        if (!aedes || this.#sessions.stopping) raw.destroy();
        else
          this.#sessions.meet(aedes, stream, raw, address, (client, breach) =>
            this.#doorkeeper.breached(client, breach),
          );
      },
    });
  }

  async start(): Promise<void> {
    const { accounts } = this.#options;
    this.#aedes = await this.#openAedes();
    this.#forgetAccounts = accounts.onChange(({ id }) => {
      this.drop(id);
      if (accounts.get(id)) return;
      this.bus.forget(id);
      this.foreign.forget(id);
      this.#sessions.forget(id);
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
    this.#sessions.drop(account);
  }

  reconsider(): void {
    this.#sessions.reconsider();
  }

  hold(held: boolean): void {
    this.#sessions.hold(held);
  }

  stats(): BrokerStats {
    return {
      connections: this.#sessions.connections,
      unauthenticated: this.#gate.unauthenticated,
      sessions: this.#sessions.sessions,
      refusedConnections: this.#gate.refused,
      dropped: this.#sessions.dropped,
      retained: this.#persistence.retained.size,
    };
  }

  async stop(): Promise<void> {
    if (this.#sessions.stopping) return;
    this.#sessions.stopping = true;
    this.#forgetAccounts?.();
    this.#listeners.refuseNewcomers();
    // What was published last is handed on in the next turns of the loop.
    await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
    await this.#sessions.endAll(farewellMs);
    await this.#listeners.stop();
    await new Promise<void>((resolve) => (this.#aedes ? this.#aedes.close(resolve) : resolve()));
  }

  async #openAedes(): Promise<Aedes> {
    const sessions = this.#sessions;
    const doorkeeper = this.#doorkeeper;
    const { log } = this.#options;
    const aedes = await Aedes.createBroker({
      mq: new Exchange(),
      persistence: this.#persistence,
      connectTimeout: this.#limits.connectWithinMs,
      maxInflightInbound: halfWayIn,
      maxTopicLevels: deepestTopic,
      preConnect: (client, packet, done) => {
        sessions.claim(client, packet);
        done(null, true);
      },
      authenticate: (client, _username, _password, done) => {
        sessions.authenticate(client).then(
          (refused) => done(refused ?? null, refused === undefined),
          (error: unknown) => {
            log?.error({ err: error }, "an account could not be checked");
            // 3: server unavailable (MQTT 3.1.1, 3.2.2.3).
            done(Object.assign(new Error("the account could not be checked"), { returnCode: 3 }), false);
          },
        );
      },
      authorizePublish: (client, packet, done) => doorkeeper.publish(client, packet, done),
      authorizeSubscribe: (client, subscription, done) => doorkeeper.subscribe(client, subscription, done),
      authorizeForward: (client, packet) => doorkeeper.forward(client, packet),
    });
    const onBroken = (client: Client, error: Error): void =>
      log?.debug({ client: client.id, err: error }, "a client's connection broke");
    aedes.on("clientReady", (client) => sessions.ready(client));
    aedes.on("clientDisconnect", (client) => sessions.gone(client));
    aedes.on("clientError", onBroken);
    aedes.on("connectionError", onBroken);
    // Not among its declared events, and fatal when nobody listens.
    const emitter: NodeJS.EventEmitter = aedes;
    emitter.on("error", (error: unknown) => log?.error({ err: error }, "the broker reported an error"));
    return aedes;
  }

  #site(): SiteId | undefined {
    const { site } = this.#options;
    return (typeof site === "function" ? site() : site) || undefined;
  }

  #publish(topic: string, payload: string, how: { retain: boolean; qos: 0 | 1 }): Promise<void> {
    return this.#outbox.put(sitePacket(topic, payload, how)).catch((error: unknown) => {
      this.#options.log?.error({ err: error, topic }, "a message was not published");
    });
  }
}
