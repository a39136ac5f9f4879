import { createServer } from "node:net";

/** How far to look from the port that was wished for. */
const triedPorts = 100;

/** The first port from `wished` on that nobody listens on; undefined if the next hundred are all taken. */
export async function freePort(host: string, wished: number): Promise<number | undefined> {
  for (let port = wished; port < Math.min(wished + triedPorts, 65_536); port += 1) {
    if (await isFree(host, port)) return port;
  }
  return undefined;
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((decided) => {
    const server = createServer();
    server.once("error", () => decided(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => decided(true)));
  });
}
