/** A bare broker with a gateway played by the test on top of it: what devices say is written down, what they hear is set here. */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { Aedes, type Client } from "aedes";

export interface Said {
  readonly device: string;
  /** What follows `up/`. */
  readonly topic: string;
  readonly body: Record<string, unknown>;
  readonly retain: boolean;
  readonly qos: number;
  /** Monotonic, in milliseconds. */
  readonly heardAt: number;
}

/** Also for a second process to start on a machine that is busy with other tests. */
const patienceMs = 25_000;
const upTopic = /^gw\/v1\/device\/([^/]+)\/up\/(.+)$/;

export class BenchBroker {
  readonly said: Said[] = [];
  /** Clients that asked for a session that is kept. */
  readonly unclean: string[] = [];
  signIns = 0;
  readonly #listeners = new Set<(said: Said) => void>();
  readonly #sockets = new Set<Socket>();
  readonly #clients = new Map<string, Client>();
  #server: Server | undefined;
  #aedes: Aedes | undefined;
  #port = 0;
  #commands = 0;

  get url(): string {
    return `mqtt://127.0.0.1:${this.#port}`;
  }

  /** Again on the same port after a `stop`: a gateway that restarted. */
  async start(): Promise<void> {
    const aedes = await Aedes.createBroker({
      preConnect: (_client, packet, done) => {
        if (!packet.clean) this.unclean.push(packet.clientId);
        done(null, true);
      },
      authenticate: (client, user, key, done) => {
        this.signIns += 1;
        done(null, user === client.id && key?.toString() === `key of ${client.id}`);
      },
      authorizePublish: (client, packet, done) => {
        const inside = client === null || packet.topic.startsWith(`gw/v1/device/${client.id}/up/`);
        done(inside ? null : new Error(`${client.id} wrote to ${packet.topic}`));
      },
      authorizeSubscribe: (client, subscription, done) =>
        done(null, subscription.topic.startsWith(`gw/v1/device/${client?.id}/down/`) ? subscription : null),
    });
    aedes.on("clientReady", (client) => this.#clients.set(client.id, client));
    aedes.on("clientDisconnect", (client) => {
      if (this.#clients.get(client.id) === client) this.#clients.delete(client.id);
    });
    aedes.on("publish", (packet) => this.#hear(packet));
    const server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      aedes.handle(socket);
    });
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#aedes = aedes;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server?.close(resolve));
    await new Promise<void>((resolve) => this.#aedes?.close(() => resolve()));
    this.#clients.clear();
  }

  onSaid(listener: (said: Said) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  isConnected(device: string): boolean {
    return this.#clients.has(device);
  }

  /** Sends a command and returns its id. */
  command(device: string, body: Record<string, unknown>): string {
    const id = (body.id as string | undefined) ?? `cmd-${++this.#commands}`;
    this.tell(device, "cmd", { ...body, id });
    return id;
  }

  tell(device: string, topic: string, body: unknown, { retain = false } = {}): void {
    const packet = {
      cmd: "publish" as const,
      topic: `gw/v1/device/${device}/down/${topic}`,
      payload: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
      qos: 1 as const,
      retain,
      dup: false,
    };
    const client = this.#clients.get(device);
    if (!client) throw new Error(`${device} is not connected`);
    client.publish(packet, () => {});
  }

  /** The first message from `since` on (an index into `said`) that fits; waits for it, and fails with what came instead. */
  async heard(fits: (said: Said) => boolean, since = 0): Promise<Said> {
    const already = this.said.slice(since).find(fits);
    if (already) return already;
    return new Promise((resolve, reject) => {
      const stop = this.onSaid((said) => {
        if (!fits(said)) return;
        clearTimeout(patience);
        stop();
        resolve(said);
      });
      const patience = setTimeout(() => {
        stop();
        const instead = this.said.slice(since).map((s) => `${s.device} ${s.topic} ${JSON.stringify(s.body)}`);
        reject(new Error(`not said within ${patienceMs} ms; said: ${instead.slice(-20).join("\n")}`));
      }, patienceMs);
    });
  }

  ack(re: string, since = 0): Promise<Said> {
    return this.heard(({ topic, body }) => topic === "ack" && body.re === re, since);
  }

  #hear(packet: { topic: string; payload: Buffer | string; retain: boolean; qos: number }): void {
    const [, device, topic] = upTopic.exec(packet.topic) ?? [];
    if (device === undefined || topic === undefined) return;
    const said: Said = {
      device,
      topic,
      body: JSON.parse(packet.payload.toString()),
      retain: packet.retain,
      qos: packet.qos,
      heardAt: performance.now(),
    };
    this.said.push(said);
    for (const listener of this.#listeners) listener(said);
  }
}
