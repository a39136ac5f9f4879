import { expect, test } from "vitest";
import { proofOfLife } from "../../gateway/core/alarm/proof.js";
import { aNight, armedNight } from "./armed-office.js";

const away = { op: "partition.arm", level: "away", atOnce: true } as const;

test("a master over a common partition arms all below it, and falls with the first that is disarmed", () => {
  const part = (id: string, name: string, members: readonly string[]) => ({
    id,
    name,
    tenant: "main",
    members,
  });
  const partitions = [
    part("house", "House", ["ground", "workshop"]),
    part("estate", "Estate", ["house", "yard"]),
    part("yard", "Yard", []),
  ];
  const story = aNight({ partitions });
  const standing = () =>
    ["ground", "workshop", "yard", "house", "estate"].filter(
      (id) => story.state.partitions.get(id)?.is === "armed",
    );

  story.asks({ ...away, partition: "house" });
  expect(standing()).toEqual(["ground", "workshop", "house"]);
  // The last one below arms the master with it.
  story.asks({ ...away, partition: "yard" });
  expect(standing()).toEqual(["ground", "workshop", "yard", "house", "estate"]);
  story.asks({ op: "partition.disarm", partition: "workshop" });
  expect(standing()).toEqual(["ground", "yard"]);

  story.asks({ ...away, partition: "estate" });
  expect(standing()).toEqual(["ground", "workshop", "yard", "house", "estate"]);
  story.asks({ op: "partition.disarm", partition: "estate" });
  expect(standing()).toEqual([]);
});

test("a sensor whose alarms are closed as no alarm is a nuisance of its week, with what would mend it", () => {
  const story = armedNight();
  const nuisance = () => proofOfLife(story.site, story.state, story.now, false).nuisance;
  const falseAlarm = (): void => {
    story.sensor("canteen-motion", true).wait(5);
    const { incident } = story;
    story.sensor("canteen-motion", false).asks({ op: "incident.acknowledge", incident });
    story.asks({ op: "incident.close", incident, cause: "weather-or-animal" }, { note: "a cat" });
    story.asks({ op: "partition.disarm", partition: "ground" }).asks({ ...away, partition: "ground" });
    story.wait(60);
  };
  expect(nuisance()).toEqual([]);
  falseAlarm();
  expect(nuisance()).toMatchObject([
    { zone: "canteen-motion", name: "Canteen motion", thisWeek: 1, lastWeek: 0, mend: "look-at-it" },
  ]);
  falseAlarm();
  expect(nuisance()).toMatchObject([{ thisWeek: 2, mend: "count" }]);
  story.at("20:10", 7);
  expect(nuisance()).toMatchObject([{ thisWeek: 0, lastWeek: 2 }]);
  story.at("20:10", 14);
  expect(nuisance()).toEqual([]);
});
