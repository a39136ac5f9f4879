import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { Allowance } from "./allowance.js";
import type { BrokerLimits } from "./limits.js";
import { type Breach, PacketGauge } from "./packet-gauge.js";

/** So much does not wait for the end of the turn. */
const leavesAtOnceBytes = 16 * 1024;
/** So much of a connection is worked in one turn of the loop, some ten messages: the disk and the other connections have theirs. */
const workedAtOnceBytes = 1024;
/** PUBACK and its kin (MQTT 3.1.1, 3.4 to 3.7); nothing else that a known client is sent is as short, but PINGRESP. */
const acknowledgementBytes = 4;
/** So long an acknowledgement waits for something to travel with. A segment of its own costs as much as an order. */
const acknowledgedWithinMs = 5;

/**
 * One connection as the broker's parser sees it. Between socket and parser it caps the size of packets, lets only CONNECT
 * through until the client is known, and stops reading the socket while the client is above its rate.
 */
export class Intake extends Duplex {
  /** Without the port; for counting and for logs. */
  readonly address: string;
  /** How often the client was made to wait for its rate. */
  slowed = 0;
  readonly #socket: Socket;
  readonly #gauge: PacketGauge;
  readonly #onBreach: (breach: Breach) => void;
  readonly #onGreeted: () => void;
  #rest: Buffer | undefined;
  #wanted = false;
  #held = false;
  /** Of this turn of the loop: bytes that may still pass. */
  #left = workedAtOnceBytes;
  #resting: NodeJS.Immediate | undefined;
  #ended = false;
  #broken = false;
  #wake: NodeJS.Timeout | undefined;
  #uncorks = 0;
  #leaving: NodeJS.Immediate | undefined;
  #lingering: NodeJS.Timeout | undefined;
  /** CONNACK, or whatever else came first, has left. */
  #spoken = false;

  constructor(
    socket: Socket,
    limits: BrokerLimits,
    told: {
      /** The address as the gate counts it. */
      readonly address: string;
      /** A complete CONNECT has passed to the parser. */
      onGreeted(): void;
      /** Nothing more is read; whoever hears it cuts the connection. */
      onBreach(breach: Breach): void;
    },
  ) {
    // Reading is ours to pace: the parser's side holds no more than what it asked for.
    super({ readableHighWaterMark: 16 * 1024, writableHighWaterMark: 64 * 1024, allowHalfOpen: true });
    this.address = told.address;
    this.#socket = socket;
    this.#gauge = new PacketGauge(limits);
    this.#onBreach = told.onBreach;
    this.#onGreeted = told.onGreeted;
  }

  /** Begins to listen to the socket. */
  start(): this {
    const socket = this.#socket;
    socket.on("readable", () => this.#pump());
    socket.on("end", () => {
      this.#ended = true;
      this.#pump();
    });
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
    return this;
  }

  /** The client is known: what it sent after CONNECT is read now, at the pace of its account. */
  open(allowance: Allowance): void {
    this.#gauge.open(allowance);
    this.#pump();
  }

  /** While held nothing more is read: what the client sends waits in its socket, and at last with the client. */
  hold(held: boolean): void {
    this.#held = held;
    if (!held) this.#pump();
  }

  override _read(): void {
    this.#wanted = true;
    this.#pump();
  }

  /**
   * The packet writer corks for each packet and uncorks in the next tick. What is written in one turn of the loop leaves together
   * at its end instead: an order and the reader's answer are one segment, and so are the news of one commit. Acknowledgements
   * alone wait a little longer: that of a scan mostly leaves with its answer.
   */
  override uncork(): void {
    this.#uncorks++;
    if (this.writableLength >= leavesAtOnceBytes) this.#letOut();
    else if (this.#leaving === undefined) {
      if (!this.#spoken || this.writableLength > this.#uncorks * acknowledgementBytes)
        this.#leaving = setImmediate(() => this.#letOut());
      else this.#lingering ??= setTimeout(() => this.#letOut(), acknowledgedWithinMs);
    }
  }

  /** What was written before it, the reason why, still leaves. */
  override destroy(error?: Error): this {
    if (!this.#socket.destroyed) this.#letOut();
    return super.destroy(error);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _writev(
    chunks: { chunk: Buffer; encoding: BufferEncoding }[],
    done: (error?: Error | null) => void,
  ): void {
    // The packet writer hands over header, topic and payload one by one: they leave as one segment.
    this.#socket.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#wake);
    clearImmediate(this.#resting);
    this.#rest = undefined;
    this.#socket.destroy();
    done(error);
  }

  #letOut(): void {
    clearImmediate(this.#leaving);
    clearTimeout(this.#lingering);
    this.#leaving = undefined;
    this.#lingering = undefined;
    this.#spoken = true;
    const corks = this.#uncorks;
    this.#uncorks = 0;
    for (let i = 0; i < corks; i++) super.uncork();
  }

  #pump(): void {
    while (this.#wanted && !this.#halted) {
      if (this.#left === 0) return;
      const chunk = this.#rest ?? (this.#socket.read() as Buffer | null);
      this.#rest = undefined;
      if (chunk === null) {
        if (this.#ended) this.push(null);
        return;
      }
      const wasGreeted = this.#gauge.greeted;
      const { pass, waitMs, breach } = this.#gauge.measure(chunk.subarray(0, this.#left), performance.now());
      this.#spend(pass);
      if (breach !== undefined) {
        this.#broken = true;
        this.#onBreach(breach);
        return;
      }
      if (pass < chunk.length) this.#rest = chunk.subarray(pass);
      if (waitMs !== undefined && Number.isFinite(waitMs)) this.#wait(waitMs);
      if (!wasGreeted && this.#gauge.greeted) this.#onGreeted();
      if (pass > 0) this.#wanted = this.push(chunk.subarray(0, pass));
      // Held until `open`: nothing wakes it but that.
      else if (waitMs === Number.POSITIVE_INFINITY) return;
    }
  }

  get #halted(): boolean {
    return this.#held || this.#broken || this.#wake !== undefined || this.destroyed;
  }

  #spend(bytes: number): void {
    this.#left -= bytes;
    this.#resting ??= setImmediate(() => {
      this.#resting = undefined;
      this.#left = workedAtOnceBytes;
      this.#pump();
    });
  }

  #wait(waitMs: number): void {
    this.slowed++;
    this.#wake = setTimeout(() => {
      this.#wake = undefined;
      this.#pump();
    }, Math.ceil(waitMs));
  }
}
