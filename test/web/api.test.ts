import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { serveWeb } from "../../web/server/listen.js";
import { door, type House, openHouse, password, post, signedIn } from "./house.js";

let house: House;
let cookie: string;

beforeEach(async () => {
  house = await openHouse();
  house.live.doors.set("front", door("front", "Front door"));
  house.live.doors.set("vault", door("vault", "Vault", { mode: "secured" }));
  await house.accounts.addOperator("anna", "owner", { password });
  cookie = await signedIn(house, "anna");
});

afterEach(() => house.stop());

async function get(path: string, headers: Record<string, string> = { Cookie: cookie }) {
  const response = await fetch(house.url + path, { headers });
  // biome-ignore lint/suspicious/noExplicitAny: answers are read as a client reads them.
  return { status: response.status, headers: response.headers, body: (await response.json()) as any };
}

const unlock = (params: unknown, headers: Record<string, string> = {}) =>
  post(house, "/api/v1/operations/door.unlock", params, { Cookie: cookie, ...headers });

describe("operations", () => {
  test("one that is done answers its result and names who did it", async () => {
    const response = await unlock({ door: "front" });
    expect([response.status, await response.json()]).toEqual([200, { result: { door: "front" } }]);
    expect(house.performed).toEqual([
      {
        operator: { actor: { kind: "operator", id: "anna" }, role: "owner", discreet: false, language: "en" },
        name: "door.unlock",
        params: { door: "front" },
      },
    ]);
  });

  test("one that is refused is a problem document with the reason", async () => {
    const response = await unlock({ door: "vault" });
    expect(response.status).toBe(409);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    expect(await response.json()).toEqual({
      type: "about:blank",
      title: "Not possible as things stand",
      status: 409,
      code: "refused",
      detail: "Vault is secured",
    });
    expect((await unlock({ door: "nowhere" })).status).toBe(404);
    const unknown = await post(house, "/api/v1/operations/door.explode", {}, { Cookie: cookie });
    expect([unknown.status, (await unknown.json()).code]).toEqual([404, "unknown-operation"]);
  });

  test("one that breaks tells nothing of the insides", async () => {
    const response = await post(house, "/api/v1/operations/test.break", {}, { Cookie: cookie });
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toMatch(/SELECT|gatewarden\/|at .*\.ts|Error/);
    expect(String(house.broken[0])).toContain("SELECT");
  });
});

describe("reading", () => {
  test("the live view has instants as ISO 8601", async () => {
    const { status, body, headers } = await get("/api/v1/live");
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(body.site).toEqual({ id: "hq", name: "Harbour House", revision: 1, timeZone: "Europe/Berlin" });
    expect(body.doors[0]).toMatchObject({ id: "front", since: expect.stringMatching(/^\d{4}-.*Z$/) });
  });

  test("events come newest first, by pages, filtered", async () => {
    for (let n = 0; n < 5; n += 1) house.happen({ type: "door.opened", door: "front" });
    house.happen({ type: "access.denied", door: "vault", person: "p2", reason: "outside-schedule" });
    const first = await get("/api/v1/events?limit=4");
    expect(first.body.events.map((event: { seq: number }) => event.seq)).toEqual([6, 5, 4, 3]);
    const second = await get(`/api/v1/events?limit=4&before=${first.body.next}`);
    expect(second.body.events.map((event: { seq: number }) => event.seq)).toEqual([2, 1]);
    expect(second.body.next).toBeNull();
    const after = await get("/api/v1/events?after=4");
    expect(after.body.events.map((event: { seq: number }) => event.seq)).toEqual([5, 6]);
    const denied = await get("/api/v1/events?categories=access&door=vault&severities=notice,warning");
    expect(denied.body.events).toMatchObject([{ seq: 6, sentence: expect.stringContaining("Bruno Keller") }]);
  });

  test("looking into one person's history is itself in the audit trail", async () => {
    house.notes.length = 0;
    await get("/api/v1/events?person=p2");
    expect(house.notes).toMatchObject([{ type: "audit.requested", person: "p2", by: { id: "anna" } }]);
  });

  test("a guard who asks for what he may not read is told so, and sees no single event of it either", async () => {
    await house.accounts.addOperator("gus", "guard", { password });
    const Cookie = await signedIn(house, "gus");
    house.happen({ type: "audit.signed-in", by: { kind: "operator", id: "anna" } });
    house.happen({ type: "access.granted", door: "front", person: "p1" });
    expect((await get("/api/v1/events?categories=audit", { Cookie })).status).toBe(403);
    expect((await get("/api/v1/events", { Cookie })).body.events).toMatchObject([{ seq: 2 }]);
    expect((await get("/api/v1/events/1", { Cookie })).status).toBe(404);
  });

  test("one event is found by its id or its seq, with the sentence, the rules asked and the remedy", async () => {
    const event = house.happen({
      type: "access.denied",
      door: "front",
      person: "p2",
      reason: "outside-schedule",
      trace: [["known-card", "ok"]],
      remedy: "would be let in from 07:00",
    });
    for (const which of [event.id, event.seq]) {
      expect((await get(`/api/v1/events/${which}`)).body).toMatchObject({
        event: { seq: event.seq, type: "access.denied", at: expect.stringMatching(/Z$/) },
        sentence: "Bruno Keller was not let in at front: outside-schedule",
        trace: [["known-card", "ok"]],
        remedy: "would be let in from 07:00",
      });
    }
    for (const which of ["99", "no-such-event"]) {
      expect((await get(`/api/v1/events/${which}`)).status).toBe(404);
    }
    expect((await get(`/api/v1/events/${"x".repeat(1_000)}`)).status).toBe(400);
  });

  test.each([
    ["limit=0"],
    ["limit=9999"],
    ["after=-1"],
    ["after=1&before=2"],
    ["categories=gossip"],
    ["door=a%27%20OR%201=1"],
    ["from=yesterday"],
    ["unheard=of"],
    ["__proto__=1&constructor=2"],
    ["door[$ne]=x"],
  ])("a filter that is not right is refused with its place: %s", async (query) => {
    const { status, body } = await get(`/api/v1/events?${query}`);
    expect([status, body.code]).toEqual([400, "invalid"]);
  });
});

