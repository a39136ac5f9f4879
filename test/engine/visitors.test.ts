import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openStore } from "../../gateway/store/store.js";
import { VisitorsEnd } from "../../gateway/visitors-end.js";
import { belongings, patience } from "../cli/running-gateway.js";
import { type KeypadHouse, keypadHouse } from "./gateway-with-keypads.js";

vi.setConfig(patience);
const own = belongings();
afterAll(() => own.gone());

const badge = { uid: "04a1b2c3d4e520" };
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
const hour = 3_600_000;

interface Shown {
  readonly id: string;
  readonly visit?: string;
  readonly validUntil: string;
  readonly traits: readonly string[];
  readonly credentials: readonly { readonly status: string; readonly kind: string }[];
}

let house: KeypadHouse;
beforeAll(async () => {
  house = await keypadHouse(own.folder(), ["card", "pin"], (site) => ({
    ...site,
    visitors: { defaultHours: 3, maxDays: 2 },
  }));
  await house.done("people.import", {
    rows: [
      { person: "ada", name: "Ada", groups: ["staff"] },
      { person: "ben", name: "Ben", credentials: [{ value: "uid:04a1b2c3d4e521" }] },
    ],
  });
});
afterAll(() => house.stop());

const add = async (params: object) =>
  (await house.done<{ person: Shown; code?: string }>("visitor.add", params)).person;
const refusal = async (name: string, params: object): Promise<string> => {
  const performed = await house.perform(name, params);
  return performed.ok ? "done" : `${performed.refusal.code} ${performed.refusal.faults?.[0]?.path ?? ""}`;
};

test("a right for a time holds with the next card and is over by itself; ended, it is over at once", async () => {
  const ben = { uid: "04a1b2c3d4e521" };
  expect(await house.scan(1, ben)).toBe("denied");
  await house.done("person.let-in", { person: "ben", area: "hall", until: inMs(hour) });
  expect(await house.scan(1, ben)).toBe("granted");
  expect(await house.done("person.let-in-end", { person: "ben", area: "hall" })).toMatchObject({ ended: 1 });
  expect(await house.scan(1, ben)).toBe("denied");
  await house.done("person.let-in", { person: "ben", door: "door-1", until: inMs(1_500) });
  expect(await house.scan(1, ben)).toBe("granted");
  await expect.poll(() => house.scan(1, ben), { timeout: 10_000, interval: 500 }).toBe("denied");
  expect(await refusal("person.let-in", { person: "ben", door: "attic", until: inMs(hour) })).toBe(
    "invalid door",
  );
  expect(await refusal("person.let-in", { person: "ben", until: inMs(hour) })).toBe("invalid ");
  expect(await refusal("person.let-in", { person: "ben", door: "door-1", until: inMs(-1) })).toBe(
    "invalid until",
  );
});

test("a visitor is let in where that was said, as long as the site says, and only while the host is", async () => {
  const vera = await add({ name: "Vera", host: "ada", doors: ["door-1"], card: `uid:${badge.uid}` });
  expect(vera.traits).toEqual(["visitor"]);
  expect(Date.parse(vera.validUntil) - Date.now()).toBeGreaterThan(2.9 * hour);
  expect(Date.parse(vera.validUntil) - Date.now()).toBeLessThanOrEqual(3 * hour);
  expect(await house.scan(1, badge)).toBe("granted");
  await house.done("person.block", { person: "ada" });
  expect(await house.scan(1, badge)).toBe("denied");
  const { visitors } = await house.done<{ visitors: Shown[] }>("visitor.list", {});
  expect(visitors).toMatchObject([{ id: vera.id, visit: "refused", hostName: "Ada" }]);
  await house.done("person.block", { person: "ada", blocked: false });
  expect(await house.scan(1, badge)).toBe("granted");
  expect(await house.done("visitor.end", { person: vera.id })).toMatchObject({ badges: 1 });
  expect(await house.scan(1, badge)).toBe("denied");
  expect(await house.done("visitor.list", {})).toEqual({ visitors: [] });
  expect(await house.done("visitor.list", { all: true })).toMatchObject({ visitors: [{ visit: "over" }] });
});

