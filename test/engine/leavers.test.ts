import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { belongings, patience } from "../cli/running-gateway.js";
import { type KeypadHouse, keypadHouse } from "./gateway-with-keypads.js";

vi.setConfig(patience);
const own = belongings();
afterAll(() => own.gone());

interface Told {
  readonly act?: string;
  readonly people: readonly { readonly id: string; readonly badges: number; readonly pin: boolean }[];
  readonly badges: number;
  readonly alreadyRevoked: number;
  readonly unmatched: readonly { readonly text: string; readonly why: string }[];
  readonly list: string;
}

const uid = (n: number): string => `04a1b2c3d4e5${n.toString(16).padStart(2, "0")}`;

let house: KeypadHouse;
beforeAll(async () => {
  house = await keypadHouse(own.folder(), ["card", "pin"]);
  const row = (person: string, n: number, company?: string) => ({
    person,
    name: `Name ${person}`,
    groups: ["staff"],
    company,
    credentials: [{ value: `uid:${uid(n)}`, printed: `B-${n}` }],
  });
  await house.done("people.import", {
    rows: [
      row("ada", 1),
      row("kim", 2, "Kran AG"),
      row("kit", 3, "KRAN ag"),
      row("lou", 4, "Kran AG Nord"),
      {
        person: "moe",
        name: "Moe",
        groups: ["staff"],
        credentials: [{ value: `uid:${uid(5)}`, printed: "B-1" }],
      },
    ],
  });
  await house.done("person.pin", { person: "kim", pin: "4711" });
});
afterAll(() => house.stop());

const revoke = (params: object) => house.done<Told>("people.revoke-many", params);
const scan = (n: number) => house.scan(1, { uid: uid(n) });
const ids = ({ people }: Told): string[] => people.map(({ id }) => id);

test("a company's people are told first, then all refused at once, then brought back", async () => {
  const preview = await revoke({ company: "kran ag", dryRun: true });
  expect(preview).toMatchObject({ badges: 2, alreadyRevoked: 0, unmatched: [] });
  expect(preview.people).toMatchObject([
    { id: "kim", badges: 1, pin: true, company: "Kran AG" },
    { id: "kit", badges: 1, pin: false },
  ]);
  expect(await scan(2)).toBe("granted");

  const { act, ...done } = await revoke({ company: "kran ag", expect: preview.list, note: "contract over" });
  expect(done.people).toEqual(preview.people);
  expect([await scan(2), await scan(3), await scan(4), await scan(1)]).toEqual([
    "denied",
    "denied",
    "granted",
    "granted",
  ]);
  expect(await house.keys(2, "4711#")).toBe("denied");
  expect(await revoke({ company: "Kran AG", dryRun: true })).toMatchObject({ people: [], alreadyRevoked: 2 });
  const { events } = await house.done<{ events: { data?: object; reason?: string }[] }>("journal.read", {
    before: 1e9,
    limit: 10,
    filter: { types: ["audit.people-changed"] },
  });
  expect(events).toContainEqual(
    expect.objectContaining({
      reason: "contract over",
      data: { action: "leavers revoked", act, rows: 2, of: 2, people: ["kim", "kit"] },
    }),
  );

  await house.done("person.put", { person: "kit", name: "Kit Again" });
  expect(await house.done("people.restore-many", { act })).toMatchObject({
    people: 1,
    badges: 2,
    leftAsTheyAre: 1,
  });
  expect([await scan(2), await scan(3)]).toEqual(["granted", "denied"]);
  expect(await house.keys(2, "4711#")).toBe("denied");
  const twice = await house.perform("people.restore-many", { act });
  expect(twice.ok).toBe(false);
  await house.done("person.block", { person: "kit", blocked: false });
  expect(await scan(3)).toBe("granted");
});

