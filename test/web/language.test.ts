import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FeedReader } from "./feed-reader.js";
import { type House, openHouse, password, signedIn } from "./house.js";

let house: House;
let cookie: string;

beforeEach(async () => {
  house = await openHouse();
  await house.accounts.addOperator("anna", "owner", { password });
  cookie = await signedIn(house, "anna");
});
afterEach(() => house.stop());

async function asked(path: string, language?: string): Promise<Record<string, never>> {
  const headers = { cookie, ...(language === undefined ? {} : { "accept-language": language }) };
  const response = await fetch(`${house.url}/api/v1/${path}`, { headers });
  return (await response.json()) as Record<string, never>;
}

describe("what happened is told in the language of whoever asks", () => {
  test.each([
    ["de-AT,de;q=0.8", /^auf Deutsch: /],
    ["en-GB", /^(?!auf Deutsch)/],
    ["fr", /^(?!auf Deutsch)/],
    [undefined, /^(?!auf Deutsch)/],
  ])("Accept-Language %s", async (language, told) => {
    const { seq } = house.happen({ type: "access.granted", door: "front", person: "p1" });
    const { events } = (await asked("events", language)) as unknown as { events: { sentence: string }[] };
    expect(events[0]?.sentence).toMatch(told);
    const why = (await asked(`events/${seq}`, language)) as unknown as { sentence: string; why: string };
    expect(why.sentence).toMatch(told);
    expect(why.why).toBe(`${why.sentence}.`);
  });

  test("a feed, which can send no headers, names its language in its address", async () => {
    const reader = await FeedReader.open(house, cookie, { language: "de" });
    try {
      await reader.until((each) => each.frames.length > 0);
      house.happen({ type: "access.granted", door: "front", person: "p1" });
      await reader.until((each) => each.frames.some(({ event }) => event === "event"));
      const told = reader.frames.find(({ event }) => event === "event");
      expect(told?.data.sentence).toMatch(/^auf Deutsch: /);
    } finally {
      await reader.close();
    }
  });
});
