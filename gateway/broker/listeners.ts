import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type Server as TlsServer } from "node:tls";

export interface ListenerOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** PEM. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
}

export interface ListeningAt {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

export const defaultListeners: readonly ListenerOptions[] = [{ host: "127.0.0.1", port: 1883 }];

/** An accepted connection: `raw` is the TCP socket, `admit` goes on with it and gives the stream to speak over. */
export interface Arrival {
  readonly raw: Socket;
  readonly address: string;
  readonly encrypted: boolean;
  admit(): void;
}

/** A building's devices come back all at once after a power cut; the default of 511 makes the others wait a second or more. */
const backlog = 4096;

/** The broker's own servers, so that Nagle's algorithm is off and every connection is counted before a byte of it is read. */
export class Listeners {
  readonly #options: readonly ListenerOptions[];
  readonly #onArrival: (arrival: Arrival) => void;
  readonly #onStream: (stream: Socket, raw: Socket, address: string) => void;
  readonly #servers: Server[] = [];
  readonly #raws = new Set<Socket>();

  constructor(
    options: readonly ListenerOptions[],
    told: {
      onArrival(arrival: Arrival): void;
      /** After `admit`: a stream to speak over; after the handshake if it is encrypted. */
      onStream(stream: Socket, raw: Socket, address: string): void;
    },
  ) {
    this.#options = options;
    this.#onArrival = told.onArrival;
    this.#onStream = told.onStream;
  }

  /** Rejects, with nothing left open, if any of the addresses cannot be had. */
  async start(): Promise<readonly ListeningAt[]> {
    try {
      const addresses: ListeningAt[] = [];
      for (const options of this.#options) addresses.push(await this.#open(options));
      return addresses;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** No more connections; those that are open are told nothing. */
  async stop(): Promise<void> {
    const closed = this.#servers.map(
      (server) => new Promise<void>((resolve) => server.close(() => resolve())),
    );
    for (const raw of this.#raws) raw.destroy();
    await Promise.all(closed);
    this.#servers.length = 0;
  }

  /** Accepts no more; the open ones go on until `stop`. */
  refuseNewcomers(): void {
    for (const server of this.#servers) server.close();
  }

  async #open({ host, port, tls }: ListenerOptions): Promise<ListeningAt> {
    const secure = tls && this.#secureSide(tls);
    const server = createTcpServer({ noDelay: true, pauseOnConnect: true, allowHalfOpen: true }, (raw) => {
      this.#raws.add(raw);
      raw.once("close", () => this.#raws.delete(raw));
      raw.on("error", () => raw.destroy());
      const address = addressOf(raw);
      const admit = (): void => {
        if (secure) secure.handshake(raw, address);
        else this.#onStream(raw, raw, address);
      };
      this.#onArrival({ raw, address, encrypted: secure !== undefined, admit });
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port, backlog }, () => {
        server.off("error", reject);
        resolve();
      });
    });
    this.#servers.push(server);
    const bound = server.address() as AddressInfo;
    return { host: bound.address, port: bound.port, tls: tls !== undefined };
  }

  #secureSide(tls: NonNullable<ListenerOptions["tls"]>): { handshake(raw: Socket, address: string): void } {
    const shaking = new Map<string, { readonly raw: Socket; readonly address: string }>();
    // It never listens itself: it takes over connections that the gate let in.
    const server: TlsServer = createTlsServer({ ...tls, minVersion: "TLSv1.2", allowHalfOpen: true });
    server.on("secureConnection", (stream) => {
      const known = shaking.get(peerOf(stream));
      if (known) this.#onStream(stream, known.raw, known.address);
      else stream.destroy();
    });
    server.on("tlsClientError", (_error, stream) => stream.destroy());
    return {
      handshake(raw, address) {
        const peer = peerOf(raw);
        shaking.set(peer, { raw, address });
        raw.once("close", () => shaking.delete(peer));
        server.emit("connection", raw);
      },
    };
  }
}

function peerOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}

/** As it is counted: IPv4 in IPv6 clothing is IPv4, and a customer's whole IPv6 /64 is one address. */
export function addressOf({ remoteAddress }: Pick<Socket, "remoteAddress">): string {
  const plain = (remoteAddress ?? "unknown").replace(/^::ffff:(?=\d+\.)/, "");
  if (!plain.includes(":") || plain === "::1") return plain;
  const [head = "", tail = ""] = plain.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === "" ? [] : tail.split(":");
  const zeros = Array<string>(Math.max(0, 8 - front.length - back.length)).fill("0");
  return [...front, ...zeros, ...back].slice(0, 4).join(":");
}
