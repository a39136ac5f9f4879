import { useQuery } from "@tanstack/react-query";
import { type AccessRules, api } from "../api.js";
import { useLivePart } from "../session.js";
import type { Words } from "../words/words.js";

export type AccessGroup = AccessRules["groups"][number];
export type AccessLine = AccessGroup["access"][number];
export type WeekSchedule = AccessRules["schedules"][number];
export type SiteHoliday = AccessRules["holidays"][number];
export type DoorGroup = AccessRules["doorGroups"][number];
export const always = "always";

/** Anew with each revision of the site. */
export function useRules() {
  const revision = useLivePart((state) => state.site?.revision);
  return useQuery({
    queryKey: ["access", revision],
    queryFn: api.accessRules,
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
}

type Listed = "groups" | "schedules" | "doors" | "doorGroups" | "areas" | "sensors" | "partitions";

export const nameIn = (rules: AccessRules, list: Listed, id: string): string =>
  rules[list].find((each) => each.id === id)?.name ?? id;

export const hoursOf = (rules: AccessRules, schedule: string, { access }: Words): string =>
  schedule === always ? access.always : nameIn(rules, "schedules", schedule);

/** The area and all that is in it. */
function within(rules: AccessRules, area: string): ReadonlySet<string> {
  const found = new Set([area]);
  // A set that grows while it is walked.
  for (const id of found) for (const child of rules.areas) if (child.parent === id) found.add(child.id);
  return found;
}

/** How a line comes to name a door, in words; undefined: it does not. */
export function viaOf(
  rules: AccessRules,
  line: AccessLine,
  door: AccessRules["doors"][number],
  { access }: Words,
): string | undefined {
  if (line.doors?.includes(door.id)) return access.via.door;
  const group = line.doorGroups?.find((id) =>
    rules.doorGroups.some((each) => each.id === id && each.doors.includes(door.id)),
  );
  if (group !== undefined) return access.via.group(nameIn(rules, "doorGroups", group));
  const area = line.areas?.find((id) => {
    const inside = within(rules, id);
    return inside.has(door.to) && !inside.has(door.from);
  });
  return area === undefined ? undefined : access.via.area(nameIn(rules, "areas", area));
}

export function placesOf(rules: AccessRules, line: AccessLine, { access }: Words): string {
  return [
    ...(line.doors ?? []).map((id) => nameIn(rules, "doors", id)),
    ...(line.doorGroups ?? []).map((id) => access.said.in(nameIn(rules, "doorGroups", id))),
    ...(line.areas ?? []).map((id) => access.said.into(nameIn(rules, "areas", id))),
  ].join(", ");
}

/** "Office hours, while Lobby is disarmed" */
export function whenOf(rules: AccessRules, line: AccessLine, words: Words): string {
  const { said } = words.access;
  const { when = {} } = line;
  return [
    ...(line.deny ? [said.deny] : []),
    hoursOf(rules, line.schedule, words),
    ...(when.training === undefined ? [] : [said.training(when.training)]),
    ...(when.disarmed === undefined ? [] : [said.disarmed(nameIn(rules, "partitions", when.disarmed))]),
    ...(when.input === undefined ? [] : [said[when.input.is](nameIn(rules, "sensors", when.input.sensor))]),
    ...(when.presentIn === undefined ? [] : [said.presentIn(nameIn(rules, "areas", when.presentIn))]),
    ...(when.firstIn === undefined ? [] : [said.firstIn(nameIn(rules, "groups", when.firstIn))]),
    ...(when.clockTrusted ? [said.clockTrusted] : []),
  ].join(", ");
}
