import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect, runningGateway } from "../../gateway/cli/connection.js";
import { controlSocketOf, followAt, NobodyListens, performAt } from "../../gateway/cli/control-socket.js";

let folder: string;
let server: Server | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gw-cli-"));
});

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((closed) => (server ? server.close(closed) : closed(undefined)));
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function serve(listener: RequestListener): Promise<string> {
  const path = controlSocketOf(folder);
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((ready) => listening.listen(path, ready));
  return path;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    "content-type": status < 400 ? "application/json" : "application/problem+json",
  });
  response.end(JSON.stringify(body));
}

describe("asking a running gateway", () => {
  test("an operation is posted with its parameters and its result comes back", async () => {
    let seen = "";
    const path = await serve((request, response) => {
      request.on("data", (piece) => {
        seen += piece;
      });
      request.on("end", () => json(response, 200, { result: { url: request.url, method: request.method } }));
    });
    expect(await performAt(path, "door.unlock", { door: "front" })).toEqual({
      ok: true,
      result: { url: "/api/v1/operations/door.unlock", method: "POST" },
    });
    expect(JSON.parse(seen)).toEqual({ door: "front" });
  });

  test("a refusal keeps its code, its words and its faults", async () => {
    const faults = [{ path: "doors[2].lock", message: "is missing" }];
    const path = await serve((_request, response) =>
      json(response, 400, {
        title: "The request is not right",
        status: 400,
        code: "invalid",
        detail: "1 fault",
        faults,
      }),
    );
    expect(await performAt(path, "site.import", {})).toEqual({
      ok: false,
      refusal: { code: "invalid", message: "1 fault", faults },
    });
  });

  test("an answer that is no answer of ours is a failure, not a result", async () => {
    const path = await serve((_request, response) => {
      response.writeHead(502);
      response.end("<html>");
    });
    await expect(performAt(path, "status", {})).rejects.toMatchObject({ exitCode: 1, code: "no-answer" });
  });

  test("a gateway that dies before it answers leaves it open whether it acted, and says so", async () => {
    const path = await serve((request) => request.socket.destroy());
    await expect(performAt(path, "door.unlock", {})).rejects.toMatchObject({
      exitCode: 4,
      code: "connection-lost",
      message: expect.stringContaining("whether it acted is in the journal"),
    });
  });

  test("where no socket is, or a dead one was left behind, nobody listens", async () => {
    await expect(performAt(controlSocketOf(folder), "status", {})).rejects.toBeInstanceOf(NobodyListens);
    writeFileSync(controlSocketOf(folder), "");
    await expect(performAt(controlSocketOf(folder), "status", {})).rejects.toBeInstanceOf(NobodyListens);
    expect(await runningGateway(folder)).toBeUndefined();
  });

  test("a path that no socket can have is refused before it is cut short to another's", () => {
    expect(() => controlSocketOf(`/${"x".repeat(120)}`)).toThrow("choose a shorter data folder");
  });
});

describe("following the feed", () => {
  test("it goes on after the number it was given, tells events only, and ends when it is told to", async () => {
    const stop = new AbortController();
    let resumedAfter: unknown;
    const path = await serve((request, response) => {
      resumedAfter = request.headers["last-event-id"];
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write('event: door\ndata: {"id":"front"}\n\nid: 8\nevent: event\ndata: {"seq":8,');
      setTimeout(() => response.write('"type":"access.granted"}\n\n'), 20);
    });
    const told: unknown[] = [];
    await followAt(
      path,
      7,
      {
        event: (event) => told.push(event),
        cursor: (seq) => {
          told.push(seq);
          stop.abort();
        },
      },
      stop.signal,
    );
    expect(resumedAfter).toBe("7");
    expect(told).toEqual([{ seq: 8, type: "access.granted" }, 8]);
  });

  test.each([
    ["dies", (response: ServerResponse) => response.socket?.destroy()],
    ["ends it, as one that stops does", (response: ServerResponse) => response.end()],
  ])("it fails when the gateway %s, so that it can be begun anew", async (_how, leave) => {
    const path = await serve((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(": hello\n\n");
      setTimeout(() => leave(response), 20);
    });
    const reader = { event: () => {}, cursor: () => {} };
    await expect(followAt(path, 0, reader, new AbortController().signal)).rejects.toThrow();
  });
});

describe("a data folder that is not there", () => {
  test("is not made by a command that only looks", async () => {
    const missing = join(folder, "mistyped");
    await expect(connect(missing)).rejects.toMatchObject({ exitCode: 4, code: "no-data-folder" });
  });
});
