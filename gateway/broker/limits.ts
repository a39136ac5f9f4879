/** What one connection, one address and one account may use; defaults from the security design. */
export interface BrokerLimits {
  /** Largest packet after CONNECT, in bytes: 64 kB of payload and room for topic and header. */
  readonly packetBytes: number;
  readonly payloadBytes: number;
  /** Largest CONNECT, in bytes: name, key and a will of a few words. */
  readonly connectBytes: number;
  /** From accepting a socket to a complete CONNECT, the TLS handshake included. */
  readonly connectWithinMs: number;
  readonly unauthenticatedPerAddress: number;
  readonly unauthenticated: number;
  /** How long a connection that has sent its CONNECT waits for a place of its address, before it is closed. */
  readonly placeWithinMs: number;
  /** Longest keep-alive that a client gets, in seconds; one that asks for more or for none gets this. */
  readonly keepAliveS: number;
  readonly publishPerSecond: number;
  readonly publishBurst: number;
  /** A client that lets this many bytes lie is dropped. */
  readonly unreadBytes: number;
  readonly subscriptionsPerClient: number;
  /** Requests of one client that are worked at once; more are answered `busy`. */
  readonly requestsAtOnce: number;
}

export const defaultLimits: BrokerLimits = {
  packetBytes: 64 * 1024 + 1024,
  payloadBytes: 64 * 1024,
  connectBytes: 4096,
  connectWithinMs: 5_000,
  unauthenticatedPerAddress: 20,
  unauthenticated: 500,
  placeWithinMs: 4_000,
  keepAliveS: 300,
  publishPerSecond: 50,
  publishBurst: 200,
  unreadBytes: 1024 * 1024,
  subscriptionsPerClient: 64,
  requestsAtOnce: 8,
};
