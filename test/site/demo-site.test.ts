import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseCardValue } from "../../gateway/cards/canonical.js";
import { inSchedule } from "../../gateway/core/schedule.js";
import { siteCardFormats } from "../../gateway/site/card-formats.js";
import { compileSite } from "../../gateway/site/compile.js";
import { checkSite } from "../../gateway/site/invariants.js";
import { instantOf } from "../../gateway/site/local-time.js";
import { parsePeopleCsv } from "../../gateway/site/people-csv.js";
import { locateFaults, parseSiteYaml } from "../../gateway/site/yaml.js";

const read = (name: string) => readFileSync(new URL(`../../config/demo/${name}`, import.meta.url), "utf8");
const siteText = read("site.yaml");
const parsed = parseSiteYaml(siteText);
if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults, null, 1));
const { document } = parsed;
const people = parsePeopleCsv(read("people.csv"));

test("the demo building is sound", () => {
  expect(locateFaults(checkSite(document, { drivers: ["mqtt"] }), siteText)).toEqual([]);
});

test("it is the building that the manual speaks of", () => {
  expect(document.doors).toHaveLength(8);
  expect(document.doors.filter((door) => door.readers?.outside && door.readers.inside)).toHaveLength(2);
  expect(document.sensors).toHaveLength(18);
  expect(people.rows.length).toBeGreaterThanOrEqual(38);
});

test("door side has a reader and a lock of its own and nothing else, for whoever plays them", () => {
  const side = document.doors.find((door) => door.id === "side");
  expect(side).toMatchObject({
    readers: { outside: "side-reader/reader/1" },
    lock: { point: "side-lock/lock/1" },
  });
  expect(siteText.match(/side-(reader|lock)\//g)).toHaveLength(2);
});

describe("its people", () => {
  const formats = siteCardFormats(document).all;
  test("can all be imported: their groups exist and no two have the same card", () => {
    expect(people.faults).toEqual([]);
    const groups = new Set(document.groups?.map((group) => group.id));
    const owners = new Map<string, string>();
    for (const row of people.rows) {
      expect(
        row.groups.filter((group) => !groups.has(group)),
        row.person,
      ).toEqual([]);
      for (const card of row.credentials) {
        const value = parseCardValue(card.value, formats);
        if ("fault" in value) throw new Error(`${row.person}: ${card.value} ${value.fault}`);
        expect(owners.get(value.value), card.value).toBeUndefined();
        owners.set(value.value, row.person);
      }
    }
    // The README's two cards: one of the facility team, who may go everywhere at any hour, and one that is nobody's.
    expect(owners.get("H10301:123/4567")).toBe("petra-hansen");
    expect(owners.has("uid:04a1b2c3d4e5f6")).toBe(false);
  });

  test("include some who may use the side door at any hour, on holidays too", () => {
    const christmasNight = Date.parse("2026-12-25T02:00Z");
    const site = compileSite(document, 1, christmasNight);
    const able = people.rows.filter(
      (row) =>
        row.status === "active" &&
        (row.validUntil === undefined ||
          (instantOf(row.validUntil, site.timeZone, "until") ?? 0) > christmasNight) &&
        row.credentials.some((card) => card.status === undefined || card.status === "active") &&
        row.groups.some((group) =>
          (site.groups.get(group)?.doors.get("side") ?? []).some((id) => {
            const schedule = site.schedules.get(id);
            return schedule !== undefined && inSchedule(schedule, christmasNight);
          }),
        ),
    );
    expect(able.length).toBeGreaterThanOrEqual(3);
  });
});
