import type { Socket } from "node:net";
import type { BrokerLimits } from "./limits.js";
import { wholeConnect } from "./whole-connect.js";

/**
 * A connection that has not yet said who it is. `silent`: not yet a whole CONNECT (or, where it is encrypted, not yet a byte);
 * `waiting`: for a place; `inside`: being spoken with; `refused`: known to be wrong, and only sits out its pause.
 */
interface Visitor {
  readonly socket: Socket;
  readonly address: string;
  readonly encrypted: boolean;
  readonly arrivedAt: number;
  readonly arrivedInTurn: number;
  readonly admit: () => void;
  is: "silent" | "waiting" | "inside" | "refused";
  insideSince: number;
  greeted: boolean;
  timer: NodeJS.Timeout;
  stopListening: () => void;
}

/** Longest that a secret's check and the pause after a wrong one may take. */
const answerWithinMs = 15_000;
/** Everybody has this long to be heard before somebody else takes the place: a small device after a power cut. */
const chanceMs = 500;
/** So long where it is thousands: a packet's way in a building. */
const leastChanceMs = 100;
/** And so many turns of the loop, since where thousands come at once none of them is read in the turn in which it came. */
const chanceTurns = 2;
/** A handshake takes longer: two or three times that way, and some arithmetic. */
const handshakeChanceMs = 500;
/** All of a large building's devices at the same instant, before they have had their chance. */
const mostAtOnce = 4_096;

/**
 * Counts connections until their client is known: so many an address, so many in all. A place is given to who has sent a whole
 * CONNECT; who says nothing, or says it slowly, costs a socket and is the first that gives way. One above its address's number
 * waits for a moment (a building's devices come back all at once after a power cut, and each needs a place for a millisecond
 * only). When all is taken, the address that takes most gives way.
 */
export class Gate {
  refused = 0;
  readonly #limits: BrokerLimits;
  readonly #visitors = new Map<Socket, Visitor>();
  /** In the order of their arrival. */
  readonly #byAddress = new Map<string, Set<Visitor>>();
  /** By address: when to look again whether somebody holds up those who wait. */
  readonly #looks = new Map<string, NodeJS.Timeout>();
  #trim: NodeJS.Timeout | undefined;
  #turn = 0;
  #turning = false;

  constructor(limits: BrokerLimits) {
    this.#limits = limits;
  }

  get unauthenticated(): number {
    return this.#visitors.size;
  }

