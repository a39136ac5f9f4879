import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Sips } from "./sips.js";

export interface LobbyLimits {
  /** Open connections in all. */
  readonly connections: number;
  /** Of one address; a proxy in front of the gateway is one. */
  readonly connectionsPerAddress: number;
  /** Requests of one connection that wait for their answers; browsers send one after the other. */
  readonly requestsAtOnce: number;
}

export const defaultLobbyLimits: LobbyLimits = {
  connections: 1_000,
  connectionsPerAddress: 200,
  requestsAtOnce: 8,
};

interface Guest {
  readonly socket: Sips;
  /** Requests that came and are not answered yet. */
  readonly open: Set<IncomingMessage>;
  /** It had an answer before. */
  served: boolean;
}

/**
 * Who is connected to the web. Where an address has all that it may have, or the house is full, nobody is turned away who has
 * something to say: the connection goes that has never come to the end of a question, or has asked nothing for longest. Only where all
 * are being answered is the newcomer closed.
 */
export class Lobby {
  readonly #limits: LobbyLimits;
  /** By address, the one that was heard of longest ago first. */
  readonly #byAddress = new Map<string, Map<Sips, Guest>>();
  readonly #addresses = new WeakMap<Sips, string>();
  #count = 0;

  constructor(limits: LobbyLimits) {
    this.#limits = limits;
  }

  get connections(): number {
    return this.#count;
  }

  /** Takes over a server's connections and requests. @param event by which it learns of a connection that it is to speak over */
  receive(server: Server, event: "connection" | "secureConnection", app: RequestListener): void {
    // Node's own listener, which speaks HTTP over whatever stream it is given.
    const speak = server.listeners(event).at(-1);
    if (!speak) throw new Error(`a server without a listener for ${event}`);
    server.off(event, speak as () => void);
    server.on(event, (socket: Socket) => {
      const connection = new Sips(socket, (sips) => this.#isInBody(sips));
      if (this.#arrive(connection, socket.remoteAddress ?? "")) speak.call(server, connection);
    });
    server.on("request", (request, response) => {
      if (!this.#mayAsk(request, response)) return;
      // Not before it is known whether a hundred more came with it.
      setImmediate(() => {
        if (!request.socket.destroyed) app(request, response);
      });
    });
  }

  /** false: there was no room, and it is closed. */
  #arrive(socket: Sips, address: string): boolean {
    const ofAddress = this.#byAddress.get(address) ?? new Map<Sips, Guest>();
    this.#byAddress.set(address, ofAddress);
    ofAddress.set(socket, { socket, open: new Set(), served: false });
    this.#addresses.set(socket, address);
    this.#count++;
    socket.once("close", () => this.#leave(socket, address));
    socket.on("error", () => {});
    if (ofAddress.size > this.#limits.connectionsPerAddress) this.#makeRoom(ofAddress, socket);
    else if (this.#count > this.#limits.connections) this.#makeRoom(this.#heaviest(), socket);
    return !socket.destroyed;
  }

  #leave(socket: Sips, address: string): void {
    const ofAddress = this.#byAddress.get(address);
    if (!ofAddress?.delete(socket)) return;
    this.#count--;
    if (ofAddress.size === 0) this.#byAddress.delete(address);
  }

  #makeRoom(ofAddress: ReadonlyMap<Sips, Guest>, newcomer: Sips): void {
    const others = [...ofAddress.values()].filter(
      (guest) => guest.socket !== newcomer && !isBeingAnswered(guest),
    );
    const out = others.find(({ served }) => !served) ?? others[0];
    (out?.socket ?? newcomer).destroy();
  }

  #heaviest(): ReadonlyMap<Sips, Guest> {
    let most: ReadonlyMap<Sips, Guest> = new Map();
    for (const ofAddress of this.#byAddress.values()) if (ofAddress.size > most.size) most = ofAddress;
    return most;
  }

  #mayAsk(request: IncomingMessage, response: ServerResponse): boolean {
    const guest = this.#guest(request.socket as unknown as Sips);
    // It is just closing.
    if (!guest) return false;
    if (guest.open.size >= this.#limits.requestsAtOnce) {
      guest.socket.destroy();
      return false;
    }
    guest.open.add(request);
    response.once("close", () => {
      guest.open.delete(request);
      guest.served = true;
    });
    // Heard of last.
    const ofAddress = this.#byAddress.get(this.#addresses.get(guest.socket) ?? "");
    ofAddress?.delete(guest.socket);
    ofAddress?.set(guest.socket, guest);
    return true;
  }

  #guest(socket: Sips): Guest | undefined {
    return this.#byAddress.get(this.#addresses.get(socket) ?? "")?.get(socket);
  }

  #isInBody(socket: Sips): boolean {
    for (const request of this.#guest(socket)?.open ?? []) if (!request.complete) return true;
    return false;
  }
}

/** A whole request has come and its answer, which may be a feed, is not at its end. */
function isBeingAnswered({ open }: Guest): boolean {
  for (const request of open) if (request.complete) return true;
  return false;
}
