import { chmod, rm } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { defaultLobbyLimits, Lobby, type LobbyLimits } from "./lobby.js";

export type Where =
  | {
      readonly host: string;
      /** 0: any free one. */
      readonly port: number;
      readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
      readonly lobby?: Partial<LobbyLimits>;
    }
  /** A Unix socket that only this user can open (mode 0600). Whatever was left at the path is replaced. */
  | { readonly socket: string };

export interface Serving {
  /** `http://127.0.0.1:8080`; absent on a Unix socket. */
  readonly url?: string;
  readonly port?: number;
  /** Ends at once, also the feeds that are open. */
  stop(): Promise<void>;
}

/** Nobody may hold a connection open by sending slowly, nor fill memory with headers. */
const patience = {
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  /** How often Node looks at the two above. */
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 5_000,
  maxHeaderSize: 16 * 1024,
} as const;
/**
 * Who asked for a page and does not take it is not waited for; a feed says something every quarter of a minute. Only on the network:
 * a town's people are imported over the control socket and take their time.
 */
const stuckAfterMs = 60_000;
/** Above the lobby's number: what a flood of connections makes between two looks. */
const mostAtOnce = 4_000;
/** What a `sockaddr_un` holds on Linux, without its end. */
const longestSocketPath = 107;

/** Serves until `stop`. Rejects if it cannot listen there. */
export async function serveWeb(app: RequestListener, where: Where): Promise<Serving> {
  const network = "socket" in where ? undefined : where;
  const tls = network?.tls;
  const server: Server = tls
    ? createTlsServer({ ...patience, ...tls, minVersion: "TLSv1.2" })
    : createServer(patience);
  server.maxConnections = mostAtOnce;
  server.maxHeadersCount = 100;
  if (network) {
    const lobby = new Lobby({ ...defaultLobbyLimits, ...network.lobby });
    lobby.receive(server, tls ? "secureConnection" : "connection", app);
    server.timeout = stuckAfterMs;
  } else server.on("request", app);
  const stop = () =>
    new Promise<void>((stopped) => {
      server.close(() => stopped());
      server.closeAllConnections();
    });

  if ("socket" in where) {
    await listenOnSocket(server, where.socket);
    return { stop };
  }
  await listening(server, () => server.listen(where.port, where.host));
  const { port } = server.address() as AddressInfo;
  const host = where.host.includes(":") ? `[${where.host}]` : where.host;
  return { url: `${tls ? "https" : "http"}://${host}:${port}`, port, stop };
}

async function listenOnSocket(server: Server, path: string): Promise<void> {
  if (Buffer.byteLength(path) > longestSocketPath) {
    throw new Error(
      `control socket ${path}: longer than the ${longestSocketPath} bytes that a Unix socket's path may have`,
    );
  }
  await rm(path, { force: true });
  // The mode is right from the first instant on: nobody slips in before the chmod.
  const before = process.umask(0o177);
  try {
    await listening(server, () => server.listen(path));
  } finally {
    process.umask(before);
  }
  await chmod(path, 0o600);
}

function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("listening", () => {
      server.off("error", reject);
      resolve();
    });
    listen();
  });
}
