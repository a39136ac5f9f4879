/** What is done to many doors at once, or to the house: groups, overrides, lockdown, threat level, lifts. */
import { z } from "zod";
import { may } from "../accounts/permissions.js";
import type { Request } from "../core/signals.js";
import { doorModes } from "../core/site.js";
import type { RequestOutcome } from "../core/step.js";
import { houseView } from "../core/views.js";
import { ask, longestUnlockMs } from "./door-operations.js";
import type { HouseParts } from "./house-parts.js";
import { id, instant, note } from "./ids.js";
import { done, operation, refused } from "./operation.js";

const allOrNone = z
  .boolean()
  .optional()
  .describe("true: one door that refuses keeps all from it; default: each door answers for itself");

/** What each door of the group answered. */
function answers(house: HouseParts, doorGroup: string, outcome: Extract<RequestOutcome, { ok: true }>) {
  const doors = house.engine.active?.site.doorGroups?.get(doorGroup)?.doors ?? [];
  return {
    doors: doors.map((door) => {
      const no = outcome.refused?.find((each) => each.door === door);
      return no ? { door, done: false, reason: no.reason, message: no.message } : { door, done: true };
    }),
  };
}

const levelOrGroup = z.object({ doorGroup: id.optional(), note: note.optional() });

export const houseOperations = [
  operation({
    name: "house.show",
    permission: "doors.read",
    acts: false,
    params: z.object({}),
    run: async (house) => {
      const site = house.engine.active?.site;
      if (!site) return refused("unavailable", "no site has been imported yet");
      return done(houseView(site, house.engine.state));
    },
  }),
  operation({
    name: "group.unlock",
    permission: "door.unlock",
    acts: true,
    params: z.object({
      doorGroup: id,
      ms: z.int().min(500).max(longestUnlockMs).optional(),
      allOrNone,
      note: note.optional(),
      force: z.boolean().optional(),
    }),
    run: async (house, operator, { doorGroup, ms, allOrNone: all, note: why, force }) => {
      if (force && !(may(operator, "door.force") && why))
        return refused("forbidden", "forcing doors needs the right to it and a reason");
      const request: Request = {
        op: "group.unlock",
        doorGroup,
        ...(ms === undefined ? {} : { ms }),
        ...(all === undefined ? {} : { allOrNone: all }),
      };
      return ask(house, operator, request, why, force, (outcome) => answers(house, doorGroup, outcome));
    },
  }),
  operation({
    name: "group.mode",
    permission: "door.mode",
    acts: true,
    params: z.object({
      doorGroup: id,
      mode: z.enum(doorModes).optional().describe("Absent: back to the mode at rest."),
      until: instant.optional().describe("When the overrides end by themselves."),
      allOrNone,
      note: note.optional(),
    }),
    run: async (house, operator, { doorGroup, mode, until, allOrNone: all, note: why }) => {
      const request: Request = {
        op: "group.mode",
        doorGroup,
        ...(mode === undefined ? {} : { mode }),
        ...(until === undefined ? {} : { until }),
        ...(all === undefined ? {} : { allOrNone: all }),
      };
      return ask(house, operator, request, why, false, (outcome) => answers(house, doorGroup, outcome));
    },
  }),
  operation({
    name: "overrides.end",
    permission: "door.mode",
    acts: true,
    params: z.object({
      doors: z.array(id).min(1).max(2_000).optional().describe("Absent: of every door."),
      note: note.optional(),
    }),
    run: async (house, operator, { doors, note: why }) =>
      ask(house, operator, { op: "overrides.end", ...(doors === undefined ? {} : { doors }) }, why),
  }),
  operation({
    name: "door.bypass",
    permission: "door.mode",
    acts: true,
    params: z.object({
      door: id,
      bypassed: z.boolean().describe("true: the contact is believed no more; false: it is again"),
      note: note.optional(),
    }),
    run: async (house, operator, { door, bypassed, note: why }) =>
      ask(house, operator, { op: "door.bypass", door, bypassed }, why),
  }),
  operation({
    name: "lockdown.start",
    permission: "lockdown.start",
    acts: true,
    params: levelOrGroup,
    run: async (house, operator, { doorGroup, note: why }) =>
      ask(house, operator, { op: "lockdown.start", ...(doorGroup === undefined ? {} : { doorGroup }) }, why),
  }),
  operation({
    name: "lockdown.end",
    permission: "lockdown.end",
    acts: true,
    params: levelOrGroup,
    run: async (house, operator, { doorGroup, note: why }) =>
      ask(house, operator, { op: "lockdown.end", ...(doorGroup === undefined ? {} : { doorGroup }) }, why),
  }),
  operation({
    name: "threat.set",
    permission: "threat.set",
    acts: true,
    params: z.object({ level: id, note: note.optional() }),
    run: async (house, operator, { level, note: why }) =>
      ask(house, operator, { op: "threat.set", level }, why),
  }),
  operation({
    name: "lift.unlock",
    permission: "door.unlock",
    acts: true,
    params: z.object({
      lift: id,
      area: id.optional().describe("The floor's area. Absent: every floor."),
      ms: z.int().min(500).max(longestUnlockMs).optional(),
      note: note.optional(),
      force: z.boolean().optional().describe("Also in a lockdown; needs the right to force and a reason."),
    }),
    run: async (house, operator, { lift, area, ms, note: why, force }) => {
      if (force && !(may(operator, "door.force") && why)) {
        return refused("forbidden", "forcing a lift needs the right to force and a reason");
      }
      const request: Request = {
        op: "lift.unlock",
        lift,
        ...(area === undefined ? {} : { area }),
        ...(ms === undefined ? {} : { ms }),
      };
      return ask(house, operator, request, why, force);
    },
  }),
];
