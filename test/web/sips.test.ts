import { once } from "node:events";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { connect as connectTcp } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type Serving, serveWeb } from "../../web/server/listen.js";

let serving: Serving | undefined;
afterEach(() => serving?.stop());

async function house(app: RequestListener) {
  serving = await serveWeb(app, { host: "127.0.0.1", port: 0 });
  return serving;
}

test("a body of four mebibytes arrives whole, and its sender has an address", async () => {
  let from: string | undefined;
  const { url } = await house(async (request: IncomingMessage, response: ServerResponse) => {
    from = request.socket.remoteAddress;
    let bytes = 0;
    for await (const chunk of request) bytes += (chunk as Buffer).length;
    response.end(String(bytes));
  });
  const body = "x".repeat(4 * 1024 * 1024);
  const answer = await fetch(`${url}/`, { method: "POST", body });
  expect(await answer.text()).toBe(String(body.length));
  expect(from).toBe("127.0.0.1");
});

test("the loop is free between two sips, however much is written at once", async () => {
  const { port = 0 } = await house((_request: unknown, response: ServerResponse) => {
    response.end("hello");
  });
  let turns = 0;
  let watching = true;
  const turn = (): void => {
    turns++;
    if (watching) setImmediate(turn);
  };
  const socket = connectTcp({ port, host: "127.0.0.1" });
  socket.on("error", () => {});
  await once(socket, "connect");
  turn();
  // A head of 15 kB, which takes fifteen sips.
  socket.write(`GET / HTTP/1.1\r\nHost: gate\r\nX-Long: ${"y".repeat(15_000)}\r\n\r\n`);
  const [answer] = (await once(socket, "data")) as [Buffer];
  watching = false;
  socket.destroy();
  expect(answer.toString()).toContain("200 OK");
  expect(turns).toBeGreaterThanOrEqual(15);
});