test("a card that a visit had goes to the next visitor, but not from one who is still here", async () => {
  const first = await add({
    name: "One",
    host: "ada",
    doors: ["door-1"],
    card: `uid:${badge.uid}`,
    until: inMs(1_200),
  });
  const next = { name: "Two", host: "ada", doors: ["door-1"], card: `uid:${badge.uid}` };
  expect(await refusal("visitor.add", next)).toMatch(/^invalid credentials/);
  await expect.poll(() => refusal("visitor.add", next), { timeout: 10_000, interval: 300 }).toBe("done");
  expect(await house.scan(1, badge)).toBe("granted");
  const { person } = await house.done<{ person: Shown }>("person.get", { person: first.id });
  expect(person.credentials).toMatchObject([{ status: "returned" }]);
  const { visitors } = await house.done<{ visitors: Shown[] }>("visitor.list", {});
  await house.done("visitor.end", { person: visitors[0]?.id ?? "" });
});

test("a code that is made up opens a keypad's door, so often as was said", async () => {
  const params = { name: "Cody", host: "ada", doors: ["door-2"], code: true, uses: 1 };
  const { code = "", person } = await house.done<{ code?: string; person: Shown }>("visitor.add", params);
  expect(code).toMatch(/^\d{8}$/);
  expect(await house.keys(2, `${code}#`)).toBe("granted");
  await house.done("visitor.end", { person: person.id });
  expect(await house.keys(2, `${code}#`)).toBe("denied");
});

test("what is no visit is refused, and nothing of it is kept", async () => {
  const before = await house.done("people.list", {});
  const fine = { name: "Nobody", host: "ada", doors: ["door-1"] };
  expect(await refusal("visitor.add", { ...fine, host: "ghost" })).toBe("invalid host");
  expect(await refusal("visitor.add", { ...fine, doors: ["attic"] })).toBe("invalid doors[0]");
  expect(await refusal("visitor.add", { ...fine, until: inMs(49 * hour) })).toBe("invalid until");
  expect(await refusal("visitor.add", { ...fine, until: inMs(-hour) })).toBe("invalid until");
  expect(await refusal("visitor.add", { ...fine, person: "ada" })).toBe("invalid person");
  expect(await refusal("visitor.add", { ...fine, card: "what?" })).toBe("invalid card");
  expect(await refusal("visitor.end", { person: "ada" })).toBe("refused ");
  expect(await house.done("people.list", {})).toEqual(before);
});

test("a visit whose time is over has handed its cards back by itself", async () => {
  const store = await openStore(own.folder());
  const noted: { person?: string }[] = [];
  try {
    const person = { tenant: "main", groups: [], status: "active", traits: ["visitor"] } as const;
    const by = { kind: "operator", id: "anna" } as const;
    await store.people.put(
      {
        people: [
          { ...person, id: "gone", name: "Gone", validUntil: 5_000 },
          { ...person, id: "here", name: "Here", validUntil: 6_000 },
        ],
        credentials: ["gone", "here"].map((id) => ({
          id: `c-${id}`,
          person: id,
          status: "active",
          value: `uid:${id}`,
        })),
      },
      { by, at: 1 },
    );
    const state = {
      house: new Map<string, object>([["house", { clock: { trusted: false, since: 0, why: "start" } }]]),
    };
    const engine = { state, note: (event: { person?: string }) => noted.push(event) };
    const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    const clock = { now: () => 5_000, monotonic: () => 0 };
    const end = new VisitorsEnd({ store, engine, clock, log } as unknown as ConstructorParameters<
      typeof VisitorsEnd
    >[0]);
    await end.look();
    expect(store.people.credential("c-gone")?.status).toBe("active");
    state.house.clear();
    await end.look();
    await end.look();
    expect(store.people.credential("c-gone")).toMatchObject({ status: "returned", statusBy: "visitors" });
    expect(store.people.credential("c-here")?.status).toBe("active");
    expect(noted.map((event) => event.person)).toEqual(["gone"]);
  } finally {
    await store.close();
  }
});
