import { expect, test } from "vitest";
import { SiteTopics } from "../../gateway/broker/site-topics.js";
import type { SiteEvent } from "../../gateway/core/events.js";
import type { MusterSummary } from "../../gateway/core/muster.js";
import type { DoorView, SiteView } from "../../gateway/core/views.js";
import type { News } from "../../gateway/ports.js";
import { brokerRig, heard, until } from "./rig.js";

const at = Date.UTC(2026, 10, 23, 20, 4, 11, 482);

function door(id: string, more: Partial<DoorView> = {}): DoorView {
  return {
    id,
    name: `The ${id} door`,
    lock: "locked",
    position: "closed",
    mode: "card",
    online: true,
    alarm: null,
    override: null,
    since: at,
    ...more,
  };
}

function view(revision: number, doors: DoorView[]): SiteView {
  return {
    site: { id: "hq", name: "Headquarters", revision, timeZone: "Europe/Berlin" },
    doors,
    areas: [{ id: "lobby", name: "The lobby", occupancy: 3, uncertain: 1 }],
    partitions: [{ id: "ground", name: "Ground floor", arming: "disarmed", ready: true }],
    sensors: [],
  };
}

function event(seq: number, more: Partial<SiteEvent> = {}): SiteEvent {
  return {
    v: 1,
    id: `0192f0c0-0000-7000-8000-00000000000${seq}`,
    seq,
    at,
    site: "hq",
    tenant: "main",
    type: "access.denied",
    severity: "notice",
    revision: 12,
    signal: "0192f0c0-1111-7000-8000-000000000001",
    ...more,
  };
}

const nothing: News = { events: [], durable: true, doors: [], areas: [], partitions: [] };