  /**
   * `admit` is called, now or soon, if the connection gets a place; else the socket is closed.
   * @param encrypted what it sends before it is admitted is no CONNECT that could be read
   */
  arrive(socket: Socket, address: string, encrypted: boolean, admit: () => void): void {
    if (this.#visitors.size >= this.#limits.unauthenticated && !this.#makeRoom(address)) {
      this.refused++;
      socket.destroy();
      return;
    }
    const visitor: Visitor = {
      socket,
      address,
      encrypted,
      arrivedAt: performance.now(),
      arrivedInTurn: this.#turn,
      admit,
      is: "silent",
      insideSince: 0,
      greeted: false,
      timer: setTimeout(() => this.#refuse(visitor), this.#limits.connectWithinMs),
      stopListening: () => {},
    };
    this.#visitors.set(socket, visitor);
    this.#countTurn();
    const ofAddress = this.#byAddress.get(address);
    if (ofAddress) ofAddress.add(visitor);
    else this.#byAddress.set(address, new Set([visitor]));
    socket.once("close", () => this.leave(socket));
    this.#listen(visitor);
    if (this.#visitors.size > this.#limits.unauthenticated) {
      this.#trim ??= setTimeout(() => this.#trimNow(), chanceMs).unref();
    }
  }

  /** Its CONNECT is complete. It keeps its place until it is known. */
  greeted(socket: Socket): void {
    const visitor = this.#visitors.get(socket);
    if (!visitor) return;
    visitor.greeted = true;
    this.#giveTime(visitor, answerWithinMs);
  }

  /** It is not who it says: it may wait for its answer, but not in the place of somebody who might be. */
  wrong(socket: Socket): void {
    const visitor = this.#visitors.get(socket);
    if (!visitor) return;
    visitor.is = "refused";
    this.#fill(visitor.address);
  }

  /** The client is known, or the connection is gone: its place is free. */
  leave(socket: Socket): void {
    const visitor = this.#visitors.get(socket);
    if (!visitor) return;
    clearTimeout(visitor.timer);
    visitor.stopListening();
    this.#visitors.delete(socket);
    const others = this.#byAddress.get(visitor.address);
    others?.delete(visitor);
    if (others?.size === 0) {
      this.#byAddress.delete(visitor.address);
      clearTimeout(this.#looks.get(visitor.address));
      this.#looks.delete(visitor.address);
    } else this.#fill(visitor.address);
  }

  /** Hears the first bytes, without a parser, and puts them back for who comes next. */
  #listen(visitor: Visitor): void {
    const { socket } = visitor;
    let heard: Buffer = Buffer.alloc(0);
    const hear = (): void => {
      const bytes = socket.read() as Buffer | null;
      if (bytes === null) return;
      heard = heard.length === 0 ? bytes : Buffer.concat([heard, bytes]);
      const first = visitor.encrypted ? "whole" : wholeConnect(heard, this.#limits);
      if (first === "part") return;
      if (first === "other") {
        this.#refuse(visitor);
        return;
      }
      visitor.stopListening();
      socket.unshift(heard);
      visitor.is = "waiting";
      this.#giveTime(visitor, this.#limits.placeWithinMs);
      this.#fill(visitor.address);
    };
    // Whoever hangs up before it has said anything is gone.
    const gone = (): void => this.#refuse(visitor);
    visitor.stopListening = () => {
      socket.off("readable", hear);
      socket.off("end", gone);
      visitor.stopListening = () => {};
    };
    socket.on("readable", hear);
    socket.on("end", gone);
  }

  /** Lets the longest waiting of an address in, as places allow. */
  #fill(address: string): void {
    const ofAddress = this.#byAddress.get(address);
    if (!ofAddress) return;
    const now = performance.now();
    let inside = 0;
    let waiting = 0;
    for (const visitor of ofAddress) {
      if (visitor.is === "inside") inside++;
      if (visitor.is === "waiting") waiting++;
    }
    if (waiting === 0) return;
    for (const visitor of [...ofAddress]) {
      if (inside >= this.#limits.unauthenticatedPerAddress) break;
      if (visitor.is !== "waiting") continue;
      inside++;
      waiting--;
      visitor.is = "inside";
      visitor.insideSince = now;
      this.#giveTime(visitor, Math.max(0, this.#limits.connectWithinMs - (now - visitor.arrivedAt)));
      visitor.admit();
    }
    if (waiting > 0) this.#pushOn(ofAddress, now);
  }

  /** Who has a place and does not come to the point gives it to one who waits; looked at again when the next has had its chance. */
  #pushOn(ofAddress: ReadonlySet<Visitor>, now: number): void {
    for (const visitor of ofAddress) {
      if (visitor.is !== "inside" || visitor.greeted) continue;
      const { address } = visitor;
      const leftMs = visitor.insideSince + handshakeChanceMs - now;
      if (leftMs <= 0) this.#refuse(visitor);
      else if (!this.#looks.has(address)) {
        const look = (): void => {
          this.#looks.delete(address);
          this.#fill(address);
        };
        this.#looks.set(address, setTimeout(look, Math.ceil(leftMs)));
      }
      return;
    }
  }

  #giveTime(visitor: Visitor, ms: number): void {
    clearTimeout(visitor.timer);
    visitor.timer = setTimeout(() => this.#refuse(visitor), ms);
  }

  /** Whether one more may come. Those who have only just come have a chance to speak first, up to a number. */
  #makeRoom(newcomer: string): boolean {
    const most = this.#heaviest(newcomer);
    const way = this.#whoGivesWay(most);
    const flooded = this.#visitors.size >= mostAtOnce;
    if (way && !this.#hadItsChance(way, flooded ? leastChanceMs : chanceMs)) return !flooded;
    // Nobody who says nothing: the last of another address, if that takes more than its share.
    const out = way ?? [...most].at(-1);
    if (!out || (!way && out.address === newcomer)) return false;
    this.#refuse(out);
    return true;
  }

  /** After many came at once: those of them who said nothing go, down to the number that may stay. */
  #trimNow(): void {
    this.#trim = undefined;
    while (this.#visitors.size > this.#limits.unauthenticated) {
      const most = this.#heaviest();
      const out = this.#whoGivesWay(most) ?? [...most].at(-1);
      if (!out) return;
      if (!this.#hadItsChance(out, chanceMs)) {
        this.#trim = setTimeout(() => this.#trimNow(), leastChanceMs).unref();
        return;
      }
      this.#refuse(out);
    }
  }

  #hadItsChance({ arrivedAt, arrivedInTurn }: Visitor, ms: number): boolean {
    this.#countTurn();
    return performance.now() - arrivedAt >= ms && this.#turn >= arrivedInTurn + chanceTurns;
  }

  #countTurn(): void {
    if (this.#turning) return;
    this.#turning = true;
    setImmediate(() => {
      this.#turning = false;
      this.#turn++;
    });
  }

  /** The address that takes most; at a tie the one that is named. */
  #heaviest(named?: string): ReadonlySet<Visitor> {
    let most: ReadonlySet<Visitor> = (named !== undefined && this.#byAddress.get(named)) || new Set();
    for (const ofAddress of this.#byAddress.values()) if (ofAddress.size > most.size) most = ofAddress;
    return most;
  }

  #whoGivesWay(ofAddress: ReadonlySet<Visitor>): Visitor | undefined {
    for (const visitor of ofAddress) if (visitor.is === "silent" || visitor.is === "refused") return visitor;
    return undefined;
  }

  #refuse(visitor: Visitor): void {
    this.refused++;
    // Its own `close` comes later; the place is free now.
    this.leave(visitor.socket);
    visitor.socket.destroy();
  }
}
