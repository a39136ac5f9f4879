import { expect, test } from "vitest";
import { door, local, point, smallOffice, staff } from "./small-office.js";
import { Teller } from "./teller.js";

const decisions = (story: Teller): string[] =>
  story.events.flatMap(({ type, person, reason }) =>
    type === "access.granted" || type === "access.denied" || type === "access.waiting"
      ? [`${person ?? "nobody"} ${reason ?? "granted"}`]
      : [],
  );

test("a responder's badge is asked for no rights, hours or modes, and a blocked or expired one opens nothing", () => {
  const people = staff({ cards: { "card-eve": { responder: true } } });
  const site = smallOffice({
    areas: { workshop: { passback: { kind: "hard" }, occupancy: { max: 1 } } },
    doors: { workshop: { persons: { count: 2, withinMs: 15_000 }, clock: "deny" } },
  });
  const story = new Teller(site, people).at("23:00").asks({ op: "lockdown.start" });
  story
    .asks({ op: "door.mode", door: "front", mode: "secured" })
    .badge("eve", "front")
    .badge("eve", "workshop");
  story.opens("workshop").closes("workshop").wait(60).badge("eve", "workshop");
  story.card("card-eve", "reported stolen", { status: "stolen" }).badge("eve", "front");
  story.card("card-eve", "found, but of last year", { status: "active", validUntil: local("00:00") });
  story.badge("eve", "front").card("card-eve", "renewed", { validUntil: local("00:00", 7) });
  story.row("eve", "blocked", { status: "blocked" }).badge("eve", "front");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    23:00:00  Olga asks for lockdown.start
              Olga locked down all doors
    23:00:00  Olga asks for door.mode at Front door
              Olga set Front door to secured
    23:00:00  card-eve at Front door, outside
              Eve Kern was let in at Front door
              → release front for 5 s; reader shows granted
    23:00:00  card-eve at Workshop door, outside
              Eve Kern was let in at Workshop door
              → release workshop for 5 s; reader shows granted
    23:00:00  the contact of Workshop door: open
              Workshop door opened
              Eve Kern went through Workshop door into Workshop
    23:00:00  the contact of Workshop door: closed
              Workshop door closed
    23:00:05  …
              Eve Kern was let in at Front door and did not open it
    23:01:00  card-eve at Workshop door, outside
              Eve Kern was let in at Workshop door
              Eve Kern went against anti-passback of Workshop at Workshop door: the person has not been seen leaving
              → release workshop for 5 s; reader shows granted
    23:01:00  card-eve: reported stolen
    23:01:00  card-eve at Front door, outside
              Eve Kern was not let in at Front door: the card was reported stolen
                would be let in if the person had a new card
              → reader shows denied
    23:01:00  card-eve: found, but of last year
    23:01:00  card-eve at Front door, outside
              Eve Kern was not let in at Front door: the card has expired
                would be let in if the card's validity were extended
              → reader shows denied
    23:01:00  card-eve: renewed
    23:01:00  Eve Kern: blocked
    23:01:00  card-eve at Front door, outside
              Eve Kern was not let in at Front door: the person is blocked
                would be let in if the person were unblocked
              → reader shows denied
    "
  `);
});

test("a responder waits for an interlock as everybody does", () => {
  const airlock = door("airlock", {
    name: "Airlock",
    from: "workshop",
    to: "canteen",
    contact: point("airlock-lock/input/1"),
  });
  const site = smallOffice({
    more: [airlock],
    site: { interlocks: new Map([["trap", { id: "trap", name: "Trap", doors: ["workshop", "airlock"] }]]) },
  });
  const people = staff({ cards: { "card-eve": { responder: true } } });
  const story = new Teller(site, people)
    .at("08:00")
    .badge("eve", "workshop")
    .opens("workshop")
    .badge("eve", "airlock");
  expect(decisions(story)).toEqual(["eve granted", "eve interlock"]);
});

test("a card for three times opens three times", () => {
  const people = staff({ cards: { "card-ada": { maxUses: 3 } } });
  const story = new Teller(smallOffice(), people).at("08:00");
  for (let time = 1; time <= 4; time++) story.badge("ada", "front").opens("front").closes("front").wait(60);
  expect(decisions(story)).toEqual(["ada granted", "ada granted", "ada granted", "ada card-used-up"]);
  expect(story.events.find(({ type, trace }) => type === "access.granted" && trace)?.trace).toContainEqual([
    "uses-left",
    "ok: used 0 of 3",
  ]);
  const after = story.restart(60).back("front-lock").badge("ada", "front");
  expect(after.events.at(-1)).toMatchObject({ reason: "card-used-up" });
});

test("a card that opens for one time is used up at once at a door that cannot tell a passage", () => {
  const people = staff({ cards: { "card-finn": { maxUses: 1 } } });
  const story = new Teller(smallOffice(), people)
    .at("08:00")
    .badge("finn", "server")
    .wait(60)
    .badge("finn", "server");
  expect(decisions(story)).toEqual(["finn granted", "finn card-used-up"]);
});

test("a badge that is revoked is refused in the same second on all doors", () => {
  const story = new Teller()
    .at("08:00")
    .badge("finn", "front")
    .badge("finn", "workshop")
    .badge("finn", "server");
  story.card("card-finn", "revoked", { status: "suspended" });
  for (const at of ["front", "workshop", "server", "turnstile"]) story.badge("finn", at);
  expect(decisions(story)).toEqual([
    ...Array(3).fill("finn granted"),
    ...Array(4).fill("finn card-suspended"),
  ]);
});

test("a door for three opens for three different people, not for one with three cards", () => {
  const people = staff({
    people: { ada: { groups: ["it"] }, ben: { groups: ["it"] } },
    cards: { "card-ada-old": { status: "active" } },
  });
  const site = smallOffice({ doors: { server: { persons: { count: 3, withinMs: 15_000 } } } });
  const story = new Teller(site, people).at("08:00").badge("ada", "server").badge("ada-old", "server");
  story.badge("finn", "server").wait(2).badge("ben", "server");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    08:00:00  card-ada at Server room door, outside
              Ada Berg waits at Server room door: the door is for several people at once
              → reader shows wait
    08:00:00  card-ada-old at Server room door, outside
              Ada Berg waits at Server room door: the door is for several people at once
              → reader shows wait
    08:00:00  card-finn at Server room door, outside
              Finn Holm waits at Server room door: the door is for several people at once
              → reader shows wait
    08:00:02  card-ben at Server room door, outside
              Ben Stein was let in at Server room door
              Ben Stein went through Server room door into Server room (assumed)
              Ada Berg was let in at Server room door
              Ada Berg went through Server room door into Server room (assumed)
              Finn Holm was let in at Server room door
              Finn Holm went through Server room door into Server room (assumed)
              → release server for 5 s; release server for 5 s; release server for 5 s; reader shows granted
    "
  `);
});

