/**
 * Follows the packets in a stream of bytes (MQTT 3.1.1, 2.2: one byte of type, one to four of length, then so many) and says how
 * much of it may go on to the parser. It looks at nothing but types and lengths.
 */
import type { Allowance } from "./allowance.js";
import type { BrokerLimits } from "./limits.js";

/** Why a connection is cut. */
export type Breach = "not-connect" | "too-large" | "bad-length" | "bad-type";

export interface Measured {
  /** So many bytes from the start may pass. */
  readonly pass: number;
  /** What keeps the rest: this many milliseconds (Infinity: until `open`), or a breach. Absent: nothing is left. */
  readonly waitMs?: number;
  readonly breach?: Breach;
}

const connect = 1;
/** What a client may send (3.1 to 3.14), and what it costs of its allowance of messages a second. A SUBSCRIBE makes the broker
 * look through what it retains; an acknowledgement is owed to a message that the broker sent. */
const costOfType: ReadonlyMap<number, number> = new Map([
  [connect, 0],
  [3, 1], // PUBLISH
  [4, 0.01], // PUBACK
  [5, 0.01], // PUBREC
  [6, 1], // PUBREL
  [7, 0.01], // PUBCOMP
  [8, 5], // SUBSCRIBE
  [10, 1], // UNSUBSCRIBE
  [12, 1], // PINGREQ
  [14, 0], // DISCONNECT
]);

/** Every so many bytes of a packet cost as much as one message more: 64 kB are as much work as nine small ones. */
const bytesOfOneMessage = 8 * 1024;

/** The length takes at most four bytes (2.2.3). */
const longestLength = 4;

export class PacketGauge {
  readonly #limits: BrokerLimits;
  #at: "type" | "length" | "body" = "type";
  #phase: "connect" | "held" | "open" = "connect";
  #length = 0;
  #lengthBytes = 0;
  #bodyLeft = 0;
  #allowance: Allowance | undefined;

  constructor(limits: BrokerLimits) {
    this.#limits = limits;
  }

  /** The whole CONNECT has passed. */
  get greeted(): boolean {
    return this.#phase !== "connect";
  }

  /** The client is who it says: what it sends after CONNECT may pass, as far as its account's allowance goes. */
  open(allowance: Allowance): void {
    this.#allowance = allowance;
    this.#phase = "open";
  }

  measure(chunk: Buffer, now: number): Measured {
    let at = 0;
    while (at < chunk.length) {
      switch (this.#at) {
        case "type": {
          const halt = this.#admit((chunk[at] ?? 0) >> 4, now);
          if (halt) return { pass: at, ...halt };
          this.#at = "length";
          this.#length = 0;
          this.#lengthBytes = 0;
          at++;
          break;
        }
        case "length": {
          const byte = chunk[at] ?? 0;
          this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
          this.#lengthBytes++;
          at++;
          if (byte & 0x80) {
            if (this.#lengthBytes === longestLength) return { pass: 0, breach: "bad-length" };
            break;
          }
          const most = this.greeted ? this.#limits.packetBytes : this.#limits.connectBytes;
          if (this.#length > most) return { pass: 0, breach: "too-large" };
          // On credit: how large it is was not known when it was let begin. What follows waits for it.
          this.#allowance?.charge(Math.floor(this.#length / bytesOfOneMessage), now);
          this.#bodyLeft = this.#length;
          if (this.#bodyLeft > 0) this.#at = "body";
          else this.#endPacket();
          break;
        }
        case "body": {
          const taken = Math.min(this.#bodyLeft, chunk.length - at);
          at += taken;
          this.#bodyLeft -= taken;
          if (this.#bodyLeft === 0) this.#endPacket();
        }
      }
    }
    return { pass: at };
  }

  #endPacket(): void {
    this.#at = "type";
    if (this.#phase === "connect") this.#phase = "held";
  }

  #admit(type: number, now: number): { waitMs: number } | { breach: Breach } | undefined {
    if (this.#phase === "held") return { waitMs: Number.POSITIVE_INFINITY };
    if (this.#phase === "connect" && type !== connect) return { breach: "not-connect" };
    const cost = costOfType.get(type);
    if (cost === undefined) return { breach: "bad-type" };
    const waitMs = this.#allowance?.take(cost, now) ?? 0;
    return waitMs > 0 ? { waitMs } : undefined;
  }
}
