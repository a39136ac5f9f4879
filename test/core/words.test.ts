import { describe, expect, test } from "vitest";
import { foundText, refusalText, sentence, whySentence } from "../../gateway/core/describe.js";
import { type EventType, eventCatalogue } from "../../gateway/core/events.js";
import { allReasons } from "../../gateway/core/reasons.js";
import { remedyTexts } from "../../gateway/core/remedies.js";
import { languageOf, languages } from "../../gateway/core/words/language.js";
import type { Words } from "../../gateway/core/words/words.js";
import { wordsOf } from "../../gateway/core/words/words-of.js";
import { local, smallOffice } from "../stories/small-office.js";
import { Teller } from "../stories/teller.js";

/** What a text is filled with; a translation that loses one tells less. */
const slots = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

test("a language that lacks a text does not compile, and one that has a wrong one neither", () => {
  // @ts-expect-error: a sentence is missing
  const events: Words["events"] = { "door.opened": "auf" };
  // @ts-expect-error: a remedy is missing
  const reason: Words["reasons"]["unknown-card"] = { text: "unbekannt" };
  expect([events, reason]).toHaveLength(2);
});

describe.each(languages)("%s", (language) => {
  const words = wordsOf(language);

  test.each(Object.keys(eventCatalogue) as EventType[])("%s says as much as the English text", (type) => {
    const text = words.events[type];
    expect(slots(text)).toEqual(slots(eventCatalogue[type].text));
    expect(text.split("[").length).toBe(text.split("]").length);
    expect(sentence({ type }, (_, id) => id, language)).not.toMatch(/[{}[\]]|undefined/);
  });

  test("reasons and remedies complete a sentence", () => {
    expect(Object.keys(words.reasons).sort()).toEqual(Object.keys(allReasons).sort());
    for (const { text, remedy } of Object.values(words.reasons))
      expect(`${text}${remedy}`).not.toMatch(/\.$|[{}[\]]/);
    for (const [word, text] of Object.entries(words.remedies))
      expect(slots(text)).toEqual(slots(remedyTexts[word as keyof typeof remedyTexts]));
  });
});

describe("the language is chosen", () => {
  test.each([
    ["de-DE,de;q=0.9,en;q=0.8", "de"],
    ["en-GB,de;q=0.9", "en"],
    ["fr, de;q=0.3, en;q=0.2", "de"],
    ["de;q=0, en;q=0.1", "en"],
    ["de_DE.UTF-8", "de"],
    ["C.UTF-8", "en"],
    ["", "en"],
    [undefined, "en"],
    ["x".repeat(100_000), "en"],
  ])("%s: %s", (wish, language) => {
    expect(languageOf(wish)).toBe(language);
  });
});

test("why somebody was not let in is told in German, remedy and hours too", () => {
  const story = new Teller().at("21:04").badge("ada", "front");
  const event = { ...story.events.at(-1), at: story.now } as never;
  expect(whySentence(event, story.names, "de", story.site)).toMatchInlineSnapshot(
    `"Ada Berg wurde nicht eingelassen: Front door: außerhalb der Zeiten der Gruppen der Person (staff: office 07:00-19:00, jetzt 21:04). Würde eingelassen: am Dienstag 07:00-19:00."`,
  );
  expect(whySentence(event, story.names, "en", story.site)).toMatchInlineSnapshot(
    `"Ada Berg was not let in at Front door: outside the hours of the person's groups (staff: office 07:00-19:00, now 21:04). Would be let in 07:00-19:00 on Tuesday."`,
  );
});

test("other denials, a stranger and a fire in German", () => {
  const story = new Teller(smallOffice({ fire: { front: "unlock" } })).at("10:00");
  story.badge("who", "front").badge("cora", "front").badge("eve", "workshop").sensor("smoke", true);
  story.asks({ op: "door.mode", door: "server", mode: "free", until: local("12:00") }, { note: "open day" });
  const told = story.events.map((event) =>
    whySentence({ ...event, at: story.now }, story.names, "de", story.site),
  );
  expect(told.join("\n")).toMatchInlineSnapshot(`
    "Eine unbekannte Karte (…beef) wurde nicht eingelassen: Front door: die Karte ist hier nicht bekannt (keine Karte mit diesem Wert). Würde eingelassen, wenn die Karte jemandem gegeben wäre.
    Cora Lind wurde nicht eingelassen: Front door: die Person ist gesperrt (gesperrt). Würde eingelassen: wenn die Person entsperrt wäre.
    Eve Kern wurde nicht eingelassen: Workshop door: keine Gruppe der Person darf diese Tür benutzen (in keiner Gruppe). Würde eingelassen: wenn die Person in der Gruppe staff wäre.
    Brandmeldeeingang Smoke detectors hat ausgelöst.
    Brandmeldeeingang Smoke detectors ruft alle zusammen: 0 vermutlich im Haus.
    Olga stellte Server room door auf frei bis 2026-11-23 12:00 (open day)."
  `);
});

test("what somebody wrote is told as it is, and a name is never read as a text", () => {
  const by = { kind: "operator", id: "olga" } as const;
  const noted = {
    type: "door.unlocked",
    door: "front",
    by,
    data: { note: "open {door}", seconds: 5 },
  } as const;
  expect(sentence(noted, () => "$& {by}", "de")).toBe("$& {by} entriegelte $& {by} für 5 s (open {door})");
  expect(foundText("$1 blocked", "de")).toBe("$1 gesperrt");
});

test("a refusal of the building is told in the language of whoever asked", () => {
  expect(refusalText("door-secured", "en")).toMatch(/^the door is secured; return the door/);
  expect(refusalText("door-secured", "de")).toMatch(/^die Tür ist gesichert; die Tür wie gewöhnlich/);
  expect(refusalText("no-muster", "de")).toBe("keine Sammlung läuft; eine beginnen");
  expect(refusalText("refused", "de")).toBeUndefined();
});