test("the window of a door for two is its own, and goes on over a step of the clock", () => {
  const people = staff({ people: { ada: { groups: ["it"] } } });
  const site = smallOffice({ doors: { server: { persons: { count: 2, withinMs: 5_000 } } } });
  const late = new Teller(site, people).at("08:00").badge("ada", "server").wait(6).badge("finn", "server");
  expect(decisions(late)).toEqual(["ada waits-for-persons", "finn waits-for-persons"]);
  const stepped = new Teller(site, people)
    .at("08:00")
    .badge("ada", "server")
    .clock(3_000)
    .badge("finn", "server");
  expect(decisions(stepped)).toEqual(["ada waits-for-persons", "finn granted", "ada granted"]);
});

test("who waits is forgotten when his right has ended, and nobody comes in with him", () => {
  const people = staff({ people: { ada: { groups: ["it"] } } });
  const site = smallOffice({ doors: { server: { persons: { count: 2, withinMs: 60_000 } } } });
  const story = new Teller(site, people).at("08:00").badge("ada", "server").wait(5);
  story.card("card-ada", "reported lost", { status: "lost" }).badge("finn", "server");
  expect(decisions(story)).toEqual(["ada waits-for-persons", "ada card-lost", "finn waits-for-persons"]);
});

test("an escort who is blocked a moment after he was let in leads nobody in", () => {
  const people = staff({
    people: { finn: { traits: ["escort"] } },
    more: { vic: { name: "Vic Lamm", groups: ["staff"], traits: ["needs-escort"] } },
  });
  const story = new Teller(smallOffice({ doors: { workshop: { escort: true } } }), people).at("08:00");
  story
    .badge("finn", "workshop")
    .wait(3)
    .row("finn", "blocked", { status: "blocked" })
    .badge("vic", "workshop");
  expect(decisions(story)).toEqual(["finn granted", "vic waits-for-escort"]);
});

test("a door that says so needs no escort into an area that does", () => {
  const people = staff({ more: { vic: { name: "Vic Lamm", groups: ["staff"], traits: ["needs-escort"] } } });
  const site = smallOffice({ areas: { workshop: { escort: true } }, doors: { workshop: { escort: false } } });
  expect(decisions(new Teller(site, people).at("08:00").badge("vic", "workshop"))).toEqual(["vic granted"]);
});

test("where leaving is free nobody is kept, whoever stays behind", () => {
  const site = smallOffice({ areas: { workshop: { occupancy: { min: 2 } } } });
  const story = new Teller(site).at("08:00").badge("ada", "workshop").badge("finn", "workshop");
  story.opens("workshop").closes("workshop").wait(60).badge("ada", "workshop", "inside");
  expect(decisions(story).at(-1)).toBe("ada granted");
});

test("a full area lets in again whom a fire drill let out, and counts nobody out during the fire", () => {
  const site = smallOffice({ areas: { workshop: { occupancy: { max: 1 } } } });
  const story = new Teller(site)
    .at("08:00")
    .badge("ada", "workshop")
    .opens("workshop")
    .closes("workshop")
    .wait(60);
  story.badge("finn", "workshop").sensor("smoke", true).badge("finn", "workshop");
  expect(decisions(story)).toEqual(["ada granted", "finn area-full", "finn granted"]);
});

test("whoever waits when the site changes his door waits no more", () => {
  const people = staff({ people: { ada: { groups: ["it"] } } });
  const persons = { count: 2, withinMs: 15_000 };
  const story = new Teller(smallOffice({ doors: { server: { persons } } }), people)
    .at("08:00")
    .badge("ada", "server");
  story
    .activate(smallOffice({ revision: 2, without: { doors: ["server"], areas: ["server-room"] } }))
    .wait(60);
  expect(story.state.readers.size).toBe(0);
});
