/** A whole gateway with real sockets: what its doors, its clock and its clients come to, seen from outside. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { connectAsync, type MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startGateway } from "../../gateway/gateway.js";
import { localAdministrator } from "../../gateway/operations/operator.js";
import type { ClockWord } from "../../gateway/ports.js";
import { folderPaths } from "../../gateway/store/folder.js";
import { belongings, patience } from "../cli/running-gateway.js";
import { type KeypadHouse, keypadHouse } from "./gateway-with-keypads.js";

vi.setConfig(patience);
const own = belongings();
afterAll(() => own.gone());

const [entrance, exact, hours, vault] = [1, 2, 3, 4] as const;
const ada = { uid: "04a1b2c3d4e510" };
const con = { uid: "04a1b2c3d4e512" };

/** A guard's screen: hears what happens at the building and asks for things. */
class Screen {
  readonly events: Record<string, unknown>[] = [];
  readonly #client: MqttClient;
  readonly #answers = new Map<string, (answer: Record<string, unknown>) => void>();
  #count = 0;

  constructor(client: MqttClient) {
    this.#client = client;
    client.on("message", (topic, payload) => {
      const body = JSON.parse(payload.toString()) as Record<string, unknown>;
      if (topic.endsWith("/res")) this.#answers.get(String(body.id))?.(body);
      else this.events.push(body);
    });
  }

  static async connect(house: KeypadHouse): Promise<Screen> {
    const { key } = await house.done<{ key: string }>("client.add", { client: "desk", role: "manager" });
    const client = await connectAsync(`mqtt://127.0.0.1:${house.gateway.ready.mqtt[0]?.port}`, {
      clientId: "desk",
      username: "desk",
      password: key,
      reconnectPeriod: 0,
    });
    const screen = new Screen(client);
    const categories = ["access", "door", "alarm", "safety"].map((each) => `gw/v1/site/hq/event/${each}/+`);
    await client.subscribeAsync(["gw/v1/client/desk/site/hq/res", ...categories], { qos: 1 });
    return screen;
  }

