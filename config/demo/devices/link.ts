import { Socket } from "node:net";
import { connect, type IClientPublishOptions, type MqttClient } from "mqtt";

export interface LinkOptions {
  readonly url: string;
  /** User name and client id in one: the contract binds them. */
  readonly id: string;
  readonly key: string;
  /** Only devices leave one. */
  readonly will?: { readonly topic: string; readonly payload: string };
  /** Subscribed to before `onUp`. */
  readonly listenTo: string | readonly string[];
  /** Told after each connect, when the subscription stands. */
  readonly onUp: () => void;
  readonly onMessage: (topic: string, payload: Buffer, retained: boolean) => void;
  /** Told why a connection failed; the next try follows by itself. */
  readonly onTrouble: (why: string) => void;
}

const firstRetryMs = 200;
const lastRetryMs = 2_000;
const keepaliveS = 15;

/**
 * A device's or a client's connection to its gateway, made anew as often as it breaks. Each try is a fresh client: mqtt.js would otherwise
 * keep what could not be sent and send it on return, and a scan of before the break must never arrive after it.
 */
export class Link {
  readonly #options: LinkOptions;
  #client: MqttClient | undefined;
  #retry: NodeJS.Timeout | undefined;
  #retryMs = firstRetryMs;
  #up = false;
  #stopped = false;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get up(): boolean {
    return this.#up;
  }

  start(): void {
    const { url, id, key, will, listenTo, onUp, onMessage, onTrouble } = this.#options;
    const client = connect(url, {
      protocolVersion: 4,
      clientId: id,
      username: id,
      password: key,
      clean: true,
      ...(will
        ? { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true } }
        : {}),
      keepalive: keepaliveS,
      reconnectPeriod: 0,
      connectTimeout: 5_000,
      queueQoSZero: false,
    });
    this.#client = client;
    client.on("connect", () => {
      // Else the system waits for more to send before it sends a scan: 40 ms instead of one.
      if (client.stream instanceof Socket) client.stream.setNoDelay(true);
      client.subscribe(typeof listenTo === "string" ? listenTo : [...listenTo], { qos: 1 }, (error) => {
        if (error || this.#stopped) {
          client.end(true);
          return;
        }
        this.#retryMs = firstRetryMs;
        this.#up = true;
        onUp();
      });
    });
    client.on("message", (topic, payload, packet) => onMessage(topic, payload, packet.retain));
    client.on("error", (error) => {
      if (this.#client !== client) return;
      onTrouble(error.message || (error as NodeJS.ErrnoException).code || "no connection");
      client.end(true);
    });
    client.on("close", () => this.#again(client));
  }

  /** false: not connected, and it is not sent later either. */
  publish(topic: string, payload: string, options: IClientPublishOptions): boolean {
    if (!this.#up || !this.#client?.connected) return false;
    this.#client.publish(topic, payload, options, ignoreLoss);
    return true;
  }

  /** Breaks the connection as a cut cable would; it comes back by itself. */
  cut(): void {
    this.#client?.stream.destroy();
  }

  /** Says goodbye and does not come back. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#up = false;
    clearTimeout(this.#retry);
    const client = this.#client;
    if (!client) return;
    await new Promise<void>((resolve) => {
      // A gateway that is gone acknowledges nothing: do not wait for it.
      const force = setTimeout(() => client.end(true, () => resolve()), client.connected ? 1_000 : 0);
      client.end(false, () => {
        clearTimeout(force);
        resolve();
      });
    });
  }

  #again(client: MqttClient): void {
    this.#up = false;
    if (this.#stopped || this.#client !== client) return;
    this.#client = undefined;
    client.end(true);
    const waitMs = this.#retryMs * (0.75 + Math.random() / 2);
    this.#retryMs = Math.min(lastRetryMs, this.#retryMs * 2);
    this.#retry = setTimeout(() => this.start(), waitMs);
  }
}

/** A message that the link lost is lost: scans are repeated and levels told again on return. */
function ignoreLoss(): void {}
