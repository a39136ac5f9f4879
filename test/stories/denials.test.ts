import { expect, test } from "vitest";
import { standing } from "../../gateway/core/access/building.js";
import { accessRules, judge } from "../../gateway/core/access/judge.js";
import { accessRequest } from "../../gateway/core/access/request.js";
import { whySentence } from "../../gateway/core/describe.js";
import { emptyState } from "../../gateway/core/state.js";
import { local, smallOffice, staff } from "./small-office.js";
import { Teller } from "./teller.js";

test("each who is turned away is told why, and what would change it", () => {
  const story = new Teller().at("08:00");
  for (const who of ["stranger", "nobody", "ada-old", "ada-spare", "cora", "dan", "gil", "eve", "ben"])
    story.badge(who, "front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  a stranger's card at Front door, outside
              an unknown card (…beef) was not let in at Front door: the card is not known here
                would be let in if the card were given to a person
              → reader shows denied
    08:00:00  card-nobody at Front door, outside
              card card-nobody was not let in at Front door: the card belongs to nobody
                would be let in if the card were given to a person again
              → reader shows denied
    08:00:00  card-ada-old at Front door, outside
              Ada Berg was not let in at Front door: the card was reported lost
                would be let in if the person had a new card, or if the card were made active again
              → reader shows denied
    08:00:00  card-ada-spare at Front door, outside
              Ada Berg was not let in at Front door: the card has expired
                would be let in if the card's validity were extended
              → reader shows denied
    08:00:00  card-cora at Front door, outside
              Cora Lind was not let in at Front door: the person is blocked
                would be let in if the person were unblocked
              → reader shows denied
    08:00:00  card-dan at Front door, outside
              Dan Roth was not let in at Front door: the person's access has ended
                would be let in if the person's access were extended
              → reader shows denied
    08:00:00  card-gil at Front door, outside
              Gil Mai was not let in at Front door: the person's access has not begun
                would be let in 07:00-19:00 on 2026-11-30
              → reader shows denied
    08:00:00  card-eve at Front door, outside
              Eve Kern was not let in at Front door: none of the person's groups may use this door
                would be let in if the person were in the group staff
              → reader shows denied
    08:00:00  card-ben at Front door, outside
              Ben Stein was not let in at Front door: outside the hours of the person's groups
                would be let in 18:00-21:00 today, or if the person were in the group staff
              → reader shows denied
    "
  `);
});

test("staff are let in within office hours by local time, and not on a Sunday", () => {
  const story = new Teller().at("06:59:59").badge("ada", "front").at("07:00").badge("ada", "front");
  story.at("18:59:59").badge("ada", "front").at("19:00").badge("ada", "front");
  story.at("12:00", 4).badge("ada", "front").at("12:00", 6).badge("ada", "front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    06:59:59  card-ada at Front door, outside
              Ada Berg was not let in at Front door: outside the hours of the person's groups
                would be let in 07:00-19:00 today
              → reader shows denied
    07:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    07:00:05  …
              Ada Berg was let in at Front door and did not open it
    18:59:59  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    19:00:00  card-ada at Front door, outside
              Ada Berg was not let in at Front door: outside the hours of the person's groups
                would be let in 07:00-19:00 on Tuesday, or if the person were in the group cleaners
              → reader shows denied
    19:00:04  …
              Ada Berg was let in at Front door and did not open it
    12:00:00  card-ada at Front door, outside
              Ada Berg was let in at Front door
              → release front for 5 s; reader shows granted
    12:00:05  …
              Ada Berg was let in at Front door and did not open it
    12:00:00  card-ada at Front door, outside
              Ada Berg was not let in at Front door: outside the hours of the person's groups
                would be let in 07:00-19:00 on Monday
              → reader shows denied
    "
  `);
});

test("the denial's sentence names the hours and the remedy", () => {
  const story = new Teller().at("21:04").badge("ada", "front");
  const event = story.events.at(-1);
  const asked = accessRules.map(({ name }) => name);
  const before = asked.slice(0, asked.indexOf("within-schedule"));
  expect(event?.trace).toEqual([
    ...before.map((name) => [name, "ok"]),
    ["within-schedule", "staff: office 07:00-19:00, now 21:04"],
  ]);
  expect(event?.decidedBy).toBe("gateway");
  expect(event?.remedies).toEqual([
    [{ change: "wait", from: "2026-11-24T06:00:00.000Z", until: "2026-11-24T18:00:00.000Z" }],
  ]);
  expect(event && whySentence(event, story.names)).toBe(
    "Ada Berg was not let in at Front door: outside the hours of the person's groups " +
      "(staff: office 07:00-19:00, now 21:04). Would be let in 07:00-19:00 on Tuesday.",
  );
});

