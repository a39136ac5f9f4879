import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FeedReader } from "./feed-reader.js";
import { door, type House, openHouse, password, signedIn } from "./house.js";

let house: House;
let cookie: string;
const readers: FeedReader[] = [];

async function read(cursor: { after?: number; lastEventId?: string } = {}, as = cookie): Promise<FeedReader> {
  const reader = await FeedReader.open(house, as, cursor);
  readers.push(reader);
  await reader.until((each) => each.frames.length > 0);
  return reader;
}

const upTo = (n: number, from = 1) => Array.from({ length: n - from + 1 }, (_, each) => each + from);
const passed = (n: number) => {
  for (let each = 0; each < n; each += 1)
    house.happen({ type: "access.granted", door: "front", person: "p1" });
};

beforeEach(async () => {
  house = await openHouse();
  house.live.doors.set("front", door("front", "Front door"));
  await house.accounts.addOperator("anna", "owner", { password });
  cookie = await signedIn(house, "anna");
});

afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.close()));
  await house.stop();
});

describe("the running feed", () => {
  test("begins with the site as it is, and then tells what happens: the event with its sentence, the door as it now is", async () => {
    const reader = await read();
    expect(reader.frames[0]).toMatchObject({
      event: "site",
      data: { site: { name: "Harbour House" }, doors: [{ id: "front", lock: "locked" }] },
    });
    house.happen({ type: "door.opened", door: "front" }, [door("front", "Front door", { position: "open" })]);
    await reader.until((each) => each.of("door").length === 1);
    expect(reader.of("event")).toMatchObject([
      {
        id: "1",
        data: { seq: 1, type: "door.opened", sentence: "Front opened", at: expect.stringMatching(/Z$/) },
      },
    ]);
    expect(reader.of("door")[0]?.data).toMatchObject({ id: "front", position: "open" });
    expect(reader.of("event")[0]?.data).not.toHaveProperty("signal");
  });

  test("without a cursor it begins now, not with the past", async () => {
    passed(3);
    const reader = await read();
    passed(1);
    await reader.until((each) => each.seqs.length === 1);
    expect(reader.seqs).toEqual([4]);
  });

  test("a reader that comes back gets what it missed, then goes on live", async () => {
    passed(3);
    const reader = await read({ lastEventId: "1" });
    await reader.until((each) => each.seqs.length === 2);
    passed(2);
    await reader.until((each) => each.seqs.length === 4);
    expect(reader.seqs).toEqual([2, 3, 4, 5]);
    expect(reader.lastId).toBe("5");
  });

  test("nothing is missed and nothing told twice, whenever a reader comes, goes and comes back while doors are used", async () => {
    house.journal.diskMs = 3;
    house.journal.tellMs = 4;
    passed(1_200);
    let running = true;
    const building = (async () => {
      while (running) {
        passed(1 + Math.floor(Math.random() * 7));
        await new Promise((pause) => setTimeout(pause, Math.random() * 4));
      }
    })();
    const seen: number[] = [];
    let lastEventId = "0";
    for (let visit = 0; visit < 12; visit += 1) {
      const reader = await read({ lastEventId });
      const wanted = 50 + Math.floor(Math.random() * 300);
      await reader.until((each) => each.seqs.length >= wanted);
      await reader.close();
      seen.push(...reader.seqs);
      lastEventId = reader.lastId ?? lastEventId;
    }
    running = false;
    await building;
    const last = await read({ lastEventId });
    const end = house.journal.lastSeq;
    await last.until((each) => (each.seqs.at(-1) ?? 0) === end);
    seen.push(...last.seqs);
    expect(seen).toEqual(upTo(end));
  });

  test("ten readers that begin while doors are used all see the same", async () => {
    house.journal.diskMs = 2;
    house.journal.tellMs = 3;
    passed(900);
    const all = Array.from({ length: 10 }, async () => {
      await new Promise((pause) => setTimeout(pause, Math.random() * 40));
      return read({ after: 0 });
    });
    for (let n = 0; n < 60; n += 1) {
      passed(5);
      await new Promise((pause) => setTimeout(pause, 1));
    }
    for (const opened of all) {
      const reader = await opened;
      await reader.until((each) => each.seqs.length >= 1_200);
      expect(reader.seqs).toEqual(upTo(1_200));
    }
  });

  test("a cursor from another journal is told so, and goes on from now", async () => {
    passed(2);
    const reader = await read({ lastEventId: "900" });
    expect(reader.frames.map((frame) => frame.event)).toEqual(["resync", "site"]);
    passed(1);
    await reader.until((each) => each.seqs.length === 1);
    expect(reader.seqs).toEqual([3]);
  });

  test("a new revision of the site shows the whole site anew", async () => {
    const reader = await read();
    house.live.doors.set("side", door("side", "Side door"));
    house.live.revision = 2;
    house.happen({ type: "system.site-activated" });
    await reader.until((each) => each.of("site").length === 2);
    expect(reader.of("site")[1]?.data.doors).toHaveLength(2);
  });
});