describe("requests from elsewhere", () => {
  test.each([
    ["another site's origin", { Origin: "https://evil.example" }],
    ["no origin to speak of (a sandboxed frame)", { Origin: "null" }],
    ["another port of this host", { Origin: "http://127.0.0.1:1" }],
    ["a cross-site fetch", { "Sec-Fetch-Site": "cross-site" }],
    ["a sister site", { "Sec-Fetch-Site": "same-site" }],
  ])("%s changes nothing", async (_who, headers) => {
    const response = await unlock({ door: "front" }, headers as Record<string, string>);
    expect([response.status, (await response.json()).code]).toEqual([403, "foreign-origin"]);
    expect(house.performed).toEqual([]);
  });

  test("the gateway's own page and a program may", async () => {
    const own = { Origin: house.url, "Sec-Fetch-Site": "same-origin" };
    expect((await unlock({ door: "front" }, own)).status).toBe(200);
    expect((await unlock({ door: "front" })).status).toBe(200);
  });

  test("a plain form does not get through: only JSON is taken", async () => {
    const response = await fetch(`${house.url}/api/v1/operations/door.unlock`, {
      method: "POST",
      headers: { Cookie: cookie, "Content-Type": "text/plain" },
      body: '{"door":"front"}',
    });
    expect(response.status).toBe(415);
    expect(house.performed).toEqual([]);
  });

  test("nothing changes on GET", async () => {
    for (const path of ["/api/v1/operations/door.unlock?door=front", "/api/v1/operations/door.unlock"]) {
      expect((await get(path)).status).toBe(404);
    }
    expect(house.performed).toEqual([]);
  });

  test("pages and answers say that nothing from outside runs and nobody frames them", async () => {
    for (const path of ["/", "/people/p1", "/api/v1/session"]) {
      const { headers } = await fetch(house.url + path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("x-powered-by")).toBeNull();
    }
  });
});

