import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type House, openHouse } from "../../gateway/gateway.js";
import { localAdministrator } from "../../gateway/operations/operator.js";
import type { Refusal } from "../../gateway/ports.js";

const owner = localAdministrator();
const demo = parse(readFileSync(new URL("../../config/demo/site.yaml", import.meta.url), "utf8"));

interface Rules {
  readonly revision: number;
  readonly groups: readonly {
    readonly id: string;
    readonly name: string;
    readonly access: readonly object[];
  }[];
  readonly schedules: readonly { readonly id: string; readonly week: readonly object[] }[];
  readonly holidays: readonly { readonly name: string }[];
  readonly opens: Readonly<Record<string, readonly string[]>>;
  readonly people: Readonly<Record<string, number>>;
}

interface Changed {
  readonly revision: number;
  readonly changes: readonly string[];
  readonly effects: {
    readonly groups: readonly {
      readonly group: string;
      readonly people: number;
      readonly gains: readonly string[];
      readonly loses: readonly string[];
      readonly otherwise: readonly string[];
    }[];
    readonly free: readonly string[];
  };
  readonly undo: readonly object[];
}

let folder: string;
let house: House;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "gatewarden-change-"));
  house = await openHouse({ dataDir: join(folder, "data") });
  await ask("site.import", { document: demo });
});

afterEach(async () => {
  await house.close();
  rmSync(folder, { recursive: true, force: true });
});

async function ask<T>(name: string, params: object): Promise<T> {
  const performed = await house.operations.perform(owner, name, params);
  if (!performed.ok) throw new Error(`${name}: ${JSON.stringify(performed.refusal)}`);
  return performed.result as T;
}

async function refusal(name: string, params: object): Promise<Refusal> {
  const performed = await house.operations.perform(owner, name, params);
  if (performed.ok) throw new Error(`${name} was done`);
  return performed.refusal;
}

const rules = () => ask<Rules>("access.show", {});
const group = async (id: string) => (await rules()).groups.find((each) => each.id === id);
const cleanersToYard = {
  kind: "group",
  put: {
    id: "cleaners",
    name: "Cleaners",
    access: [{ doors: ["front", "office", "yard"], schedule: "cleaning" }],
  },
};

describe("small changes of the site", () => {
  test("a preview says which doors a group gains and loses, and changes nothing", async () => {
    await ask("person.put", { person: "carla", name: "Carla Rust", groups: ["cleaners"] });
    const { revision } = await rules();
    const told = await ask<Changed>("site.change", {
      base: revision,
      changes: [cleanersToYard],
      dryRun: true,
    });
    expect(told.effects.groups).toEqual([
      { group: "cleaners", name: "Cleaners", people: 1, gains: ["yard"], loses: ["workshop"], otherwise: [] },
    ]);
    expect((await rules()).revision).toBe(revision);
  });

  test("it becomes the next revision with its reason, and what it answers takes it back", async () => {
    const before = await rules();
    const done = await ask<Changed>("site.change", {
      base: before.revision,
      changes: [cleanersToYard],
      note: "yard instead of workshop",
    });
    expect(done.revision).toBe(before.revision + 1);
    expect((await rules()).opens.cleaners).toEqual(["front", "office", "yard"]);
    const { revisions } = await ask<{ revisions: { note: string | null }[] }>("site.history", {});
    expect(revisions.map(({ note }) => note)).toContain("yard instead of workshop");
    await ask("site.change", { base: done.revision, changes: done.undo });
    expect((await rules()).groups).toEqual(before.groups);
  });

  test("two people who change two groups do not get into each other's way; in one and the same they do", async () => {
    const { revision } = await rules();
    await ask("site.change", { base: revision, changes: [cleanersToYard] });
    const visitors = { id: "visitors", name: "Guests", access: [] };
    await ask("site.change", { base: revision, changes: [{ kind: "group", put: visitors }] });
    expect((await group("visitors"))?.name).toBe("Guests");
    expect((await rules()).opens.cleaners).toEqual(["front", "office", "yard"]);
    const late = await refusal("site.change", {
      base: revision,
      changes: [{ kind: "group", put: { id: "cleaners", name: "Mops", access: [] } }],
    });
    expect(late.code).toBe("conflict");
    expect(late.faults?.[0]?.message).toBe('group "cleaners" was changed by somebody meanwhile');
    expect((await group("cleaners"))?.name).toBe("Cleaners");
  });

  test("a schedule's other hours name every group and door that they concern", async () => {
    const { revision, schedules } = await rules();
    const deliveries = schedules.find(({ id }) => id === "deliveries");
    const shifts = schedules.find(({ id }) => id === "shifts");
    const week = [{ days: ["mon", "tue", "wed", "thu", "fri"], from: "22:00", to: "04:00" }];
    const told = await ask<Changed>("site.change", {
      base: revision,
      changes: [
        { kind: "schedule", put: { ...deliveries, week } },
        { kind: "schedule", put: { ...shifts, week } },
      ],
      dryRun: true,
    });
    expect(told.effects.free).toEqual(["yard"]);
    expect(told.effects.groups.map(({ group, otherwise }) => [group, otherwise.length])).toEqual([
      ["workshop", 5],
    ]);
  });

  test("what others still need cannot go: a schedule in use, a group with people in it", async () => {
    await ask("person.put", { person: "carla", name: "Carla Rust", groups: ["cleaners"] });
    const { revision } = await rules();
    const schedule = await refusal("site.change", {
      base: revision,
      changes: [{ kind: "schedule", remove: "office-hours" }],
    });
    expect(schedule.code).toBe("invalid");
    const people = await refusal("site.change", {
      base: revision,
      changes: [{ kind: "group", remove: "cleaners" }],
    });
    expect(people.faults?.[0]?.message).toMatch(/1 person is in it/);
    expect((await rules()).revision).toBe(revision);
  });

  test("all or none: one wrong change among several leaves the site as it was", async () => {
    const { revision } = await rules();
    await refusal("site.change", {
      base: revision,
      changes: [
        cleanersToYard,
        { kind: "group", put: { id: "x", name: "X", access: [{ doors: ["nowhere"], schedule: "always" }] } },
      ],
    });
    expect((await rules()).opens.cleaners).toContain("workshop");
  });

  test("a holiday is moved and taken back; one that is there is not added twice", async () => {
    const { revision } = await rules();
    const was = { date: "2026-12-24", name: "Christmas Eve", type: "half-day" };
    const moved = { from: "2026-12-23", to: "2026-12-24", name: "Christmas Eve" };
    const done = await ask<Changed>("site.change", {
      base: revision,
      changes: [{ kind: "holiday", put: moved, was }],
    });
    expect((await rules()).holidays).toContainEqual(moved);
    await ask("site.change", { base: done.revision, changes: done.undo });
    const { holidays, revision: now } = await rules();
    expect(holidays).toContainEqual(was);
    const twice = await refusal("site.change", { base: now, changes: [{ kind: "holiday", put: was }] });
    expect(twice.faults?.[0]?.message).toMatch(/already/);
  });

  test("members of a group are told by name, page by page", async () => {
    for (const [person, name] of [
      ["a", "Zoe Alt"],
      ["b", "Änne Berg"],
      ["c", "Carl Cord"],
    ] as const)
      await ask("person.put", { person, name, groups: ["it", "staff"] });
    await ask("person.put", { person: "d", name: "Dora Dorn", groups: ["staff"] });
    type Page = { people: { name: string }[]; total: number; next: string | null };
    const first = await ask<Page>("group.people", { group: "it", limit: 2 });
    expect(first.people.map(({ name }) => name)).toEqual(["Änne Berg", "Carl Cord"]);
    expect(first.total).toBe(3);
    const rest = await ask<Page>("group.people", { group: "it", limit: 2, after: first.next ?? "" });
    expect(rest).toMatchObject({ people: [{ name: "Zoe Alt" }], next: null });
  });
});