  ask(op: string, more: object = {}): Promise<Record<string, unknown>> {
    const id = `r${++this.#count}`;
    const answer = new Promise<Record<string, unknown>>((resolve) => this.#answers.set(id, resolve));
    const request = { id, op, at: new Date().toISOString(), ttl_ms: 60_000, ...more };
    void this.#client.publishAsync("gw/v1/client/desk/site/hq/req", JSON.stringify(request), { qos: 1 });
    return answer;
  }

  heard(type: string): Record<string, unknown>[] {
    return this.events.filter((event) => event.type === type);
  }

  leave(): Promise<void> {
    return this.#client.endAsync(true);
  }
}

describe("a building at its screens", () => {
  let house: KeypadHouse;
  let screen: Screen;
  let clock: ClockWord = "nobody";

  beforeAll(async () => {
    const special: Record<number, object> = {
      [entrance]: { preAlarmMs: 1_000, openMs: 2_000, relock: "close", unlockMs: 20_000 },
      [exact]: { clock: "deny" },
      [vault]: {
        to: "vault",
        from: "hall",
        exit: "controlled",
        readers: { outside: "io-4/reader/1", inside: "io-4/reader/2" },
      },
    };
    house = await keypadHouse(
      own.folder(),
      ["card", "card", "card", "card"],
      (site) => ({
        ...site,
        tenants: [...site.tenants, { id: "annex", name: "Annex" }],
        areas: [...site.areas, { id: "vault", name: "Vault", passback: { kind: "hard" } }],
        doors: site.doors.map((door, i) => ({ ...door, ...special[i + 1] })),
        schedules: [{ id: "new-year", name: "New Year", week: [], holidays: "closed" }],
        groups: [
          {
            id: "staff",
            name: "Staff",
            access: [
              { doors: ["door-1", "door-2", "door-4"], schedule: "always" },
              { doors: ["door-3"], schedule: "new-year" },
            ],
          },
        ],
      }),
      { look: async () => clock },
    );
    const row = (person: string, card: { uid: string }) => ({
      person,
      name: `Name of ${person}`,
      groups: ["staff"],
      credentials: [{ value: `uid:${card.uid}` }],
    });
    await house.done("people.import", {
      rows: [row("ada", ada), row("con", con), row("ben", { uid: "04a1b2c3d4e511" })],
    });
    screen = await Screen.connect(house);
  });
  afterAll(async () => {
    await screen.leave();
    await house.stop();
  });

  test("nobody answers for the clock after a start: hours count as kept, but for a door that insists; then somebody does", async () => {
    expect(await house.done("status", {})).toMatchObject({ clock: { trusted: false, why: "start" } });
    expect(await house.scan(exact, ada)).toBe("denied");
    expect(await house.scan(hours, ada)).toBe("granted");
    await expect
      .poll(() => screen.heard("access.denied"))
      .toContainEqual(expect.objectContaining({ door: "door-2", reason: "clock-not-trusted" }));
    await expect
      .poll(() => screen.heard("access.granted")[0])
      .toMatchObject({
        door: "door-3",
        trace: expect.arrayContaining([
          ["clock", "ok: not trusted since the start, all hours count as kept"],
        ]),
      });

    await house.done("clock.trust", { note: "compared with my phone" });
    expect(await house.done("status", {})).toMatchObject({ clock: { trusted: true, why: "operator" } });
    expect(await house.scan(exact, ada)).toBe("granted");
    expect(await house.scan(hours, ada)).toBe("denied");
    await expect
      .poll(() => screen.heard("access.denied"))
      .toContainEqual(expect.objectContaining({ door: "door-3", reason: "outside-schedule" }));
    clock = "ntp";
  });

  test("a door that stays open warns, then alarms; closed, it locks at once although its time is not over", async () => {
    expect(await house.scan(entrance, ada)).toBe("granted");
    await expect.poll(() => house.commands(entrance)).toContain("unlock");
    await house.leaf(entrance, "open");
    await expect
      .poll(() => screen.heard("door.pre-alarm"), { timeout: 5_000 })
      .toMatchObject([{ door: "door-1" }]);
    await expect
      .poll(() => screen.heard("door.held-open"), { timeout: 5_000 })
      .toMatchObject([{ door: "door-1" }]);
    expect(house.commands(entrance)).not.toContain("lock");
    await house.leaf(entrance, "closed");
    await expect.poll(() => house.commands(entrance)).toContain("lock");
  });

  test("whoever is still in the vault is refused there, until a screen forgives him in time", async () => {
    expect(await house.scan(vault, ada)).toBe("granted");
    await house.leaf(vault, "open");
    await house.leaf(vault, "closed");
    await expect.poll(() => screen.heard("access.passed").at(-1)).toMatchObject({ area: "vault" });
    expect(await house.scan(vault, ada)).toBe("denied");
    const late = { at: "2020-01-01T00:00:00Z", ttl_ms: 1 };
    expect(await screen.ask("passback.forgive", { person: "ada", ...late })).toMatchObject({
      error: { code: "stale" },
    });
    expect(await house.scan(vault, ada)).toBe("denied");
    expect(await screen.ask("passback.forgive", { person: "ada" })).toMatchObject({ status: "ok" });
    expect(await house.scan(vault, ada)).toBe("granted");
  });

  test("a screen calls everybody, reads in parts who is where, and is told no more than fits into a message", async () => {
    expect(await house.scan(vault, con)).toBe("granted");
    await house.leaf(vault, "open");
    await house.leaf(vault, "closed");
    await expect.poll(() => screen.heard("access.passed").at(-1)).toMatchObject({ person: "con" });
    expect(await screen.ask("muster.start")).toMatchObject({ status: "ok" });
    expect(await screen.ask("muster.list")).toMatchObject({
      result: {
        muster: { by: "desk" },
        counts: { certain: 2, missing: 2 },
        people: [{ person: "ada", name: "Name of ada", area: "vault" }, { person: "con" }],
        more: 0,
      },
    });
    await screen.ask("muster.safe", { person: "ada" });
    expect(await screen.ask("muster.list", { limit: 1 })).toMatchObject({
      result: { people: [{ person: "con" }], more: 1 },
    });
    expect(await screen.ask("muster.list", { limit: 5_000, skip: 1 })).toMatchObject({
      result: { people: [{ person: "ada", safe: { by: "desk" } }], more: 0 },
    });
    expect(await screen.ask("muster.list", { limit: "all" })).toMatchObject({ error: { code: "invalid" } });
    await screen.ask("muster.end");
  });

  test("a contractor is answered for by his sponsor, whomever he visits; and belongs to the tenant that is named", async () => {
    const contractor = { traits: ["contractor"], inductedUntil: "2100-01-01T00:00:00Z" };
    await house.done("person.put", {
      person: "con",
      ...contractor,
      sponsor: "ben",
      host: "ada",
      tenant: "annex",
    });
    expect(await house.done("person.get", { person: "con" })).toMatchObject({
      person: { sponsor: "ben", host: "ada", tenant: "annex" },
    });
    expect(await house.scan(entrance, con)).toBe("granted");
    for (const answers of ["ben", "ada"]) {
      await house.done("person.block", { person: answers });
      expect(await house.scan(entrance, con)).toBe("denied");
      await house.done("person.block", { person: answers, blocked: false });
      expect(await house.scan(entrance, con)).toBe("granted");
    }
    const gone = await house.done<{ people: { id: string }[] }>("people.revoke-many", {
      host: "ben",
      dryRun: true,
    });
    expect(gone.people.map(({ id }) => id)).toEqual(["con"]);
    for (const wrong of [{ sponsor: "con" }, { sponsor: "nobody" }, { tenant: "moon" }]) {
      const refused = await house.perform("person.put", { person: "con", ...wrong });
      expect(refused.ok ? "" : refused.refusal.faults?.[0]?.path).toContain(Object.keys(wrong)[0]);
    }
  });
});

describe("the key of the PINs", () => {
  test("lost, it is told at the start and in the status, until it is back or the PINs are set anew", async () => {
    const house = await keypadHouse(own.folder(), ["pin"]);
    const { dataDir } = house;
    const rows = ["ada", "ben"].map((person) => ({
      person,
      name: person,
      groups: ["staff"],
      credentials: [],
    }));
    await house.done("people.import", { rows });
    await house.done("person.pin", { person: "ada", pin: "4711" });
    await house.done("person.pin", { person: "ben", pin: "5813" });
    expect(await house.done("status", {})).toMatchObject({ pinKeyLost: null });
    await house.stop();
    const file = folderPaths(dataDir).pinKey;
    const key = readFileSync(file);

    const started = async (work: (perform: KeypadHouse["perform"]) => Promise<void>): Promise<void> => {
      const gateway = await startGateway({
        dataDir,
        overrides: { mqttPort: 0, webPort: 0 },
        clockTrust: { look: async () => "host" },
      });
      const { operations } = gateway.house;
      try {
        await work((name, params) => operations.perform(localAdministrator(), name, params));
      } finally {
        await gateway.stop("the test is over");
      }
    };
    const told = (people: number | null) => ({
      ok: true,
      result: { pinKeyLost: people === null ? null : { people } },
    });
    const events = { before: 1e9, limit: 50, filter: { types: ["system.pin-key-lost"] } };

    rmSync(file);
    await started(async (perform) => {
      expect(await perform("status", {})).toMatchObject(told(2));
      expect(await perform("journal.read", events)).toMatchObject({
        result: { events: [{ severity: "critical", data: { people: 2 } }] },
      });
      await perform("person.pin", { person: "ada", pin: "4711" });
      expect(await perform("status", {})).toMatchObject(told(1));
    });
    writeFileSync(file, key);
    await started(async (perform) => {
      expect(await perform("status", {})).toMatchObject(told(1));
      await perform("person.pin", { person: "ada", pin: "4712" });
      expect(await perform("status", {})).toMatchObject(told(null));
    });
    await started(async (perform) => {
      expect(await perform("journal.read", events)).toMatchObject({ result: { events: [{}, {}] } });
    });
  });
});
