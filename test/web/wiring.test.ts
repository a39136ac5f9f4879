/** The whole gateway as it runs: its own store, its configuration, TLS; stopped and started anew. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { z } from "zod";
import { openHouse, type RunningGateway, startGateway } from "../../gateway/gateway.js";
import { localAdministrator } from "../../gateway/operations/operator.js";
import { openHandle } from "../../gateway/store/database.js";
import { folderPaths } from "../../gateway/store/folder.js";
import { verifyJournal } from "../../gateway/store/verify.js";
import { accounts, invites } from "../../web/server/schemas/accounts.js";
import { doors } from "../../web/server/schemas/doors.js";
import { events, why } from "../../web/server/schemas/events.js";
import { siteNow, status } from "../../web/server/schemas/live.js";
import { factors, sessions, tokens } from "../../web/server/schemas/me.js";
import { people, person } from "../../web/server/schemas/people.js";
import { session } from "../../web/server/schemas/session.js";
import { groups, schedules, site } from "../../web/server/schemas/site.js";
import { codeOf } from "./app-codes.js";
import { password } from "./house.js";

/** Not a package: whatever the system has. */
const tool = "openssl";

function openssl(): string | undefined {
  try {
    return execFileSync(tool, ["version"], { encoding: "utf8" });
  } catch {
    return undefined;
  }
}

let folder: string;
let cert: string;
let gateway: RunningGateway;
let cookie: string;
let secret: string;
let usedCode: string;
let token: string;
const dataDir = () => join(folder, "data");

function start(): Promise<RunningGateway> {
  const configFile = join(folder, "gateway.yaml");
  return startGateway({ dataDir: dataDir(), configFile, overrides: { mqttPort: 0, webPort: 0 } });
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: answers are read as a client reads them.
  readonly body: any;
}