test("a grant's trace tells through which group and which hours", () => {
  const story = new Teller().at("08:00").badge("ada", "front");
  expect(story.events.at(-1)?.trace).toContainEqual(["within-schedule", "ok: staff, office"]);
  expect(story.events.at(-1)?.trace?.map(([rule]) => rule)).toEqual(accessRules.map(({ name }) => name));
});

test("a schedule that is not compiled as far as today opens nothing, and says so", () => {
  const story = new Teller().at("12:00", 15).badge("ada", "front").badge("finn", "server");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    12:00:00  card-ada at Front door, outside
              Ada Berg was not let in at Front door: the hours of the person's groups are not known for this day
                would be let in once the clock is right and the schedules reach this day
              → reader shows denied
    12:00:00  card-finn at Server room door, outside
              Finn Holm was let in at Server room door
              Finn Holm went through Server room door into Server room (assumed)
              → release server for 5 s; reader shows granted
    "
  `);
});

test("a card that is expired, blocked or lost is not let in at a free door either: it is never logged as granted", () => {
  const story = new Teller(smallOffice({ doors: { front: { mode: "free" } } })).at("08:00");
  for (const who of ["dan", "cora", "ada-old", "stranger"]) story.badge(who, "front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-dan at Front door, outside
              Dan Roth was not let in at Front door: the person's access has ended
                would be let in if the person's access were extended
              → reader shows denied
    08:00:00  card-cora at Front door, outside
              Cora Lind was not let in at Front door: the person is blocked
                would be let in if the person were unblocked
              → reader shows denied
    08:00:00  card-ada-old at Front door, outside
              Ada Berg was not let in at Front door: the card was reported lost
                would be let in if the person had a new card, or if the card were made active again
              → reader shows denied
    08:00:00  a stranger's card at Front door, outside
              an unknown card (…beef) was not let in at Front door: the card is not known here
                would be let in if the card were given to a person
              → reader shows denied
    "
  `);
});

test("a card blocked in the directory is refused by the next scan", () => {
  const open = new Teller(smallOffice(), staff()).at("08:00").badge("ada", "front");
  const shut = new Teller(smallOffice(), staff({ cards: { "card-ada": { status: "stolen" } } }));
  shut.at("08:00").badge("ada", "front");
  expect([open.events[0]?.type, shut.events[0]?.reason]).toEqual(["access.granted", "card-stolen"]);
});

test("a scan that is retained, repeated or stale opens nothing and is logged as such", () => {
  const story = new Teller().at("08:00");
  story.badge("ada", "front", "outside", "retained").badge("ada", "front", "outside", "repeated");
  expect(story.badge("ada", "front", "outside", "stale").transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Front door, outside, retained
              a scan of Ada Berg at Front door was ignored: it was an old message kept by the broker
              → reader shows denied
    08:00:00  card-ada at Front door, outside, repeated
              a scan of Ada Berg at Front door was ignored: it repeats a scan that was answered
              → reader shows denied
    08:00:00  card-ada at Front door, outside, stale
              a scan of Ada Berg at Front door was ignored: it came too late
              → reader shows denied
    "
  `);
});

test("a rule that fails denies, and the trace says which", () => {
  const broken = {
    name: "broken",
    judge: () => {
      throw new Error("no such thing");
    },
  };
  const site = smallOffice();
  const people = staff();
  const front = site.doors.get("front");
  if (!front) throw new Error("fixture");
  const asked = (who: Parameters<typeof accessRequest>[5]) =>
    accessRequest(site, standing(site, emptyState()), front, "outside", local("08:00"), who);
  const ada = { person: people.person("ada"), credential: people.credential("card-ada") };
  expect(judge(asked(ada), [broken])).toEqual({
    is: "denied",
    reason: "fault",
    trace: [["broken", "failed: no such thing"]],
  });
  expect(judge(asked({}), []).is).toBe("denied");
});

test("a directory that cannot be read lets nobody in", () => {
  const people = staff();
  const failing = {
    ...people,
    person: () => {
      throw new Error("index is damaged");
    },
  };
  const story = new Teller(smallOffice(), failing).at("08:00").badge("ada", "front");
  expect(story.events[0]).toMatchObject({ type: "access.denied", reason: "fault" });
  expect(story.commands).toEqual([expect.objectContaining({ type: "answer-scan", outcome: "denied" })]);
});