describe("bodies and floods are bounded", () => {
  test.each([
    ["not JSON", "{", 400],
    ["too deep", `${"[".repeat(40)}${"]".repeat(40)}`, 400],
    ["a prototype in it", '{"door":"front","__proto__":{"role":"owner"}}', 400],
    ["5 MB", JSON.stringify({ door: "x".repeat(5 * 1024 * 1024) }), 413],
    ["a hundred thousand brackets", "[".repeat(100_000), 400],
  ])("%s is refused, and the gateway goes on", async (_what, body, status) => {
    const response = await fetch(`${house.url}/api/v1/operations/door.unlock`, {
      method: "POST",
      headers: { Cookie: cookie, "Content-Type": "application/json" },
      body,
    });
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    expect(house.performed).toEqual([]);
    expect((await get("/api/v1/live")).status).toBe(200);
  });

  test("somebody who is not signed in cannot make the gateway read a large body", async () => {
    const response = await post(house, "/api/v1/operations/door.unlock", { door: "x".repeat(100_000) });
    expect(response.status).toBe(401);
    expect((await post(house, "/api/v1/session", { claim: "x".repeat(20_000) })).status).toBe(413);
  });

  test("garbage in addresses and headers is answered, in little time", async () => {
    const startedAt = performance.now();
    for (const path of [
      "/api/v1/events/%00",
      "/api/v1/events/%ff",
      "/api/v1/operations/%2e%2e%2f",
      `/api/v1/${"a/".repeat(2_000)}`,
      `/api/v1/events?${"door[a]".repeat(900)}=1`,
      "/api/v1/events?limit=1e999",
    ]) {
      const { status } = await fetch(house.url + path, { headers: { Cookie: cookie } });
      expect([400, 404], path).toContain(status);
    }
    const bad = await fetch(`${house.url}/api/v1/feed`, {
      headers: { Cookie: cookie, "Last-Event-ID": "'; DROP" },
    });
    expect(bad.status).toBe(400);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test("an address that asks without end is told to wait", async () => {
    await house.stop();
    house = await openHouse({ limits: { requests: { perSecond: 0.5, burst: 20 } } });
    const answers = [];
    for (let n = 0; n < 30; n += 1) answers.push(await fetch(`${house.url}/api/v1/session`));
    const refused = answers.filter((answer) => answer.status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(8);
    expect(Number(refused[0]?.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    house.clock.ahead += 5_000;
    expect((await fetch(`${house.url}/api/v1/session`)).status).toBe(200);
  });

  test("who sends headers slowly is cut off within 10 s and a check, while others are served", async () => {
    const socket = connect(Number(new URL(house.url).port), "127.0.0.1");
    socket.on("error", () => {});
    const startedAt = performance.now();
    const closed = new Promise<number>((over) =>
      socket.once("close", () => over(performance.now() - startedAt)),
    );
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n");
    const trickle = setInterval(() => socket.write("X-Slow: 1\r\n"), 500);
    expect((await get("/api/v1/live")).status).toBe(200);
    const afterMs = await closed;
    clearInterval(trickle);
    socket.destroy();
    expect(afterMs).toBeGreaterThan(5_000);
    expect(afterMs).toBeLessThan(14_000);
  }, 20_000);
});

describe("the control socket", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "gatewarden-web-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function overSocket(socketPath: string, method: string, path: string, body?: unknown) {
    return new Promise<{ status: number; body: string }>((resolve, reject) => {
      const asked = request(
        { socketPath, method, path, headers: body ? { "Content-Type": "application/json" } : {} },
        (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (chunk: string) => {
            text += chunk;
          });
          response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
        },
      );
      asked.on("error", reject);
      asked.end(body ? JSON.stringify(body) : undefined);
    });
  }

  test("serves the same app to the local administrator, only to this user, and replaces what a crash left", async () => {
    const socket = join(folder, "control.sock");
    await writeFile(socket, "left by a crash");
    const local = await openHouse({
      where: { socket },
      more: {
        identify: () => ({ actor: { kind: "operator", id: "local" }, role: "owner", discreet: true }),
        publicUrl: () => "http://gate:8080",
      },
    });
    local.live.doors.set("front", door("front", "Front door"));
    expect((await stat(socket)).mode & 0o777).toBe(0o600);
    const done = await overSocket(socket, "POST", "/api/v1/operations/door.unlock", { door: "front" });
    expect(done.status).toBe(200);
    expect(local.performed[0]?.operator.actor).toEqual({ kind: "operator", id: "local" });
    expect((await overSocket(socket, "GET", "/api/v1/live")).status).toBe(200);
    // Has no account of its own, and needs no proof: who opens the socket has the data folder.
    expect((await overSocket(socket, "GET", "/api/v1/me/tokens")).status).toBe(403);
    const invite = { account: "gus", name: "Gus", role: "guard" };
    const invited = await overSocket(socket, "POST", "/api/v1/invites", invite);
    expect(JSON.parse(invited.body).url).toMatch(/^http:\/\/gate:8080\/#invite=/);
    await local.stop();
  });

  test("a path that no socket can have is refused by name", async () => {
    const long = join(folder, "x".repeat(120));
    await expect(serveWeb(house.app, { socket: long })).rejects.toThrow(/107 bytes/);
  });

  test("an identify that knows nobody opens nothing, whatever cookie comes along", async () => {
    const local = await openHouse({ more: { identify: () => undefined } });
    const response = await fetch(`${local.url}/api/v1/live`, { headers: { Cookie: cookie } });
    expect(response.status).toBe(401);
    await local.stop();
  });
});