function ask(as: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const { port } = new URL(gateway.ready.web[0]?.url ?? "");
  const who: Record<string, string> = as.startsWith("gatewarden_")
    ? { Authorization: `Bearer ${as}` }
    : { Cookie: as };
  return new Promise((resolve, reject) => {
    const headers = { ...(as === "" ? {} : who), "Content-Type": "application/json" };
    const to = { host: "127.0.0.1", port, ca: cert, method, path: `/api/v1${path}`, headers, agent: false };
    const sent = request(to, (got) => {
      let text = "";
      got.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      got.on("end", () => {
        const said: unknown = text === "" ? undefined : JSON.parse(text);
        resolve({ status: got.statusCode ?? 0, headers: got.headers, body: said });
      });
    });
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const cookieOf = ({ headers }: Answer): string => headers["set-cookie"]?.[0]?.split(";")[0] ?? "";

beforeAll(async () => {
  if (openssl() === undefined) return;
  folder = mkdtempSync(join(tmpdir(), "gatewarden-wiring-"));
  const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=gateway", "-addext", "subjectAltName=IP:127.0.0.1"];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const files = ["-keyout", keyFile, "-out", certFile];
  execFileSync(tool, ["req", "-x509", ...curve, ...subject, ...files], { stdio: "ignore" });
  cert = readFileSync(certFile, "utf8");
  const config = { web: { tls: { cert: certFile, key: keyFile } }, log: { level: "silent" } };
  // JSON is YAML.
  writeFileSync(join(folder, "gateway.yaml"), JSON.stringify(config));

  const house = await openHouse({ dataDir: dataDir() });
  const demo = join(import.meta.dirname, "../../config/demo/site.yaml");
  const document: unknown = parse(readFileSync(demo, "utf8"));
  const imported = await house.operations.perform(localAdministrator(), "site.import", { document });
  if (!imported.ok) throw new Error(JSON.stringify(imported.refusal));
  await house.close();
  gateway = await start();
}, 60_000);

afterAll(async () => {
  await gateway?.stop("test over");
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(openssl() === undefined)("a gateway with its web over TLS", () => {
  test("is claimed with the secret of its command line, and gives a cookie bound to the host", async () => {
    const made = await gateway.house.operations.perform(localAdministrator(), "owner.claim", {});
    const { secret: claim } = (made.ok ? made.result : {}) as { secret: string };
    const claimed = await ask("", "POST", "/session", { claim, account: "anna", name: "Anna", password });
    expect([claimed.status, claimed.body.version]).toEqual([200, gateway.ready.version]);
    cookie = cookieOf(claimed);
    expect(cookie).toMatch(/^__Host-gatewarden=/);
    const begun = await ask(cookie, "POST", "/me/totp", {});
    secret = begun.body.secret;
    usedCode = codeOf(secret, Date.now());
    expect((await ask(cookie, "PUT", "/me/totp", { code: usedCode })).status).toBe(200);
    token = (await ask(cookie, "POST", "/me/tokens", { name: "script", days: 1 })).body.token;
    await ask(cookie, "PUT", "/people/bruno", { name: "Bruno Keller" });
    await ask(cookie, "POST", "/people/bruno/credentials", { value: "uid:04A1B2C3D4E5F6" });
    await ask(cookie, "POST", "/invites", { account: "gus", name: "Gus", role: "guard" });
  });

  test.each<[string, z.ZodType]>([
    ["/session", session],
    ["/live", siteNow],
    ["/status", status],
    ["/site", site],
    ["/doors", doors],
    ["/groups", groups],
    ["/schedules", schedules],
    ["/people?search=bru&limit=10", people],
    ["/people/bruno", person],
    ["/events?limit=50", events],
    ["/events/1", why],
    ["/accounts", accounts],
    ["/accounts/anna/sessions", sessions],
    ["/invites", invites],
    ["/me/factors", factors],
    ["/me/sessions", sessions],
    ["/me/tokens", tokens],
  ])("%s of the real operations is as the API's description says", async (path, schema) => {
    const { status: code, body } = await ask(cookie, "GET", path);
    expect(code).toBe(200);
    expect(schema.safeParse(body).error).toBeUndefined();
  });

  test("started anew, it knows sessions, tokens, second factors and invites, and takes no code twice", async () => {
    await gateway.stop("restart");
    gateway = await start();
    expect((await ask(cookie, "GET", "/live")).status).toBe(200);
    expect((await ask(token, "GET", "/live")).status).toBe(200);
    expect((await ask(cookie, "GET", "/invites")).body.invites).toMatchObject([{ account: "gus" }]);
    expect((await ask(cookie, "GET", "/me/sessions")).body.sessions).toMatchObject([
      { address: "127.0.0.1", current: true },
    ]);
    const signIn = (code: string) => ask("", "POST", "/session", { account: "anna", password, code });
    expect((await signIn(usedCode)).status).toBe(401);
    // That of the next half minute is taken already: clocks of phones differ.
    const next = codeOf(secret, Date.now() + 30_000);
    expect((await signIn(next)).status).toBe(200);
    expect((await signIn(next)).status).toBe(401);
  });

  test("the rows hold no password, no token and no recovery code", async () => {
    const handle = await openHandle(folderPaths(dataDir()).database, {
      readOnly: true,
      busyTimeoutMs: 1_000,
    });
    const rows = [
      ...(await handle.all("SELECT * FROM accounts")),
      ...(await handle.all("SELECT * FROM account_parts")),
      ...(await handle.all("SELECT * FROM sessions")),
    ];
    await handle.close();
    expect(rows.length).toBeGreaterThan(4);
    const text = JSON.stringify(rows);
    for (const each of [password, token, cookie.split("=")[1] ?? "-"]) expect(text).not.toContain(each);
  });

  test("security checklist 15: sign-ins are in a chain that verifies, and one that is changed afterwards is found", async () => {
    const failed = (await ask(cookie, "GET", "/events?types=audit.sign-in-failed")).body.events;
    expect(failed[0].sentence).toMatch(/a sign-in as anna failed/i);
    await gateway.stop("to be looked at");
    expect(await verifyJournal(dataDir())).toMatchObject({ ok: true });
    const handle = await openHandle(folderPaths(dataDir()).database, {
      readOnly: false,
      busyTimeoutMs: 1_000,
    });
    const hidden = failed[0].seq as number;
    await handle.run("UPDATE events SET body = replace(body, 'anna', 'nina') WHERE seq = ?", [hidden]);
    await handle.close();
    expect(await verifyJournal(dataDir())).toMatchObject({ ok: false, firstBreak: { seq: hidden } });
    gateway = await start();
  });
});