describe("while the disk does not take events", () => {
  test("they are told all the same, marked, and once; the cursor moves when they are on disk", async () => {
    const reader = await read();
    passed(1);
    const early = [house.journal.stamp({ type: "door.forced", door: "front" })];
    house.live.tell({ events: early, durable: false });
    await reader.until((each) => each.seqs.length === 2);
    expect(reader.of("event")[1]).toMatchObject({ data: { seq: 2, durable: false } });
    expect(reader.lastId).toBe("1");

    house.journal.commit(early);
    await reader.until((each) => each.lastId === "2");
    passed(1);
    await reader.until((each) => each.lastId === "3");
    expect(reader.seqs).toEqual([1, 2, 3]);
  });

  test("a reader that was away in between gets them from the journal", async () => {
    const reader = await read();
    passed(1);
    const early = [house.journal.stamp({ type: "door.forced", door: "front" })];
    house.live.tell({ events: early, durable: false });
    await reader.until((each) => each.seqs.length === 2);
    await reader.close();
    house.journal.commit(early);
    const again = await read({ lastEventId: reader.lastId ?? "" });
    await again.until((each) => each.seqs.length === 1);
    expect(again.seqs).toEqual([2]);
  });

  test("what happens while a reader is coming is told to it too, although it is not on disk", async () => {
    house.journal.diskMs = 200;
    passed(1);
    const opening = read({ after: 0 });
    await expect.poll(() => house.journal.listeners, { interval: 2 }).toBe(1);
    const early = [house.journal.stamp({ type: "door.forced", door: "front" })];
    house.live.tell({ events: early, durable: false });
    const reader = await opening;
    await reader.until((each) => each.seqs.length === 2);
    expect(reader.of("event")[1]).toMatchObject({ data: { seq: 2, durable: false } });
    house.journal.commit(early);
    await reader.until((each) => each.lastId === "2");
    expect(reader.seqs).toEqual([1, 2]);
  });

  test("what was told early to others and reached the disk while a reader was coming is not missed", async () => {
    house.journal.diskMs = 200;
    passed(1);
    const early = [house.journal.stamp({ type: "door.forced", door: "front" })];
    house.live.tell({ events: early, durable: false });
    const opening = read({ after: 0 });
    await expect.poll(() => house.journal.listeners, { interval: 2 }).toBe(1);
    house.journal.commit(early);
    const reader = await opening;
    await reader.until((each) => each.seqs.length === 2);
    passed(1);
    await reader.until((each) => each.seqs.length === 3);
    expect(reader.seqs).toEqual([1, 2, 3]);
  });
});

describe("who sees what", () => {
  test("a guard sees doors and who went through them, and not the audit trail", async () => {
    await house.accounts.addOperator("gus", "guard", { password });
    await house.accounts.addOperator("mia", "manager", { password });
    const guard = await read({}, await signedIn(house, "gus"));
    const manager = await read({}, await signedIn(house, "mia"));
    house.happen({ type: "access.granted", door: "front", person: "p1" });
    house.happen({ type: "door.opened", door: "front" });
    house.happen({ type: "audit.requested", by: { kind: "operator", id: "anna" } });
    await guard.until((each) => each.seqs.includes(2));
    await manager.until((each) => each.seqs.includes(2));
    expect(guard.seqs).toEqual([1, 2]);
    expect(manager.of("event").map((frame) => frame.data.sentence)).toEqual([
      "Ada Okafor was let in at front",
      "Front opened",
    ]);
  });

  test("a viewer sees doors and areas, no events, no partitions", async () => {
    await house.accounts.addOperator("vic", "viewer", { password });
    const viewer = await read({}, await signedIn(house, "vic"));
    expect(viewer.frames[0]?.data).toMatchObject({ doors: [{ id: "front" }], partitions: [], sensors: [] });
    house.happen({ type: "door.opened", door: "front" }, [door("front", "Front door", { position: "open" })]);
    house.live.tell({
      events: [house.journal.stamp({ type: "door.forced", door: "front" })],
      durable: false,
      partitions: [{ id: "ground", name: "Ground floor", arming: "disarmed", ready: false }],
      areas: [{ id: "lobby", name: "Lobby", occupancy: 3, uncertain: 0 }],
    });
    await viewer.until((each) => each.of("area").length === 1);
    expect(viewer.frames.map((frame) => frame.event)).toEqual(["site", "door", "area"]);
  });

  test("a cursor also moves over what was not for the reader", async () => {
    await house.stop();
    const { defaultFeedLimits } = await import("../../web/server/feed.js");
    house = await openHouse({ limits: { feed: { ...defaultFeedLimits, heartbeatMs: 30 } } });
    await house.accounts.addOperator("gus", "guard", { password });
    const guard = await read({}, await signedIn(house, "gus"));
    for (let n = 0; n < 5; n += 1) house.happen({ type: "audit.signed-in" });
    await guard.until((each) => each.lastId === "5");
    expect(guard.seqs).toEqual([]);
  });
});

