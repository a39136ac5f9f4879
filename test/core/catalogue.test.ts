import { describe, expect, expectTypeOf, test } from "vitest";
import { sentence, whySentence } from "../../gateway/core/describe.js";
import {
  type CatalogueEntry,
  catalogueEntry,
  type EventType,
  eventCatalogue,
  eventCategories,
  eventCategory,
  reportCodes,
} from "../../gateway/core/events.js";
import { denialReasons, ignoreReasons, reasonEntry, requestRefusals } from "../../gateway/core/reasons.js";

const types = Object.keys(eventCatalogue) as EventType[];
const names = (kind: string, id: string): string => `${kind} ${id}`;

test("an entry that lacks anything does not compile", () => {
  type Complete = { severity: "info"; text: string; sia: null; contactId: null };
  expectTypeOf<Complete>().toExtend<CatalogueEntry>();
  expectTypeOf<Omit<Complete, "severity">>().not.toExtend<CatalogueEntry>();
  expectTypeOf<Omit<Complete, "text">>().not.toExtend<CatalogueEntry>();
  expectTypeOf<Omit<Complete, "sia">>().not.toExtend<CatalogueEntry>();
  expectTypeOf<Omit<Complete, "contactId">>().not.toExtend<CatalogueEntry>();
});

describe.each(types)("%s", (type) => {
  const entry = catalogueEntry(type);

  test("has a category of the contract and a topic of its own", () => {
    expect(eventCategories).toContain(eventCategory(type));
    expect(type).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)*$/);
  });

  test("has codes as DC-03 and DC-05 write them, or none", () => {
    expect(entry.sia ?? "AA").toMatch(/^[A-Z]{2}$/);
    expect(entry.contactId ?? "1000").toMatch(/^[136]\d{3}$/);
  });

  test("has a text whose optional parts leave out what they lack", () => {
    const told = sentence({ type }, names);
    expect(told).not.toMatch(/[{}[\]]|undefined/);
    expect(entry.text.split("[").length).toBe(entry.text.split("]").length);
  });
});

test("a receiving centre is told the reason of a denial and the mode of a door", () => {
  const codesOf = (reason: string) => reportCodes({ type: "access.denied", reason }).sia;
  expect(["unknown-card", "card-lost", "outside-schedule", "no-access", "door-secured"].map(codesOf)).toEqual(
    ["DD", "DK", "DP", "DV", "DZ"],
  );
  const mode = (mode: string, was: string) => reportCodes({ type: "door.mode-changed", data: { mode, was } });
  expect(mode("secured", "card")).toEqual({ sia: "DC", contactId: "1501" });
  expect(mode("free", "card")).toEqual({ sia: "DO", contactId: "1577" });
  expect(mode("card", "secured")).toEqual({ sia: null, contactId: "3501" });
  expect(mode("card", "free")).toEqual({ sia: null, contactId: "3577" });
  expect(mode("card", "card")).toEqual({ sia: null, contactId: null });
  expect(reportCodes({ type: "door.forced" })).toEqual({ sia: "DF", contactId: "1423" });
});

test("a receiving centre is told cold apart from heat, and power that is back", () => {
  const data = { value: 2, low: true };
  expect(reportCodes({ type: "alarm.temperature", data })).toEqual({ sia: "ZA", contactId: "1159" });
  expect(reportCodes({ type: "alarm.temperature-ended", data })).toEqual({ sia: "ZR", contactId: "3159" });
  expect(reportCodes({ type: "alarm.temperature", data: { value: 40 } }).sia).toBe("KA");
  expect(reportCodes({ type: "system.started" })).toEqual({ sia: null, contactId: null });
  expect(reportCodes({ type: "system.started", sensor: "ups" })).toEqual({ sia: "RR", contactId: "1305" });
});

/** DC-03: what takes back what, as in the reference's table. */
const restores: Readonly<Record<string, string>> = {
  ...{ BA: "BR", BT: "BJ", BB: "BU", UB: "UU", HA: "HR", PA: "PR", MA: "MR", QA: "QR", FA: "FR", FT: "FJ" },
  ...{ GA: "GR", WA: "WR", KA: "KR", TA: "TR", ES: "EJ", DF: "DR", UY: "UJ", XT: "XR", AT: "AR", YT: "YR" },
  ...{ YP: "YQ", EM: "EN", TS: "TE" },
};
/** They end with nothing that can be told: what was tampered with or threatened once has been so. */
const withoutEnd: ReadonlySet<EventType> = new Set<EventType>(["access.duress", "device.interference"]);

describe("what a receiving centre is told of has an end that it is told of", () => {
  const codes = types.map((type) => ({ type, ...catalogueEntry(type) }));
  test.each(codes.filter(({ type, sia }) => sia !== null && sia in restores && !withoutEnd.has(type)))(
    "$type, $sia and $contactId",
    ({ type, sia, contactId }) => {
      const end = { sia: restores[sia ?? ""], contactId: contactId && `3${contactId.slice(1)}` };
      const ends = [...codes, { type, ...reportCodes({ type: "system.started", sensor: "ups" }) }];
      expect(ends.filter((each) => each.sia === end.sia && each.contactId === end.contactId)).not.toEqual([]);
    },
  );
});

test("each reason completes a sentence and names a remedy", () => {
  for (const [word, entry] of Object.entries({ ...requestRefusals, ...ignoreReasons, ...denialReasons })) {
    expect(reasonEntry(word)).toBe(entry);
    expect(`${entry.text}${entry.remedy}`).not.toMatch(/\.$|^[A-Z]/);
    expect(entry.remedy.length).toBeGreaterThan(0);
  }
  expect(reasonEntry("constructor")).toBeUndefined();
});

describe("sentences", () => {
  test("take names from outside, and a reason in free words as it is", () => {
    const event = { type: "device.message-refused", device: "front-reader", reason: "not JSON" } as const;
    expect(sentence(event, names)).toBe("a message of device front-reader was refused: not JSON");
  });

  test("name the doors in a list of doors", () => {
    const by = { kind: "operator", id: "olga" } as const;
    const event = {
      type: "safety.fire-reset",
      sensor: "smoke",
      by,
      data: { open: ["front", "side"] },
    } as const;
    expect(sentence(event, names)).toBe(
      "operator olga reset the fire release of sensor smoke; still open: door front, door side",
    );
  });

  test("do not read a text out of a name, whatever it holds", () => {
    const tricky = () => "{by} [x] $& $1";
    const by = { kind: "operator", id: "olga" } as const;
    const noted = { type: "door.unlocked", door: "front", by, data: { note: "{by} [{door}]" } } as const;
    expect(sentence(noted, tricky)).toBe("{by} [x] $& $1 unlocked {by} [x] $& $1 ({by} [{door}])");
  });

  test("of an event that is no denial end with no reason and no remedy", () => {
    expect(whySentence({ type: "door.opened", door: "front" }, names)).toBe("Door front opened.");
  });
});
