/** Whoever mistyped, or came too late: what a receiving centre is told when an alarm is disarmed. */
import { expect, test } from "vitest";
import { profileTable } from "../../gateway/core/alarm/rules.js";
import { reportCodes } from "../../gateway/core/events.js";
import { armedNight } from "./armed-office.js";

const { abortMs } = profileTable.cp01;
const abortS = abortMs.usual / 1000;
/** The window is broken, and the ground floor disarmed so many seconds later. */
const disarmedAfter = (seconds: number) =>
  armedNight({ alarm: { profile: "cp01" } })
    .sensor("window", true)
    .wait(seconds)
    .asks({ op: "partition.disarm", partition: "ground" });

test.each([
  ["within the abort time", abortS, "in time", true],
  ["after it", abortS + 1, "later", false],
])(
  "an alarm that is disarmed %s is told as cancelled, under the centre's code, and stays open",
  (_when, seconds, when, inTime) => {
    const story = disarmedAfter(seconds);
    const told = story.events.filter(({ type }) => type === "alarm.cancelled");
    expect(told).toMatchObject([{ incident: story.incident, partition: "ground", data: { when } }]);
    expect(told.map(reportCodes)).toEqual([{ sia: "BC", contactId: "1406" }]);
    const disarmed = story.events.filter(({ type }) => type === "alarm.disarmed");
    // DC-03 "disarm after an alarm"; who did it from afar, DC-05 says.
    expect(disarmed.map(reportCodes)).toEqual([{ sia: "OR", contactId: "1407" }]);
    expect(story.state.incidents.get(story.incident)?.cancelled).toMatchObject({ by: "olga", inTime });
  },
);

test("an alarm that nobody disarmed is cancelled by nothing, not by its end either", () => {
  const story = armedNight({ alarm: { profile: "cp01" } })
    .sensor("window", true)
    .wait(5)
    .sensor("window", false)
    .wait(600);
  expect(story.events.map(({ type }) => type)).not.toContain("alarm.cancelled");
});