test("a list names people by id, by what is printed and by badge; what it cannot match stops all of it", async () => {
  const list = ["lou", "b-3", `uid:${uid(2)}`, "B-1", "nobody-here", "kim"];
  const preview = await revoke({ people: list, dryRun: true });
  expect(ids(preview).sort()).toEqual(["kim", "kit", "lou"]);
  expect(preview.unmatched).toEqual([
    { text: "B-1", why: "could be ada or moe" },
    { text: "nobody-here", why: "nobody has this id or badge" },
  ]);
  const refused = await house.perform("people.revoke-many", { people: list });
  expect(refused.ok ? "" : refused.refusal.faults?.map(({ path }) => path)).toEqual([
    "people[3]",
    "people[4]",
  ]);
  expect([await scan(2), await scan(3), await scan(4)]).toEqual(["granted", "granted", "granted"]);
  const { act } = await revoke({ people: list, expect: preview.list, except: ["kim"] }).catch(() => ({
    act: "",
  }));
  expect(act).toBe("");
  const others = await revoke({ people: list, except: ["kim"], dryRun: true });
  await revoke({ people: list, except: ["kim"], expect: others.list });
  expect([await scan(2), await scan(3), await scan(4)]).toEqual(["granted", "denied", "denied"]);
});

test("whoever changed since the preview stops it; nobody named is nobody revoked", async () => {
  const preview = await revoke({ search: "Name ada", dryRun: true });
  expect(ids(preview)).toEqual(["ada"]);
  await house.done("person.put", { person: "ada", company: "Kran AG" });
  const stale = await house.perform("people.revoke-many", { search: "Name ada", expect: preview.list });
  expect(stale.ok ? "" : stale.refusal.code).toBe("stale");
  expect(await scan(1)).toBe("granted");
  for (const nobody of [{}, { company: "Nirgends" }]) {
    expect((await house.perform("people.revoke-many", nobody)).ok).toBe(false);
  }
  expect(await revoke({ company: "Kran AG", search: "kim", dryRun: true })).toMatchObject({
    people: [{ id: "kim" }],
  });
});

test("doors are answered in between while thousands leave at once, each of whom is refused as soon as written", async () => {
  const leavers = 5_000;
  const rows = Array.from({ length: leavers }, (_, n) => ({
    person: `l${n}`,
    name: `Leaver ${n}`,
    groups: ["staff"],
    company: "Gone Ltd",
    credentials: [{ value: `uid:05${n.toString(16).padStart(12, "0")}` }],
  }));
  for (let from = 0; from < leavers; from += 1_000)
    await house.done("people.import", { rows: rows.slice(from, from + 1_000) });
  const { list } = await revoke({ company: "Gone Ltd", dryRun: true });

  let over = false;
  let turns = 0;
  let longestMs = 0;
  let cpu = process.cpuUsage();
  const turn = (): void => {
    const { user } = process.cpuUsage(cpu);
    longestMs = Math.max(longestMs, user / 1_000);
    cpu = process.cpuUsage();
    turns++;
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  const revoked = revoke({ company: "Gone Ltd", expect: list });
  while ((await scan(1)) !== "granted") expect(over).toBe(false);
  const first = async () =>
    (await house.done<{ person: { status: string } }>("person.get", { person: "l0" })).person.status;
  while ((await first()) !== "blocked") expect(over).toBe(false);
  // Were the power to go now, what is revoked could be brought back.
  const { acts } = await house.done<{ acts: { act: string; people: number }[] }>("people.acts", {});
  expect(over).toBe(false);
  expect(acts[0]).toMatchObject({ people: leavers });
  const { act } = await revoked.finally(() => {
    over = true;
  });
  expect(acts[0]?.act).toBe(act);
  expect(turns).toBeGreaterThan(100);
  // Of the processor, with what other threads and a collection of garbage take meanwhile; all at once take half a second and more.
  expect(longestMs).toBeLessThan(150);
  expect(await revoke({ company: "Gone Ltd", dryRun: true })).toMatchObject({
    people: [],
    alreadyRevoked: leavers,
  });
  expect(await house.done("people.restore-many", { act })).toMatchObject({
    people: leavers,
    badges: leavers,
    leftAsTheyAre: 0,
  });
});
