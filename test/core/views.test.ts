import { expect, test } from "vitest";
import { partitionView } from "../../gateway/core/alarm/alarm-views.js";
import { areaViews, doorView, siteView } from "../../gateway/core/views.js";
import { local, smallOffice } from "../stories/small-office.js";
import { Teller } from "../stories/teller.js";

function placed<T>(places: ReadonlyMap<string, T>, id: string): T {
  const place = places.get(id);
  if (!place) throw new Error(`fixture: no ${id}`);
  return place;
}

test("whoever is in a child is in its parents, and who is not surely there is counted apart", () => {
  const { site, state } = new Teller()
    .at("08:00")
    .badge("finn", "server")
    .badge("ada", "front")
    .opens("front");
  const view = (id: string) => areaViews(site, state, [placed(site.areas, id)])[0];
  expect(view("lobby")).toEqual({ id: "lobby", name: "Lobby", occupancy: 2, uncertain: 1 });
  expect(view("server-room")).toMatchObject({ occupancy: 1, uncertain: 1 });
  expect(view("workshop")).toMatchObject({ occupancy: 0, uncertain: 0 });
});

test("a door is online when every device that it needs is there", () => {
  const story = new Teller();
  const online = () => doorView(story.site, story.state, placed(story.site.doors, "front"), story.now).online;
  expect(online()).toBe(true);
  story.lost("front-reader");
  expect(online()).toBe(false);
});

test("a door shows who set its mode and until when, while that lasts", () => {
  const until = local("09:00");
  const story = new Teller().at("08:00").asks({ op: "door.mode", door: "front", mode: "secured", until });
  const front = placed(story.site.doors, "front");
  expect(doorView(story.site, story.state, front, until - 1)).toMatchObject({
    mode: "secured",
    override: { by: "olga", until },
  });
  expect(doorView(story.site, story.state, front, until)).toMatchObject({ mode: "card", override: null });
});

test("a partition is ready when its sensors are quiet and known and its doors known to be closed", () => {
  const site = smallOffice({ doors: { front: { partitions: { inside: "ground" } } } });
  const story = new Teller(site).at("08:00");
  const ready = () => partitionView(site, story.state, placed(site.partitions, "ground")).ready;
  expect(ready()).toBe(true);
  story.sensor("window", true);
  expect(ready()).toBe(false);
  story.sensor("window", false).opens("front");
  expect(ready()).toBe(false);
  story.closes("front").lost("panel");
  expect(ready()).toBe(false);
});

test("an armed or triggered partition is shown as the contract names it", () => {
  const { site, state } = new Teller();
  const ground = placed(site.partitions, "ground");
  state.partitions.set("ground", { is: "armed", level: "night", since: 0 });
  expect(partitionView(site, state, ground).arming).toBe("armed_night");
  state.partitions.set("ground", { is: "triggered", level: "night", since: 0 });
  expect(partitionView(site, state, ground).arming).toBe("triggered");
});

test("the whole site is shown, each place once", () => {
  const { site, state, now } = new Teller();
  const view = siteView(site, state, now);
  expect(view.site).toEqual({ id: "hq", name: "Head office", revision: 1, timeZone: "Europe/Berlin" });
  expect(view.doors.map(({ id }) => id)).toEqual(["front", "workshop", "server", "turnstile"]);
  expect(view.sensors).toEqual([
    { id: "smoke", name: "Smoke detectors", active: false, fault: null },
    { id: "window", name: "Lobby window", active: false, fault: null },
  ]);
});

test("a sensor tells of its changes, its faults and their ends, and a level tells nothing", () => {
  const story = new Teller()
    .at("08:00")
    .sensor("window", true)
    .sensor("window", true)
    .sensor("window", false);
  story.sensor("window", undefined, { fault: "tamper" }).sensor("window", true, { edge: false });
  expect(story.events.map(({ type }) => type)).toEqual([
    "device.sensor-active",
    "device.sensor-restored",
    "device.sensor-fault",
    "device.sensor-fault-ended",
  ]);
});
