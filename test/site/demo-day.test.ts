/** What README's walk and the demo's story rely on in `config/demo`. */

import { readFileSync } from "node:fs";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { asRead, strangersCard } from "../../config/demo/devices/cards.js";
import { nextAct, type Town } from "../../config/demo/devices/plan.js";
import { seededRandom } from "../../config/demo/devices/random.js";
import { Rights } from "../../config/demo/devices/rights.js";
import { readCards, readSite } from "../../config/demo/devices/wires.js";
import { candidates, parseCardValue, type RawCard } from "../../gateway/cards/canonical.js";
import { inSchedule } from "../../gateway/core/schedule.js";
import { siteCardFormats } from "../../gateway/site/card-formats.js";
import { compileSite } from "../../gateway/site/compile.js";
import { instantOf } from "../../gateway/site/local-time.js";
import { type PersonImport, parsePeopleCsv } from "../../gateway/site/people-csv.js";
import { parseSiteYaml } from "../../gateway/site/yaml.js";

const read = (name: string) => readFileSync(new URL(`../../config/demo/${name}`, import.meta.url), "utf8");
const parsed = parseSiteYaml(read("site.yaml"));
if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
const { document } = parsed;
const formats = siteCardFormats(document).all;
const people = parsePeopleCsv(read("people.csv")).rows;
const wires = readSite(read("site.yaml"));
const cards = readCards(read("people.csv"));

const moments = [
  ["a Tuesday's noon", "2026-11-24T12:00+01:00"],
  ["the evening of a working day", "2026-11-26T21:00+01:00"],
  ["a Sunday's night", "2026-11-29T03:00+01:00"],
  ["Christmas Day", "2026-12-25T10:00+01:00"],
  ["the last night of summer time", "2027-10-31T02:30+01:00"],
] as const;

const ownerOf = new Map<string, { readonly person: PersonImport; readonly status: string }>();
for (const person of people) {
  for (const card of person.credentials) {
    const stored = parseCardValue(card.value, formats);
    if ("value" in stored) ownerOf.set(stored.value, { person, status: card.status ?? "active" });
  }
}

function owner(raw: RawCard) {
  return candidates(raw, formats)
    .values.map((value) => ownerOf.get(value))
    .find((found) => found !== undefined);
}

/** As a reader sends it, from what the demo's devices take it for. */
function sent(raw: NonNullable<ReturnType<typeof asRead>>): RawCard {
  if ("bits" in raw) return { kind: "bits", bits: raw.bits };
  return "uid" in raw ? { kind: "uid", uid: raw.uid } : { kind: "code", code: raw.code };
}

const sites = new Map(
  moments.map(([, text]) => [Date.parse(text), compileSite(document, 1, Date.parse(text))]),
);

function mayEnter(person: PersonImport, door: string, at: number): boolean {
  const site = sites.get(at);
  if (!site) throw new Error(`${at} is none of the moments`);
  const [from, until] = (["from", "until"] as const).map((edge) => {
    const text = edge === "from" ? person.validFrom : person.validUntil;
    return text === undefined ? undefined : instantOf(text, site.timeZone, edge);
  });
  return (
    person.status === "active" &&
    (from === undefined || at >= from) &&
    (until === undefined || at < until) &&
    person.groups
      .flatMap((group) => site.groups.get(group)?.doors.get(door) ?? [])
      .some((id) => {
        const schedule = site.schedules.get(id);
        return schedule !== undefined && inSchedule(schedule, at);
      })
  );
}

describe("the walk at the side door", () => {
  /** H10301, facility 123, number 4567, and the serial number that the demo prints. */
  const good: RawCard = { kind: "bits", bits: "10111101100010001110101110" };
  const stranger: RawCard = { kind: "uid", uid: "04a1b2c3d4e5f6" };

  test.each(moments)("on %s the good card opens it", (_when, at) => {
    const found = owner(good);
    expect(found?.person.person).toBe("petra-hansen");
    expect(found?.status).toBe("active");
    expect(found && mayEnter(found.person, "side", Date.parse(at))).toBe(true);
  });

  test("the stranger's card is nobody's, and neither are those of the story's strangers", () => {
    expect(owner(stranger)).toBeUndefined();
    for (let seed = 0; seed < 200; seed += 1) {
      expect(owner(sent(strangersCard(seededRandom(seed))))).toBeUndefined();
    }
  });
});