async function building() {
  const rig = await brokerRig();
  rig.accounts.client("central", "central");
  let now = view(12, [door("front"), door("side")]);
  let muster: MusterSummary | undefined;
  const listeners = new Set<(news: News) => void>();
  const topics = new SiteTopics({
    publish: (path, payload, how) => rig.broker.publishSite(path, payload, how),
    live: {
      view: () => now,
      onNews(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    now: () => at + 1_000,
    version: "0.1.0",
    boot: "b00t",
    isSilent: (type) => type === "access.ignored",
    muster: () => muster,
  });
  topics.start();
  return {
    ...rig,
    topics,
    change(next: SiteView) {
      now = next;
    },
    call(summary: MusterSummary) {
      muster = summary;
    },
    tell(news: Partial<News>) {
      for (const listener of listeners) listener({ ...nothing, ...news });
    },
    async listen() {
      const central = await rig.client("central");
      const messages = heard(central);
      await central.subscribeAsync("gw/v1/site/hq/#", { qos: 1 });
      return messages;
    },
  };
}

test("whoever comes late sees where everything stands, in the contract's words and without a name", async () => {
  const { listen } = await building();
  const messages = await listen();
  await until(() => messages.length === 5);
  expect([...messages].sort()).toEqual([
    `gw/v1/site/hq/area/lobby {"v":1,"occupancy":3,"uncertain":1,"at":"2026-11-23T20:04:12.482Z"}`,
    `gw/v1/site/hq/door/front {"v":1,"lock":"locked","position":"closed","mode":"card","online":true,"alarm":null,"at":"2026-11-23T20:04:11.482Z"}`,
    `gw/v1/site/hq/door/side {"v":1,"lock":"locked","position":"closed","mode":"card","online":true,"alarm":null,"at":"2026-11-23T20:04:11.482Z"}`,
    `gw/v1/site/hq/partition/ground {"v":1,"arming":"disarmed","ready":true,"test":false,"at":"2026-11-23T20:04:12.482Z"}`,
    `gw/v1/site/hq/status {"v":1,"state":"ready","version":"0.1.0","revision":12,"boot":"b00t","since":"2026-11-23T20:04:12.482Z"}`,
  ]);
});

test("events and levels arrive in the order in which they happened", async () => {
  const { listen, tell } = await building();
  const messages = await listen();
  await until(() => messages.length === 5);
  messages.length = 0;
  tell({
    events: [event(1), event(2, { type: "access.granted" })],
    doors: [door("front", { lock: "unlocked" })],
  });
  tell({ events: [event(3, { type: "door.opened" })], doors: [door("front", { position: "open" })] });
  await until(() => messages.length === 5);
  expect(messages.map((message) => message.slice("gw/v1/site/hq/".length).split(" ")[0])).toEqual([
    "event/access/denied",
    "event/access/granted",
    "door/front",
    "event/door/opened",
    "door/front",
  ]);
});

test("an event goes out as the contract has it: instants in ISO 8601, nothing of the house's own", async () => {
  const { listen, tell } = await building();
  const messages = await listen();
  await until(() => messages.length === 5);
  messages.length = 0;
  const trace = [
    ["known-card", "ok"],
    ["within-schedule", "staff: office 07:00-19:00, now 21:04"],
  ] as const;
  tell({ events: [event(7, { door: "front", person: "p118", reason: "outside-schedule", trace })] });
  tell({ events: [event(8)], durable: false });
  await until(() => messages.length === 2);
  const [told, early] = messages.map((message) => JSON.parse(message.slice(message.indexOf("{"))));
  expect(told).toEqual({
    v: 1,
    id: "0192f0c0-0000-7000-8000-000000000007",
    seq: 7,
    at: "2026-11-23T20:04:11.482Z",
    site: "hq",
    tenant: "main",
    type: "access.denied",
    severity: "notice",
    door: "front",
    person: "p118",
    reason: "outside-schedule",
    revision: 12,
    trace,
  });
  expect(early).toMatchObject({ seq: 8, durable: false });
});

test("a silent event shows on its own topic only", async () => {
  const { listen, tell } = await building();
  const messages = await listen();
  await until(() => messages.length === 5);
  messages.length = 0;
  tell({ events: [event(1, { type: "access.ignored" }), event(2)] });
  await until(() => messages.length === 1);
  expect(messages[0]).toMatch(/event\/access\/denied/);
});

test("a door that a new revision removes is taken away, one that it adds appears", async () => {
  const { listen, tell, change, broker } = await building();
  const messages = await listen();
  await until(() => messages.length === 5);
  messages.length = 0;
  change(view(13, [door("front"), door("back")]));
  tell({ events: [event(1, { type: "system.site-activated", revision: 13 })] });
  await until(() => messages.some((message) => message.includes("site-activated")));
  expect(messages).toContain("gw/v1/site/hq/door/side ");
  expect(messages.some((message) => message.startsWith("gw/v1/site/hq/door/back {"))).toBe(true);
  expect(
    messages.some((message) => message.includes(`"state":"ready"`) && message.includes(`"revision":13`)),
  ).toBe(true);
  expect(broker.stats().retained).toBe(5);
});

test("a gateway that stops says so, and says nothing afterwards", async () => {
  const { listen, tell, topics } = await building();
  const messages = await listen();
  await until(() => messages.length === 5);
  messages.length = 0;
  await topics.stop();
  tell({ events: [event(1)] });
  await until(() => messages.length === 1);
  expect(messages[0]).toMatch(/status .*"state":"stopped"/);
});

test("a muster is retained while it runs: how many, who is missing and who cannot be named; then that it is over", async () => {
  const { listen, tell, call } = await building();
  const messages = await listen();
  await until(() => messages.length === 5);
  messages.length = 0;
  const summary = {
    muster: { since: at, by: "smoke" },
    at: at + 1_000,
    counts: { certain: 2, possible: 1, safe: 1, missing: 2 },
    missing: [{ person: "p118", area: "lobby", how: "certain" as const }],
    unnamed: [{ door: "front", exits: 3, openings: 1 }],
  };
  call(summary);
  tell({ events: [event(1, { type: "safety.muster-started" })] });
  await until(() => messages.some((message) => message.includes("/muster {")));
  expect(messages.find((message) => message.includes("/muster {"))).toBe(
    `gw/v1/site/hq/muster {"v":1,"running":true,"since":"2026-11-23T20:04:11.482Z","by":"smoke","areas":null,"certain":2,"possible":1,"safe":1,"missing":2,"unnamed":[{"door":"front","exits":3,"openings":1}],"people":[{"person":"p118","area":"lobby","how":"certain"}],"more":1,"at":"2026-11-23T20:04:12.482Z"}`,
  );
  messages.length = 0;
  call({ ...summary, muster: null as never });
  tell({ events: [event(2, { type: "safety.muster-ended" })] });
  await until(() => messages.some((message) => message.includes(`"running":false`)), 6_000);
});
