import type { Socket } from "node:net";
import type { BrokerLimits } from "./limits.js";

/** A connection that has not yet said who it is. */
interface Visitor {
  readonly socket: Socket;
  readonly address: string;
  readonly arrivedAt: number;
  readonly admit: () => void;
  is: "waiting" | "inside";
  timer: NodeJS.Timeout;
}

/** Longest that a secret's check and the pause after a wrong one may take. */
const answerWithinMs = 15_000;

/**
 * Counts connections until their client is known: so many an address, so many in all. One above its address's number waits,
 * unread, for a moment (a building's devices come back all at once after a power cut, and each needs a place for a millisecond
 * only); when all places are taken, the address that takes most of them gives way.
 */
export class Gate {
  refused = 0;
  readonly #limits: BrokerLimits;
  readonly #visitors = new Map<Socket, Visitor>();
  readonly #byAddress = new Map<string, Visitor[]>();

  constructor(limits: BrokerLimits) {
    this.#limits = limits;
  }

  get unauthenticated(): number {
    return this.#visitors.size;
  }

  /** `admit` is called, now or soon, if the connection gets a place; else the socket is closed. */
  arrive(socket: Socket, address: string, admit: () => void): void {
    if (this.#visitors.size >= this.#limits.unauthenticated && !this.#makeRoom(address)) {
      this.refused++;
      socket.destroy();
      return;
    }
    const timer = setTimeout(() => this.#refuse(socket), this.#limits.placeWithinMs);
    const visitor: Visitor = {
      socket,
      address,
      arrivedAt: performance.now(),
      admit,
      is: "waiting",
      timer,
    };
    this.#visitors.set(socket, visitor);
    const ofAddress = this.#byAddress.get(address);
    if (ofAddress) ofAddress.push(visitor);
    else this.#byAddress.set(address, [visitor]);
    socket.once("close", () => this.leave(socket));
    this.#fill(address);
  }

  /** Its CONNECT is complete. It keeps its place until it is known. */
  greeted(socket: Socket): void {
    const visitor = this.#visitors.get(socket);
    if (visitor) this.#giveTime(visitor, answerWithinMs);
  }

  /** The client is known, or the connection is gone: its place is free. */
  leave(socket: Socket): void {
    const visitor = this.#visitors.get(socket);
    if (!visitor) return;
    clearTimeout(visitor.timer);
    this.#visitors.delete(socket);
    const others = (this.#byAddress.get(visitor.address) ?? []).filter((other) => other !== visitor);
    if (others.length === 0) this.#byAddress.delete(visitor.address);
    else this.#byAddress.set(visitor.address, others);
    this.#fill(visitor.address);
  }

  /** Lets the longest waiting of an address in, as places allow. */
  #fill(address: string): void {
    const ofAddress = this.#byAddress.get(address) ?? [];
    let inside = ofAddress.filter((visitor) => visitor.is === "inside").length;
    for (const visitor of ofAddress) {
      if (inside >= this.#limits.unauthenticatedPerAddress) return;
      if (visitor.is === "inside") continue;
      inside++;
      visitor.is = "inside";
      const waitedMs = performance.now() - visitor.arrivedAt;
      this.#giveTime(visitor, Math.max(0, this.#limits.connectWithinMs - waitedMs));
      visitor.admit();
    }
  }

  #giveTime(visitor: Visitor, ms: number): void {
    clearTimeout(visitor.timer);
    visitor.timer = setTimeout(() => this.#refuse(visitor.socket), ms);
  }

  #makeRoom(newcomer: string): boolean {
    let most: Visitor[] = this.#byAddress.get(newcomer) ?? [];
    for (const ofAddress of this.#byAddress.values()) {
      if (ofAddress.length > most.length) most = ofAddress;
    }
    const last = most.at(-1);
    if (!last || last.address === newcomer) return false;
    this.#refuse(last.socket);
    return true;
  }

  #refuse(socket: Socket): void {
    this.refused++;
    // Its own `close` comes later; the place is free now.
    this.leave(socket);
    socket.destroy();
  }
}