test("every card in the list reads at a reader as the card of whoever carries it", () => {
  for (const { person, credentials } of people) {
    for (const { value } of credentials) {
      const raw = asRead(value);
      expect(raw, value).toBeDefined();
      expect(raw && owner(sent(raw))?.person.person, value).toBe(person);
    }
  }
  expect(cards).toHaveLength(people.flatMap(({ credentials }) => credentials).length);
});

test("cards are written in every spelling, and are of every status", () => {
  const written = people.flatMap(({ credentials }) => credentials.map(({ value }) => value));
  for (const spelling of [/^H10301:/, /^\d+,\d+$/, /^\d{10}$/, /^uid:/, /^..:..:/, /^code:/]) {
    expect(written.filter((value) => spelling.test(value)).length, String(spelling)).toBeGreaterThan(1);
  }
  const statuses = new Set([...ownerOf.values()].map(({ status }) => status));
  expect([...statuses].sort()).toEqual(["active", "lost", "returned", "stolen", "suspended"]);
  expect(people.some(({ status }) => status === "blocked")).toBe(true);
  expect(people.filter(({ credentials }) => credentials.length > 1).length).toBeGreaterThanOrEqual(3);
});

describe("the story", () => {
  test.each(moments)("on %s begins with something of everything", (_when, text) => {
    const at = Date.parse(text);
    const town: Town = {
      site: wires,
      rights: new Rights(wires),
      doors: wires.doors.filter(({ id }) => id !== "side"),
      sensors: wires.sensors,
      cards,
      at,
      areaOf: (person) =>
        person === "jens-paulsen" ? "lobby" : person === "murat-yildiz" ? "office" : "outside",
      isBusy: () => false,
      isArmed: () => false,
    };
    const acts = Array.from({ length: 15 }, (_, index) => nextAct(index, town, seededRandom(index)));
    const kinds = new Set(acts.map((act) => (act && "why" in act ? act.why : act?.act)));
    for (const kind of [
      ...["arrival", "errand", "departure", "stranger", "not-valid", "no-right", "outside-schedule"],
      ...["force", "trip"],
    ]) {
      expect(kinds, kind).toContain(kind);
    }
    const manners = new Set(acts.map((act) => act?.act === "walk" && act.manner));
    expect(manners).toContain("prop");
  });

  test("and the gateway agrees on who may come in now", () => {
    const rights = new Rights(wires);
    for (const [when, text] of moments) {
      const at = Date.parse(text);
      for (const door of wires.doors) {
        for (const card of cards) {
          const person = people.find((each) => each.person === card.person);
          if (!person || card.status !== "active") continue;
          const expected = rights.expect(card, door, at) === "granted";
          expect(mayEnter(person, door.id, at), `${card.person} at ${door.id} on ${when}`).toBe(expected);
        }
      }
    }
  });
});

/** Gauss's rule, as Meeus, Jones and Butcher wrote it down. */
function easterSunday(year: number): Temporal.PlainDate {
  const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100];
  const d = Math.floor((8 * b + 13) / 25);
  const e = (19 * a + b - Math.floor(b / 4) - d + 15) % 30;
  const f = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - e - (c % 4)) % 7;
  const g = Math.floor((a + 11 * e + 19 * f) / 433);
  const month = Math.floor((e + f - 7 * g + 90) / 25);
  return new Temporal.PlainDate(year, month, (e + f - 7 * g + 33 * month + 19) % 32);
}

test.each([2026, 2027])("the public holidays of Schleswig-Holstein in %i are all there", (year) => {
  const easter = easterSunday(year);
  const holidays = [
    ...[-2, 1, 39, 50].map((days) => easter.add({ days }).toString()),
    ...["01-01", "05-01", "10-03", "10-31", "12-25", "12-26"].map((day) => `${year}-${day}`),
  ];
  const listed = (document.holidays ?? []).flatMap((holiday) =>
    "date" in holiday && holiday.type === undefined ? [holiday.date] : [],
  );
  expect(listed.filter((date) => date.startsWith(String(year))).sort()).toEqual(holidays.sort());
});
