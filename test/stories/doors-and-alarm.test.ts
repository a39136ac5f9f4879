import { expect, test } from "vitest";
import { aNight, armedNight, armedOffice, sensor } from "./armed-office.js";
import { staff } from "./small-office.js";
import { Teller } from "./teller.js";

const both = {
  partitions: ["ground", "workshop"],
  arm: ["away", "night"],
  disarm: true,
  force: false,
  schedule: "always",
} as const;
const at = { ...both, schedule: "office" } as const;
const groups = {
  staff: { onEntry: "disarm" as const, arms: [at] },
  it: { onEntry: "entry-delay" as const, arms: [{ ...both, disarm: false }] },
};
const pins = staff({
  more: { olaf: { name: "Olaf Brand", groups: ["staff"] } },
  cards: { "card-ada": { hasPin: true } },
});

/** Both partitions are armed at night; it is morning. */
function morning(doors: object = {}): Teller {
  const story = new Teller(
    armedOffice({ groups, office: { doors: { front: { partitions: { inside: "ground" } }, ...doors } } }),
    pins,
  ).at("20:00");
  for (const partition of ["ground", "workshop"] as const)
    story.asks({ op: "partition.arm", partition, level: "away", atOnce: true });
  return story.at("08:00", 1).forget();
}

test("a card disarms what is behind the door once it really opens, and no other partition", () => {
  const story = morning().badge("ada", "front").shownPartition("ground").wait(10).shownPartition("ground");
  story.badge("ada", "front").wait(1).opens("front").shownPartition("ground").shownPartition("workshop");
  expect(story.transcript).toMatchInlineSnapshot();
});

test("whoever may not disarm has the entry delay, also where his card lets him in", () => {
  const story = morning().badge("finn", "front");
  const only = new Teller(armedOffice({ groups: { ...groups, staff: { onEntry: "disarm" } } }), pins).at(
    "20:00",
  );
  only
    .asks({ op: "partition.arm", partition: "ground", level: "away", atOnce: true })
    .at("08:00", 1)
    .forget();
  only.badge("ada", "front").opens("front").shownPartition("ground");
  expect(`${story.transcript}${only.transcript}`).toMatchInlineSnapshot();
});

test("at the keypad a number says what, and a card or PIN says who", () => {
  const story = new Teller(
    armedOffice({
      groups,
      office: { doors: { front: { partitions: { inside: "ground" }, mode: "card-or-pin" } } },
    }),
    pins,
  ).at("10:00");
  story.chooses("away", "front").badge("ada", "front").wait(70).shownPartition("ground");
  story.chooses("disarm", "front").badge("finn", "front").chooses("disarm", "front").badge("eve", "front");
  story.chooses("disarm", "front").pin("ada", "front", "wrong").pin("ada", "front").shownPartition("ground");
  story.chooses("away", "front").wait(11).badge("ada", "front").shownPartition("ground");
  expect(story.transcript).toMatchInlineSnapshot();
});

test("under threat it is disarmed as ever, and a silent incident is raised", () => {
  const story = new Teller(
    armedOffice({
      groups,
      office: { doors: { front: { partitions: { inside: "ground" }, mode: "card-or-pin" } } },
    }),
    pins,
  ).at("10:00");
  story.asks({ op: "partition.arm", partition: "ground", level: "away", atOnce: true }).forget();
  story.chooses("disarm", "front").pin("ada", "front", "duress").shownPartition("ground").queue();
  expect(story.transcript).toMatchInlineSnapshot();
});

test("a card three times arms, and disarms, by the rights of its holder", () => {
  const cardCommands = [
    {
      id: "close",
      name: "Close the floor",
      groups: ["staff", "it"],
      doors: ["front"],
      does: { is: "arm", partition: "ground", level: "night" },
    },
    {
      id: "open",
      name: "Open the floor",
      groups: ["staff"],
      doors: ["workshop"],
      does: { is: "disarm", partition: "ground" },
    },
  ] as const;
  const story = new Teller(armedOffice({ groups, site: { cardCommands } }), pins).at("10:00");
  for (let i = 0; i < 3; i++) story.badge("ada", "front");
  story.shownPartition("ground").forget();
  for (let i = 0; i < 3; i++) story.badge("ada", "workshop");
  expect(story.shownPartition("ground").transcript).toMatchInlineSnapshot();
});

test("an exit request frees an armed exit and masks no opening", () => {
  const story = armedNight().exit("front").opens("front").shownPartition("ground");
  expect(story.transcript).toMatchInlineSnapshot();
});

test("an account that the site names arms and disarms what is written there, and nothing else", () => {
  const accounts = new Map([
    ["olga", { account: "olga", partitions: ["ground"], arm: ["night"] as const, disarm: false }],
  ]);
  const story = aNight({ alarm: { accounts } });
  for (const partition of ["ground", "workshop"])
    for (const level of ["away", "night"] as const) story.asks({ op: "partition.arm", partition, level });
  story.asks({ op: "partition.disarm", partition: "ground" });
  expect(story.transcript).toMatchInlineSnapshot();
});

test("degrees out of their limits are an alarm, and only well within them it is over", () => {
  const sensors = [
    sensor("cold", "Server heat", 20, {
      type: "temperature",
      role: "24-hour",
      zone: { limits: { above: 30, below: 5 } },
    }),
  ];
  const story = aNight({ sensors });
  for (const degrees of [22, 30.2, 29.8, 29.2, 4]) story.measures("cold", degrees);
  expect(story.queue().transcript).toMatchInlineSnapshot();
});
