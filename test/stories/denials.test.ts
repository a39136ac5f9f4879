import { expect, test } from "vitest";
import { judge } from "../../gateway/core/access/judge.js";
import { whySentence } from "../../gateway/core/describe.js";
import { local, smallOffice, staff } from "./small-office.js";
import { Teller } from "./teller.js";

test("each who is turned away is told why, and what would change it", () => {
  const story = new Teller().at("08:00");
  for (const who of ["stranger", "nobody", "ada-old", "ada-spare", "cora", "dan", "gil", "eve", "ben"])
    story.badge(who, "front");
  expect(story.transcript).toMatchInlineSnapshot();
});

test("staff are let in within office hours by local time, and not on a Sunday", () => {
  const story = new Teller().at("06:59:59").badge("ada", "front").at("07:00").badge("ada", "front");
  story.at("18:59:59").badge("ada", "front").at("19:00").badge("ada", "front");
  story.at("12:00", 4).badge("ada", "front").at("12:00", 6).badge("ada", "front");
  expect(story.transcript).toMatchInlineSnapshot();
});

test("the denial's sentence names the hours and the remedy", () => {
  const story = new Teller().at("21:04").badge("ada", "front");
  const event = story.events.at(-1);
  expect(event?.trace).toEqual([
    ["known-card", "ok"],
    ["card-active", "ok"],
    ["not-blocked", "ok"],
    ["within-validity", "ok"],
    ["door-mode", "ok"],
    ["group-has-door", "ok"],
    ["within-schedule", "staff: office 07:00-19:00, now 21:04"],
  ]);
  expect(event && whySentence(event, story.names)).toBe(
    "Ada Berg was not let in at Front door: outside the hours of the person's groups " +
      "(staff: office 07:00-19:00, now 21:04). Would be let in from 07:00 on Tuesday.",
  );
});

test("a grant's trace tells through which group and which hours", () => {
  const story = new Teller().at("08:00").badge("ada", "front");
  expect(story.events.at(-1)?.trace?.at(-1)).toEqual(["within-schedule", "ok: staff, office"]);
});

test("a schedule that is not compiled as far as today opens nothing, and says so", () => {
  const story = new Teller().at("12:00", 15).badge("ada", "front").badge("finn", "server");
  expect(story.transcript).toMatchInlineSnapshot();
});

test("a card that is expired, blocked or lost is not let in at a free door either: it is never logged as granted", () => {
  const story = new Teller(smallOffice({ doors: { front: { mode: "free" } } })).at("08:00");
  for (const who of ["dan", "cora", "ada-old", "stranger"]) story.badge(who, "front");
  expect(story.transcript).toMatchInlineSnapshot();
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
  expect(story.badge("ada", "front", "outside", "stale").transcript).toMatchInlineSnapshot();
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
  const person = people.person("ada");
  const credential = people.credential("card-ada");
  if (!front || !person || !credential) throw new Error("fixture");
  const at = local("08:00");
  const request = { site, door: front, side: "outside", at, mode: "card", openToAll: false } as const;
  expect(judge({ ...request, person, credential }, [broken])).toEqual({
    is: "denied",
    reason: "fault",
    remedy: "report this event to whoever looks after the gateway",
    trace: [["broken", "failed: no such thing"]],
  });
  expect(judge(request, []).is).toBe("denied");
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
