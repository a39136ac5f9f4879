/** Who may be connected to the web, seen from real sockets. */
import { once } from "node:events";
import type { RequestListener } from "node:http";
import { connect as connectTcp, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type Serving, serveWeb } from "../../web/server/listen.js";
import type { LobbyLimits } from "../../web/server/lobby.js";
import { pause, until } from "../broker/rig.js";

let serving: Serving | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await serving?.stop();
});

async function house(
  lobby: Partial<LobbyLimits>,
  app: RequestListener = (_, response) => response.end("hello"),
) {
  serving = await serveWeb(app, { host: "127.0.0.1", port: 0, lobby });
  return serving.port ?? 0;
}

async function guest(port: number, says = "", from = "127.0.0.1") {
  const socket = connectTcp({ port, host: "127.0.0.1", localAddress: from });
  sockets.push(socket);
  socket.on("error", () => {});
  let heard = "";
  socket.on("data", (bytes: Buffer) => {
    heard += bytes.toString();
  });
  await once(socket, "connect");
  if (says !== "") socket.write(says);
  return { socket, heard: () => heard };
}

const question = "GET / HTTP/1.1\r\nHost: gate\r\n\r\n";
const isOver = ({ socket }: { socket: Socket }): boolean => socket.destroyed || socket.readableEnded;

test("an address that has all it may have gives one that says nothing for one that asks", async () => {
  const port = await house({ connectionsPerAddress: 10 });
  const answered = await guest(port, question);
  await until(() => answered.heard().includes("hello"));
  const silent = await Promise.all(Array.from({ length: 9 }, () => guest(port)));
  await pause(50);
  const newcomer = await guest(port, question);
  await until(() => newcomer.heard().includes("hello"));
  await until(() => silent.filter(isOver).length === 1);
  expect(isOver(answered)).toBe(false);
});

test("a head or a body that drips gives way, an answer that is under way does not", async () => {
  const port = await house({ connectionsPerAddress: 3 }, (request, response) => {
    if (request.url === "/feed") response.write("first");
    else request.on("end", () => response.end("hello")).resume();
  });
  const feed = await guest(port, "GET /feed HTTP/1.1\r\nHost: gate\r\n\r\n");
  await until(() => feed.heard().includes("first"));
  const head = await guest(port, "GET / HTTP/1.1\r\nX-");
  const body = await guest(port, "POST / HTTP/1.1\r\nHost: gate\r\nContent-Length: 100\r\n\r\nx");
  await pause(50);
  for (let i = 0; i < 2; i++) {
    const newcomer = await guest(port, question);
    await until(() => newcomer.heard().includes("hello"));
  }
  await until(() => isOver(head) && isOver(body));
  expect(isOver(feed)).toBe(false);
});

test("in a full house the address with most guests makes room for another's", async () => {
  const port = await house({ connections: 20, connectionsPerAddress: 100 });
  const crowd = await Promise.all(Array.from({ length: 19 }, () => guest(port, "", "127.0.0.2")));
  const alone = await guest(port, "", "127.0.0.3");
  await pause(50);
  const newcomer = await guest(port, question, "127.0.0.4");
  await until(() => newcomer.heard().includes("hello"));
  await until(() => crowd.filter(isOver).length === 1);
  expect(isOver(alone)).toBe(false);
});

test("who sends questions without waiting for answers is cut off, and none of them is worked", async () => {
  let asked = 0;
  const port = await house({}, (_request, response) => {
    asked++;
    setImmediate(() => response.end("hello"));
  });
  const impatient = await guest(port, question.repeat(1_000));
  await until(() => isOver(impatient));
  expect(asked).toBe(0);
  const browser = await guest(port, question.repeat(6));
  await until(() => browser.heard().split("hello").length === 7);
});
