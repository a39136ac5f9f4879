import { request } from "node:http";
import { pause } from "../../faults/rounds.js";
import { Wire } from "../wire.js";
import type { Yard } from "../yard.js";

export const owner = { account: "ada", password: "eleven green bicycles" } as const;
const api = "/api/v1";
const comesBackAfterMs = 500;

type Served = Pick<Yard, "web">;

const at = ({ web }: Served): { host: string; port: number } => ({
  host: web.hostname,
  port: Number(web.port),
});

export interface Answered {
  readonly status: number;
  readonly cookie: string;
  readonly body: string;
}

/** One request from an address, over a connection of its own. Rejects when it is cut off or takes more than ten seconds. */
export function ask(
  yard: Served,
  method: string,
  path: string,
  { body, cookie = "", from = "127.0.0.1" }: { body?: object; cookie?: string; from?: string } = {},
): Promise<Answered> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...at(yard),
        method,
        path: api + path,
        localAddress: from,
        agent: false,
        timeout: 10_000,
        headers: {
          ...(text === undefined
            ? {}
            : { "Content-Type": "application/json", "Content-Length": text.length }),
          ...(cookie === "" ? {} : { Cookie: cookie }),
        },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            cookie: (response.headers["set-cookie"]?.[0] ?? "").split(";")[0] ?? "",
            body: Buffer.concat(parts).toString(),
          }),
        );
      },
    );
    sent.on("timeout", () => sent.destroy(new Error(`${method} ${path}: no answer within ten seconds`)));
    sent.on("error", reject);
    sent.end(text);
  });
}

/** The first owner, by the secret that the building printed. */
export async function claim(yard: Yard): Promise<string> {
  const { status, cookie, body } = await ask(yard, "POST", "/session", {
    body: { claim: yard.building.ownerSecret, name: "Ada", ...owner },
  });
  if (status !== 200) throw new Error(`the owner could not be claimed: ${status} ${body}`);
  return cookie;
}

/** Somebody at their desk: signs in again and again and follows the feed; all from their own address. */
export interface Visit {
  /** Longest that a sign-in took, milliseconds. */
  readonly slowestSignInMs: number;
  readonly signIns: number;
  /** Sign-ins that were refused or cut off. */
  readonly failed: readonly string[];
  /** Events that the feed told meanwhile. */
  readonly events: number;
  readonly feedEnded: boolean;
}

/** So many connections that each do the same: `speak` is asked for what is next to be sent, once a second. */
async function manyWires(
  yard: Yard,
  {
    sockets,
    from,
    forMs,
    comeBack,
  }: { sockets: number; from: (n: number) => string; forMs: number; comeBack: boolean },
  speak: (second: number) => Buffer | undefined,
): Promise<number> {
  const endsAt = performance.now() + forMs;
  let opened = 0;
  await Promise.all(
    Array.from({ length: sockets }, async (_, n) => {
      do {
        const wire = new Wire(at(yard), from(n));
        if (!(await wire.opened)) {
          await pause(200);
          continue;
        }
        opened++;
        for (let second = 0; performance.now() < endsAt && !wire.socket.destroyed; second++) {
          const bytes = speak(second);
          if (bytes) wire.write(bytes);
          await Promise.race([pause(Math.min(1_000, Math.max(1, endsAt - performance.now()))), wire.closed]);
        }
        wire.destroy();
        await pause(comesBackAfterMs);
      } while (comeBack && performance.now() < endsAt);
    }),
  );
  return opened;
}

type Many = Parameters<typeof manyWires>[1];

/** A request head that never ends, a few bytes a second. */
export function headerDrip(yard: Yard, many: Many): Promise<number> {
  const head = "GET /api/v1/session HTTP/1.1\r\nHost: gate\r\n";
  return manyWires(yard, many, (second) => Buffer.from(second === 0 ? head : `X-${second}: y\r\n`));
}

/** A sign-in whose body comes a byte a second. */
export function bodyDrip(yard: Yard, many: Many): Promise<number> {
  const head =
    "POST /api/v1/session HTTP/1.1\r\nHost: gate\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n{";
  return manyWires(yard, many, (second) => Buffer.from(second === 0 ? head : " "));
}

/** Connections that say nothing at all. */
export function idle(yard: Yard, many: Many): Promise<number> {
  return manyWires(yard, many, () => undefined);
}

/** Thousands of requests written at once without waiting for an answer, over and over. */
export async function pipelining(
  yard: Yard,
  {
    sockets,
    requests,
    from,
    forMs,
  }: { sockets: number; requests: number; from: (n: number) => string; forMs: number },
): Promise<void> {
  const burst = Buffer.from("GET /api/v1/session HTTP/1.1\r\nHost: gate\r\n\r\n".repeat(requests));
  const endsAt = performance.now() + forMs;
  await Promise.all(
    Array.from({ length: sockets }, async (_, n) => {
      while (performance.now() < endsAt) {
        const wire = new Wire(at(yard), from(n));
        if (await wire.opened) wire.write(burst);
        await wire.overWithin(Math.min(1_000, Math.max(1, endsAt - performance.now())));
        await pause(20);
      }
    }),
  );
}

/** One header of a mebibyte, and ten thousand small ones; resolves with the status lines that came back. */
export async function hugeHeaders(yard: Yard, times: number): Promise<string[]> {
  const start = "GET /api/v1/session HTTP/1.1\r\nHost: gate\r\n";
  const heads = [
    `${start}X-Large: ${"x".repeat(1024 * 1024)}\r\n\r\n`,
    `${start}${Array.from({ length: 10_000 }, (_, i) => `X-${i}: y`).join("\r\n")}\r\n\r\n`,
    `${start}Cookie: ${"gatewarden=x; ".repeat(70_000)}\r\n\r\n`,
    `GET /${"a/".repeat(500_000)} HTTP/1.1\r\nHost: gate\r\n\r\n`,
  ];
  const answers: string[] = [];
  for (let i = 0; i < times; i++) {
    const wire = new Wire(at(yard), `127.0.9.${1 + (i % 200)}`);
    if (await wire.opened) wire.write(Buffer.from(heads[i % heads.length] ?? ""));
    await wire.overWithin(1_000);
    answers.push(wire.bytes.toString("latin1").split("\r\n")[0] ?? "");
  }
  return answers;
}

/** Guesses at the owner's password, from many addresses at once; resolves with how many were tried and how many got in. */
export async function guessPasswords(
  yard: Yard,
  { addresses, from, forMs }: { addresses: number; from: (n: number) => string; forMs: number },
): Promise<{ readonly tried: number; readonly slowedDown: number; readonly gotIn: number }> {
  const endsAt = performance.now() + forMs;
  let tried = 0;
  let slowedDown = 0;
  let gotIn = 0;
  await Promise.all(
    Array.from({ length: addresses }, async (_, n) => {
      for (let i = 0; performance.now() < endsAt; i++) {
        const body = { account: owner.account, password: `guess number ${n} ${i}` };
        const status = await ask(yard, "POST", "/session", { body, from: from(n) }).then(
          (answer) => answer.status,
          () => 0,
        );
        if (status === 200) gotIn++;
        if (status === 429 || status === 503) slowedDown++;
        tried++;
        await pause(50);
      }
    }),
  );
  return { tried, slowedDown, gotIn };
}