test("a threat level and the limits of an area are changed as small changes, told in the words of whoever asks, and taken back", async () => {
  interface Shown {
    readonly revision: number;
    readonly threatLevels: readonly { readonly id: string; readonly name: string }[];
    readonly areas: readonly { readonly id: string }[];
  }
  const { revision: base, threatLevels } = await ask<Shown>("access.show", {});
  const put = {
    id: "storm",
    name: "Storm",
    doors: [{ doorGroup: "all", mode: "secured" }],
    onlyGroups: ["it"],
  };
  const limits = { occupancy: { max: 3 }, escort: true };
  const made = await ask<Changed>("site.change", {
    base,
    changes: [
      { kind: "threat-level", put },
      { kind: "area-limits", area: "server-room", put: limits },
    ],
  });
  expect(made.changes).toContainEqual("threatLevels storm: added (Storm)");
  const shown = await ask<Shown>("access.show", {});
  expect(shown).toMatchObject({ revision: base + 1, threatLevels: [...threatLevels, put] });
  expect(shown.areas.find(({ id }) => id === "server-room")).toMatchObject({ ...limits, passback: null });

  const stale = (kind: object, language: "en" | "de") =>
    house.operations.perform({ ...owner, language }, "site.change", { base, changes: [kind] });
  const again = { kind: "area-limits", area: "server-room", put: {} };
  expect(await stale(again, "de")).toMatchObject({
    refusal: {
      message: "die Anlage ist nicht mehr, wie sie war: sehen Sie sie neu an",
      faults: [{ message: "Bereich „server-room“: inzwischen von jemandem geändert" }],
    },
  });
  expect(await stale({ kind: "threat-level", put }, "en")).toMatchObject({
    refusal: { faults: [{ message: 'there is a threat level "storm" already' }] },
  });
  expect(await stale({ kind: "threat-level", remove: "none" }, "de")).toMatchObject({
    refusal: { faults: [{ message: "Gefahrenstufe „none“: gibt es nicht" }] },
  });

  await ask("site.change", { base: made.revision, changes: made.undo });
  const back = await ask<Shown>("access.show", {});
  expect(back.threatLevels).toEqual(threatLevels);
  expect(back.areas.find(({ id }) => id === "server-room")).toMatchObject({
    occupancy: { max: 6 },
    passback: { kind: "soft" },
    escort: false,
  });
});
