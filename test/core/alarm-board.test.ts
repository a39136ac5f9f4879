import { expect, test } from "vitest";
import { alarmBoard } from "../../gateway/core/alarm/board.js";
import type { ArmLevel } from "../../gateway/core/alarm/rules.js";
import { aNight } from "../stories/armed-office.js";
import type { Teller } from "../stories/teller.js";

const house = {
  partitions: [{ id: "house", name: "House", tenant: "main", members: ["ground", "workshop"] }],
};
const board = ({ site, state }: Teller, discreet = false) => alarmBoard(site, state, discreet);
const standing = (story: Teller, partition: string, level: ArmLevel) =>
  board(story)
    .partitions.find(({ id }) => id === partition)
    ?.standing[level].map(({ name, why, settles }) => `${name}: ${why}${settles ? ", may settle" : ""}`);

test("what stands in the way is told by level, with that of the members, as arming itself would refuse it", () => {
  const story = aNight(house).sensor("window", true).sensor("canteen-motion", true);
  expect(standing(story, "ground", "away")).toEqual(
    expect.arrayContaining(["Lobby window: active", "Canteen motion: active, may settle"]),
  );
  expect(standing(story, "ground", "home")).toEqual(["Lobby window: active"]);
  expect(standing(story, "house", "home")).toEqual(["Lobby window: active"]);
  expect(standing(story, "workshop", "home")).toEqual([]);
  story.asks({ op: "partition.arm", partition: "house", level: "home", atOnce: true });
  expect(story.transcript).toContain("something is not quiet");
  story
    .sensor("window", false)
    .asks({ op: "partition.arm", partition: "house", level: "home", atOnce: true });
  expect(story.transcript).toContain("Ground floor is armed (home)");
});

test("a button of silent hold-up stands on the board of discreet accounts only", () => {
  const names = (discreet: boolean) => board(aNight(), discreet).zones.map(({ zone }) => zone);
  expect(names(true)).toContain("counter");
  expect(names(false)).not.toContain("counter");
  expect(names(false)).toContain("desk");
});

test("a door opened by its handle on a walk test has answered, raises nothing, and stays on the record", () => {
  const story = aNight().asks({ op: "walk-test.start", partition: "ground" }).opens("front").closes("front");
  expect(story.state.incidents.size).toBe(0);
  const seen = () =>
    board(story).walks.map((walk) => [walk.seen.map(({ name }) => name), walk.missing.length]);
  expect(seen()).toEqual([[["Front door"], 5]]);
  story.asks({ op: "walk-test.end", partition: "ground" });
  expect(seen()).toEqual([[["Front door"], 5]]);
  expect(board(story).walks[0]?.ended).toMatchObject({ by: "olga" });
  story.opens("front");
  expect(story.state.incidents.size).toBe(1);
});
