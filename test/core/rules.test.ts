import { describe, expect, test } from "vitest";
import { standing } from "../../gateway/core/access/building.js";
import { accessRules, judge } from "../../gateway/core/access/judge.js";
import { accessRequest, withPerson } from "../../gateway/core/access/request.js";
import type { AccessRequest, Rule } from "../../gateway/core/access/rule.js";
import type { DenialReason } from "../../gateway/core/reasons.js";
import type { DoorMode, Site } from "../../gateway/core/site.js";
import { emptyState } from "../../gateway/core/state.js";
import { local, smallOffice, staff } from "../stories/small-office.js";

const site = smallOffice();
const people = staff();

function presented(
  card: string,
  more: { readonly at?: string; readonly mode?: DoorMode; readonly site?: Site } = {},
): AccessRequest {
  const where = more.site ?? site;
  const door = where.doors.get("front");
  if (!door) throw new Error("fixture: no front door");
  const credential = people.credential(card);
  const person = credential && people.person(credential.person);
  const at = local(more.at ?? "08:00");
  const building = standing(where, emptyState());
  const request = accessRequest(where, building, door, "outside", at, { credential, person });
  return more.mode === undefined ? request : { ...request, mode: more.mode };
}

/** Who each rule alone turns away, and with which word. */
const turnedAway: Readonly<Record<string, readonly [AccessRequest, DenialReason][]>> = {
  "known-card": [
    [presented("card-stranger"), "unknown-card"],
    [presented("card-nobody"), "unassigned-card"],
  ],
  "card-active": [[presented("card-ada-old"), "card-lost"]],
  "not-blocked": [[presented("card-cora"), "person-blocked"]],
  "within-validity": [
    [presented("card-ada-spare"), "card-expired"],
    [presented("card-dan"), "person-expired"],
    [presented("card-gil"), "person-not-yet-valid"],
  ],
  "door-mode": [[presented("card-ada", { mode: "secured" }), "door-secured"]],
  "group-has-door": [[presented("card-eve"), "no-access"]],
  "within-schedule": [[presented("card-ada", { at: "21:04" }), "outside-schedule"]],
};

test("whoever has a right is let in by all the rules together", () => {
  expect(judge(presented("card-ada")).is).toBe("granted");
});

// What each of the others decides is told in test/stories/rule-stories.ts.
const known = accessRules.filter(({ name }) => name in turnedAway);

describe.each(known.map((rule) => [rule.name, rule] as const))("the rule %s", (name, rule) => {
  const cases = turnedAway[name] ?? [];

  test.each(cases)("turns away with its own word (%#)", (request, reason) => {
    const judgement = judge(request);
    expect(judgement).toMatchObject({ is: "denied", reason });
    expect(judgement.trace.at(-1)?.[0]).toBe(name);
  });

  // Were the rule left out of the judge's list, the tests above would see it.
  test.each(cases)("is missed when it is left out (%#)", (request, reason) => {
    const others = accessRules.filter((other) => other !== rule);
    const judgement = judge(request, others);
    expect(judgement.is === "denied" && judgement.reason === reason).toBe(false);
  });

  test("denies with `fault` when it fails, whatever comes after", () => {
    const failing: Rule = {
      ...rule,
      judge: () => {
        throw new Error("broken");
      },
    };
    const rules = accessRules.map((other) => (other === rule ? failing : other));
    expect(judge(presented("card-ada"), rules)).toMatchObject({ is: "denied", reason: "fault" });
  });
});

test("a card status that is not known opens nothing", () => {
  const request = presented("card-ada");
  if (!request.credential) throw new Error("fixture: no card");
  const credential = { ...request.credential, status: "shiny" as "active" };
  expect(judge({ ...request, credential })).toMatchObject({ is: "denied", reason: "fault" });
});

test("validity begins with its first instant and ends before its last", () => {
  const request = presented("card-ada");
  const { person, at } = request;
  if (!person) throw new Error("fixture: no person");
  const within = (validFrom: number, validUntil: number) =>
    judge(withPerson(request, { ...person, validFrom, validUntil }));
  expect(within(at, at + 1).is).toBe("granted");
  expect(within(at + 1, at + 2)).toMatchObject({ reason: "person-not-yet-valid" });
  expect(within(at - 1, at)).toMatchObject({ reason: "person-expired" });
});

test("a group or schedule that is gone gives no right", () => {
  const request = presented("card-ada");
  const { person } = request;
  if (!person) throw new Error("fixture: no person");
  expect(judge(withPerson(request, { ...person, groups: ["gone"] }))).toMatchObject({
    reason: "no-access",
  });
  const without = { ...site, schedules: new Map() };
  expect(judge(presented("card-ada", { site: without }))).toMatchObject({
    reason: "no-access",
  });
});

test("leaving a secured door at its inside reader stays possible", () => {
  expect(judge({ ...presented("card-ada", { mode: "secured" }), side: "inside" }).is).toBe("granted");
});