describe("a feed ends", () => {
  test("at once when the account is disabled, and does not come back", async () => {
    await house.accounts.addOperator("gus", "guard", { password });
    const guards = await signedIn(house, "gus");
    const reader = await read({}, guards);
    const disabledAt = performance.now();
    await house.accounts.disable("gus", true);
    house.happen({ type: "door.opened", door: "front" });
    await reader.until((each) => each.ended);
    expect(performance.now() - disabledAt).toBeLessThan(1_000);
    expect(reader.seqs).toEqual([]);
    expect(reader.of("end")).toMatchObject([{ data: { why: "signed-out" } }]);
    const again = await FeedReader.open(house, guards);
    readers.push(again);
    expect(again.status).toBe(401);
  });

  test("when its session is signed out, and other sessions' feeds go on", async () => {
    const other = await signedIn(house, "anna");
    const [mine, theirs] = [await read(), await read({}, other)];
    await fetch(`${house.url}/api/v1/session`, { method: "DELETE", headers: { Cookie: cookie } });
    await mine.until((each) => each.ended);
    passed(1);
    await theirs.until((each) => each.seqs.length === 1);
    expect(theirs.ended).toBe(false);
  });

  test("when the session's time is over, while its use keeps it alive until then", async () => {
    await house.stop();
    const { defaultFeedLimits } = await import("../../web/server/feed.js");
    house = await openHouse({
      sessions: { idleMs: 60_000, absoluteMs: 100_000 },
      limits: { feed: { ...defaultFeedLimits, heartbeatMs: 20 } },
    });
    await house.accounts.addOperator("anna", "owner", { password });
    const reader = await read({}, await signedIn(house, "anna"));
    house.clock.ahead = 50_000;
    await new Promise((beats) => setTimeout(beats, 60));
    house.clock.ahead = 99_000;
    await new Promise((beats) => setTimeout(beats, 60));
    expect(reader.ended).toBe(false);
    house.clock.ahead = 100_001;
    await reader.until((each) => each.ended);
    expect(reader.of("end")).toMatchObject([{ data: { why: "signed-out" } }]);
  });

  test("for a reader that does not read, without costing anyone else; it may come back for the rest", async () => {
    await house.stop();
    const { defaultFeedLimits } = await import("../../web/server/feed.js");
    house = await openHouse({ limits: { feed: { ...defaultFeedLimits, unreadBytes: 64 * 1024 } } });
    await house.accounts.addOperator("anna", "owner", { password });
    cookie = await signedIn(house, "anna");
    const frozen = connect(Number(new URL(house.url).port), "127.0.0.1");
    await new Promise((connected) => frozen.once("connect", connected));
    const closed = new Promise((over) => frozen.once("close", over));
    frozen.on("error", () => {});
    frozen.pause();
    frozen.write(`GET /api/v1/feed HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\n\r\n`);
    const reader = await read({ after: 0 });
    const note = "x".repeat(2_000);
    // The kernel's own buffers take some megabytes before anything stays with us.
    let n = 0;
    while (house.journal.listeners > 1 && n < 20_000) {
      n += 1;
      house.happen({ type: "door.opened", door: "front", data: { note } });
      if (n % 20 === 0) await reader.until((each) => each.seqs.length === n);
    }
    expect(house.journal.listeners).toBe(1);
    await reader.until((each) => each.seqs.length === n);
    expect(reader.ended).toBe(false);
    frozen.resume();
    await closed;
    const again = await read({ after: n - 1 });
    await again.until((each) => each.seqs.length === 1);
    frozen.destroy();
  });

  test("and leaves nothing behind", async () => {
    const all = await Promise.all([read(), read(), read({ after: 0 })]);
    expect(house.journal.listeners).toBe(3);
    await Promise.all(all.map((reader) => reader.close()));
    await expect.poll(() => house.journal.listeners).toBe(0);
  });

  test("only so many may be open: an account that opens more is told to wait", async () => {
    for (let n = 0; n < 20; n += 1) await read();
    const oneMore = await FeedReader.open(house, cookie);
    readers.push(oneMore);
    expect(oneMore.status).toBe(503);
  });
});
