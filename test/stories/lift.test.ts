import { expect, test } from "vitest";
import type { Lift } from "../../gateway/core/site.js";
import { point, type Staff, smallOffice, staff } from "./small-office.js";
import { Teller } from "./teller.js";

const lift: Lift = {
  id: "lift",
  name: "Lift",
  tenant: "main",
  area: "cabin",
  reader: point("lift-board/reader/1"),
  floors: [
    { area: "lobby", output: point("lift-board/output/1") },
    { area: "canteen", output: point("lift-board/output/2") },
    { area: "server-room", output: point("lift-board/output/3") },
  ],
  ms: 10_000,
};

/** `staff` may go to the lobby and the canteen, `it` to the server room at any hour. */
function lifted(people?: Staff): Teller {
  const office = smallOffice({
    groups: {
      staff: {
        doors: new Map([
          ["lift/lobby", ["office"]],
          ["lift/canteen", ["office"]],
        ]),
      },
      it: { doors: new Map([["lift/server-room", ["always"]]]) },
    },
    site: { lifts: new Map([["lift", lift]]) },
  });
  const cabin = { id: "cabin", name: "Lift cabin", tenant: "main", outside: false };
  return new Teller({ ...office, areas: new Map([...office.areas, ["cabin", cabin]]) }, people);
}

test("a card in the cabin frees the floors that its holder has a right to, and he is in the lift", () => {
  const story = lifted().at("10:00").liftBadge("ada", "lift").whereIs("ada").liftBadge("finn", "lift");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  card-ada in Lift
              Ada Berg may go with Lift to Lobby, Canteen
              → output lift-board/1 for 10 s; output lift-board/2 for 10 s; lift-board shows granted
              (Ada Berg: Lift cabin, assumed)
    10:00:00  card-finn in Lift
              Finn Holm may go with Lift to Lobby, Canteen, Server room
              → output lift-board/1 for 10 s; output lift-board/2 for 10 s; output lift-board/3 for 10 s; lift-board shows granted
    "
  `);
});

test("out of hours, and without a right, no floor is freed", () => {
  const story = lifted().at("21:00").liftBadge("ada", "lift").liftBadge("finn", "lift");
  story.liftBadge("eve", "lift").liftBadge("cora", "lift").liftBadge("stranger", "lift");
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    21:00:00  card-ada in Lift
              Ada Berg may not go anywhere with Lift: outside the hours of the person's groups
              → lift-board shows denied
    21:00:00  card-finn in Lift
              Finn Holm may go with Lift to Server room
              → output lift-board/3 for 10 s; lift-board shows granted
    21:00:00  card-eve in Lift
              Eve Kern may not go anywhere with Lift: none of the person's groups may use this door
              → lift-board shows denied
    21:00:00  card-cora in Lift
              Cora Lind may not go anywhere with Lift: the person is blocked
              → lift-board shows denied
    21:00:00  a stranger's card in Lift
              an unknown card (…beef) may not go anywhere with Lift: the card is not known here
              → lift-board shows denied
    "
  `);
});

test("in a lockdown of all doors no floor is freed by a card, nor from a desk without force", () => {
  const story = lifted().at("10:00").asks({ op: "lockdown.start" }).forget().liftBadge("ada", "lift");
  story.asks({ op: "lift.unlock", lift: "lift", area: "canteen" }, { note: "catering" });
  story.asks({ op: "lift.unlock", lift: "lift", area: "canteen" }, { note: "rescue", force: true });
  story.asks({ op: "lift.unlock", lift: "lift", area: "roof" });
  expect(story.transcript).toMatchInlineSnapshot(`
    "
    10:00:00  card-ada in Lift
              Ada Berg may not go anywhere with Lift: the door is locked down
              → lift-board shows denied
    10:00:00  Olga asks for lift.unlock in Lift
              lift.unlock by Olga was refused: the door is locked down
    10:00:00  Olga asks for lift.unlock in Lift, by force
              Olga freed Lift to Canteen for 10 s (rescue)
              → output lift-board/2 for 10 s
    10:00:00  Olga asks for lift.unlock in Lift
              lift.unlock by Olga was refused: the lift has no such floor
    "
  `);
});

test("a one-time card rides once", () => {
  const once = staff({ cards: { "card-ada": { maxUses: 1 } } });
  const story = lifted(once).at("10:00").liftBadge("ada", "lift").wait(60).liftBadge("ada", "lift");
  expect(story.transcript).toContain("Ada Berg may not go anywhere with Lift");
});
