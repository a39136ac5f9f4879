import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { z } from "zod";
import { accounts, invites } from "../../web/server/schemas/accounts.js";
import { problem } from "../../web/server/schemas/common.js";
import { doors } from "../../web/server/schemas/doors.js";
import { events, why } from "../../web/server/schemas/events.js";
import { siteNow, status } from "../../web/server/schemas/live.js";
import { factors, sessions, tokens } from "../../web/server/schemas/me.js";
import {
  access,
  credentialAdded,
  letInEnded,
  people,
  person,
  pinSet,
  unknownCards,
} from "../../web/server/schemas/people.js";
import { session } from "../../web/server/schemas/session.js";
import { groups, schedules, site } from "../../web/server/schemas/site.js";
import {
  acts,
  companies,
  leavers,
  leaversRestored,
  visitEnded,
  visitorAdded,
  visitors,
} from "../../web/server/schemas/visitors.js";
import { ask, door, type House, openHouse, password, signedIn } from "./house.js";

let house: House;
let cookie: string;

beforeAll(async () => {
  house = await openHouse();
  house.live.doors.set("front", door("front", "Front door"));
  await house.accounts.addOperator("anna", "owner", { password, name: "Anna" });
  cookie = await signedIn(house, "anna");
  house.happen({ type: "access.denied", door: "front", person: "p2", reason: "outside-schedule" });
  await ask(house, cookie, "POST", "/me/tokens", { name: "script", days: 1 });
  await ask(house, cookie, "POST", "/invites", { account: "gus", name: "Gus", role: "guard" });
});

afterAll(() => house.stop());

beforeEach(() => {
  house.performed.length = 0;
});

describe("what is read", () => {
  test.each<[string, z.ZodType]>([
    ["/session", session],
    ["/live", siteNow],
    ["/status", status],
    ["/site", site],
    ["/doors", doors],
    ["/groups", groups],
    ["/schedules", schedules],
    ["/people?search=bru&limit=10&after=x", people],
    ["/people/p2", person],
    ["/people/p2/access", access],
    ["/cards/unknown", unknownCards],
    ["/visitors?all=true", visitors],
    ["/companies", companies],
    ["/leavers", acts],
    ["/events", events],
    ["/events/1", why],
    ["/accounts", accounts],
    ["/accounts/anna/sessions", sessions],
    ["/invites", invites],
    ["/me/factors", factors],
    ["/me/sessions", sessions],
    ["/me/tokens", tokens],
  ])("%s is as the description says", async (path, schema) => {
    const { status: code, body } = await ask(house, cookie, "GET", path);
    expect(code).toBe(200);
    expect(schema.safeParse(body).error).toBeUndefined();
  });

  test("a refusal is a problem document, as the description says", async () => {
    for (const [method, path, body] of [
      ["GET", "/events?limit=0", undefined],
      ["GET", "/accounts/nobody/sessions", undefined],
      ["POST", "/doors/nowhere/unlock", {}],
      ["POST", "/session", { account: "anna", password: "wrong" }],
    ] as const) {
      const refused = await ask(house, cookie, method, path, body);
      expect(refused.headers.get("content-type")).toContain("application/problem+json");
      expect(problem.safeParse(refused.body).error, path).toBeUndefined();
    }
  });
});

describe("what is done calls the operation of the same meaning, as who asks", () => {
  const denial = "01900000-0000-7000-8000-000000000001";

  test.each([
    [
      "POST",
      "/doors/front/unlock",
      { ms: 4_000, note: "post" },
      "door.unlock",
      { door: "front", ms: 4_000, note: "post" },
    ],
    ["POST", "/doors/front/mode", { mode: "secured" }, "door.mode", { door: "front", mode: "secured" }],
    ["POST", "/doors/front/mode", {}, "door.mode", { door: "front" }],
    [
      "POST",
      "/doors/front/allow-open",
      { note: "delivery" },
      "door.allow-open",
      { door: "front", note: "delivery" },
    ],
    ["POST", "/doors/front/emergency-release", {}, "door.emergency-release", { door: "front" }],
    [
      "POST",
      "/doors/front/emergency-reset",
      { note: "drill" },
      "door.emergency-reset",
      { door: "front", note: "drill" },
    ],
    [
      "PUT",
      "/people/p2",
      { name: "Bruno", groups: ["staff"], validUntil: null },
      "person.put",
      { person: "p2", name: "Bruno", groups: ["staff"], validUntil: null },
    ],
    ["POST", "/people/p2/block", {}, "person.block", { person: "p2", blocked: true }],
    [
      "POST",
      "/people/p2/credentials",
      { value: "142,51091" },
      "credential.add",
      { person: "p2", value: "142,51091" },
    ],
    [
      "POST",
      "/people/p2/credentials",
      { event: denial },
      "credential.assign",
      { person: "p2", event: denial },
    ],
    [
      "POST",
      "/credentials/c1/status",
      { status: "lost" },
      "credential.status",
      { credential: "c1", status: "lost" },
    ],
    [
      "POST",
      "/accounts/anna/disable",
      { disabled: false },
      "account.disable",
      { account: "anna", disabled: false },
    ],
  ])("%s %s %j", async (method, path, body, name, params) => {
    const { status: code } = await ask(house, cookie, method, path, body);
    expect(code).toBe(200);
    const operator = {
      actor: { kind: "operator", id: "anna" },
      role: "owner",
      discreet: false,
      language: "en",
    };
    expect(house.performed).toEqual([{ operator, name, params }]);
  });

  test.each<[string, string, object, z.ZodType]>([
    ["PUT", "/people/p2/pin", { pin: "4711" }, pinSet],
    ["POST", "/people/p2/let-in", { door: "front", until: "2026-11-24T17:00:00Z" }, person],
    ["POST", "/people/p2/let-in-end", { door: "front" }, letInEnded],
    ["POST", "/visitors", { name: "Vera", host: "p2", doors: ["front"] }, visitorAdded],
    ["POST", "/visitors/p2/end", {}, visitEnded],
    ["POST", "/leavers", { company: "Keller Bau", dryRun: true }, leavers],
    ["POST", "/leavers/act-1/restore", {}, leaversRestored],
  ])("%s %s answers as the description says", async (method, path, body, schema) => {
    const { status: code, body: told } = await ask(house, cookie, method, path, body);
    expect(code).toBe(200);
    expect(schema.safeParse(told).error).toBeUndefined();
  });

  test("an answer to a new card is as the description says", async () => {
    const { body } = await ask(house, cookie, "POST", "/people/p2/credentials", { value: "142,51091" });
    expect(credentialAdded.safeParse(body).error).toBeUndefined();
  });

  test.each([
    ["PUT", "/people/p2", { name: "" }],
    ["PUT", "/people/P2", { name: "Bruno" }],
    ["POST", "/people/p2/credentials", {}],
    ["POST", "/people/p2/credentials", { value: "1", event: "x" }],
    ["POST", "/doors/front/unlock", { ms: 1 }],
    ["POST", "/doors/front/unlock", { note: "a\nforged line" }],
    ["POST", "/doors/front/mode", { mode: "ajar" }],
    ["POST", "/credentials/c1/status", { status: "eaten" }],
    ["POST", "/people/p2/block", { blocked: "yes" }],
  ])("%s %s %j is refused before it gets there, with its place", async (method, path, body) => {
    const refused = await ask(house, cookie, method, path, body);
    expect([refused.status, refused.body.code]).toEqual([400, "invalid"]);
    expect(refused.body.faults.length).toBeGreaterThan(0);
    expect(house.performed).toEqual([]);
  });
});
