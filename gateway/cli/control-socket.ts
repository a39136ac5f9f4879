/** Speaks to a running gateway: HTTP on the Unix socket in its data folder. */
import { Buffer } from "node:buffer";
import { type IncomingMessage, request } from "node:http";
import { resolve } from "node:path";
import type { Performed, Refusal } from "../ports.js";
import { streamReader } from "./events-stream.js";
import { CommandFailed, exitCodes } from "./failure.js";
import { terminalLanguage } from "./language.js";

/** Room for a path in `sockaddr_un`, less its NUL: 108 bytes on Linux, 104 on macOS and BSD (unix(7)). */
const longestSocketPathBytes = process.platform === "linux" ? 107 : 103;

/** A big import is one request; the gateway answers when it is durable. */
const answerWithinMs = 120_000;
/** The feed says something every 15 s. */
const feedSilenceMs = 60_000;

export function controlSocketOf(dataDir: string): string {
  const path = resolve(dataDir, "control.sock");
  if (Buffer.byteLength(path) > longestSocketPathBytes) {
    throw new CommandFailed(
      exitCodes.unreachable,
      "path-too-long",
      `${path}: a socket's path may have at most ${longestSocketPathBytes} bytes; choose a shorter data folder`,
    );
  }
  return path;
}

/** Nothing listens there: no gateway runs on this data folder, or one was killed and left its socket behind. */
export class NobodyListens extends Error {
  constructor(path: string) {
    super(`${path}: nobody listens`);
    this.name = "NobodyListens";
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

interface Asked {
  readonly socketPath: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly silenceMs: number;
  readonly signal?: AbortSignal;
}

function ask(asked: Asked): Promise<IncomingMessage> {
  const { socketPath, method, path, body, silenceMs } = asked;
  return new Promise((answered, failed) => {
    const outgoing = request(
      {
        socketPath,
        method,
        path,
        agent: false,
        headers: {
          host: "localhost",
          "accept-language": terminalLanguage(),
          ...(body === undefined
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
          ...asked.headers,
        },
        ...(asked.signal ? { signal: asked.signal } : {}),
      },
      answered,
    );
    outgoing.setTimeout(silenceMs, () =>
      outgoing.destroy(
        new CommandFailed(
          exitCodes.unreachable,
          "no-answer",
          `${socketPath}: no answer in ${silenceMs / 1000} s`,
        ),
      ),
    );
    outgoing.on("error", (error) => failed(explained(error, socketPath)));
    outgoing.end(body);
  });
}

function explained(error: Error, socketPath: string): Error {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT" || code === "ECONNREFUSED") return new NobodyListens(socketPath);
  if (code === "EACCES" || code === "EPERM") {
    return new CommandFailed(
      exitCodes.unreachable,
      "not-yours",
      `${socketPath}: belongs to another user; run this command as the user that runs the gateway`,
    );
  }
  if (code === "ECONNRESET" || code === "EPIPE") {
    return new CommandFailed(
      exitCodes.unreachable,
      "connection-lost",
      `${socketPath}: the gateway ended the connection before it answered; whether it acted is in the journal`,
    );
  }
  return error;
}

async function text(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Throws NobodyListens where no gateway runs. */
export async function performAt(socketPath: string, name: string, params: unknown): Promise<Performed> {
  const incoming = await ask({
    socketPath,
    method: "POST",
    path: `/api/v1/operations/${encodeURIComponent(name)}`,
    body: JSON.stringify(params),
    silenceMs: answerWithinMs,
  });
  return performed(name, { status: incoming.statusCode ?? 0, body: await text(incoming) });
}

function performed(name: string, { status, body }: Answer): Performed {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    parsed = undefined;
  }
  const answer = (typeof parsed === "object" && parsed !== null ? parsed : {}) as Record<string, unknown>;
  if (status >= 200 && status < 300 && "result" in answer) return { ok: true, result: answer.result };
  const message = answer.detail ?? answer.message ?? answer.title;
  if (typeof answer.code !== "string" || typeof message !== "string") {
    throw new CommandFailed(
      status >= 500 ? exitCodes.internal : exitCodes.unreachable,
      "no-answer",
      `${name}: the gateway answered ${status} without saying why; its log does`,
    );
  }
  const faults = Array.isArray(answer.faults) ? (answer.faults as Refusal["faults"]) : undefined;
  return {
    ok: false,
    refusal: { code: answer.code as Refusal["code"], message, ...(faults ? { faults } : {}) },
  };
}

/** What is told of a feed. */
export interface FeedReader {
  event(event: unknown): void;
  /** Everything up to this `seq` was told, or is not for this reader: where to go on after a break. */
  cursor(seq: number): void;
}

/**
 * Reads the events above `after` as they come, until `signal` is aborted (resolves) or the gateway goes away (rejects;
 * NobodyListens if it is not there at all).
 */
export async function followAt(
  socketPath: string,
  after: number,
  reader: FeedReader,
  signal: AbortSignal,
): Promise<void> {
  try {
    const incoming = await ask({
      socketPath,
      method: "GET",
      path: "/api/v1/feed",
      headers: { accept: "text/event-stream", "last-event-id": String(after) },
      silenceMs: feedSilenceMs,
      signal,
    });
    if (incoming.statusCode !== 200) {
      incoming.resume();
      throw new CommandFailed(
        exitCodes.refused,
        "refused",
        `${socketPath}: the feed answered ${incoming.statusCode}`,
      );
    }
    incoming.setEncoding("utf8");
    const read = streamReader();
    for await (const piece of incoming) {
      for (const { event, data, id } of read(piece as string)) {
        if (event === "event") reader.event(JSON.parse(data));
        if (id !== undefined) reader.cursor(Number(id));
      }
    }
    throw new Error(`${socketPath}: the feed has ended`);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
