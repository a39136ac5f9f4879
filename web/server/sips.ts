import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/** Room for any head that a browser sends in a few turns, and for two dozen of the shortest requests. */
const sipBytes = 1024;

/**
 * A connection as the HTTP parser sees it: what is no body comes in sips, one a turn of the loop. Node parses all that it has read at
 * once, and 64 kB are fifteen hundred small requests: tens of milliseconds in which no door is served, before anybody can say that
 * they are too many.
 */
export class Sips extends Duplex {
  /** Kept, since a socket that is closed does not know it any more, and no address means the administrator's own. */
  readonly remoteAddress: string;
  readonly remotePort: number | undefined;
  readonly #socket: Socket;
  /** A request whose body is on its way. */
  readonly #inBody: (connection: Sips) => boolean;
  #wanted = false;
  #resting = false;
  #ended = false;

  constructor(socket: Socket, inBody: (connection: Sips) => boolean) {
    super({ allowHalfOpen: true });
    this.remoteAddress = socket.remoteAddress ?? "unknown";
    this.remotePort = socket.remotePort;
    this.#socket = socket;
    this.#inBody = inBody;
    socket.on("readable", () => this.#pump());
    socket.on("end", () => {
      this.#ended = true;
      this.#pump();
    });
    socket.on("timeout", () => this.emit("timeout"));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
  }

  get encrypted(): boolean {
    return "encrypted" in this.#socket;
  }

  setTimeout(ms: number, onTimeout?: () => void): this {
    this.#socket.setTimeout(ms);
    if (onTimeout) this.once("timeout", onTimeout);
    return this;
  }

  setNoDelay(on?: boolean): this {
    this.#socket.setNoDelay(on);
    return this;
  }

  setKeepAlive(on?: boolean, afterMs?: number): this {
    this.#socket.setKeepAlive(on, afterMs);
    return this;
  }

  override _read(): void {
    this.#wanted = true;
    this.#pump();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, encoding, done);
  }

  override _writev(
    chunks: { chunk: Buffer | string; encoding: BufferEncoding }[],
    done: (error?: Error | null) => void,
  ): void {
    const parts = chunks.map(({ chunk, encoding }) =>
      typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk,
    );
    this.#socket.write(Buffer.concat(parts), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  #pump(): void {
    if (!this.#wanted || this.#resting || this.destroyed) return;
    const there = this.#socket.readableLength;
    const bytes = this.#inBody(this) ? there : Math.min(there, sipBytes);
    const chunk =
      bytes > 0 ? (this.#socket.read(bytes) as Buffer | null) : (this.#socket.read() as Buffer | null);
    if (chunk === null) {
      if (this.#ended) this.push(null);
      return;
    }
    this.#wanted = false;
    this.#resting = true;
    setImmediate(() => {
      this.#resting = false;
      this.#pump();
    });
    this.push(chunk);
  }
}
