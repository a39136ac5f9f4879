import { z } from "zod";
import { may } from "../accounts/permissions.js";
import { refusalText } from "../core/describe.js";
import type { Request } from "../core/signals.js";
import { doorModes } from "../core/site.js";
import type { RequestOutcome } from "../core/step.js";
import type { DoorView } from "../core/views.js";
import type { Operator, Performed } from "../ports.js";
import { rememberedAnswer } from "./client-answer.js";
import type { HouseParts } from "./house-parts.js";
import { id, instant, note } from "./ids.js";
import { done, operation, refused } from "./operation.js";

export const longestUnlockMs = 240_000;

/** Asks the building; the core may still say no, and its reason is the answer. */
export async function ask(
  house: HouseParts,
  operator: Operator,
  request: Request,
  why: string | undefined,
  force = false,
  /** What a yes is answered with, where that is more than a yes. */
  result: (outcome: Extract<RequestOutcome, { ok: true }>) => unknown = () => ({ status: "ok" }),
): Promise<Performed> {
  const site = house.engine.active?.site;
  if (!site) return refused("unavailable", "no site has been imported yet");
  if (!house.engine.running)
    return refused("unavailable", "the gateway is not running, so no door hears of it");
  if ("door" in request && !site.doors.has(request.door)) {
    return refused("not-found", `there is no door "${request.door}"`);
  }
  if ("sensor" in request && !site.sensors.has(request.sensor)) {
    return refused("not-found", `there is no sensor "${request.sensor}"`);
  }
  const answerTo = (outcome: RequestOutcome): Performed =>
    outcome.ok
      ? done(result(outcome))
      : refused("refused", refusalText(outcome.reason, operator.language ?? "en") ?? outcome.message);
  return answerTo(
    await house.engine.request(operator.actor, request, {
      ...(force ? { force } : {}),
      ...(why === undefined ? {} : { note: why }),
      answer: (outcome) => rememberedAnswer(operator, answerTo(outcome)),
    }),
  );
}

/** A pulse that cannot be sent now is never sent later, so whoever asks must know. */
function lockAway(house: HouseParts, door: string): string | undefined {
  const lock = house.engine.active?.site.doors.get(door)?.lock.point.device;
  if (lock === undefined || house.engine.state.devices.get(lock)?.online === true) return undefined;
  return `${house.names("device", lock)} is not connected, so ${house.names("door", door)} cannot be unlocked from here`;
}

/** Instants as ISO 8601, as everywhere outside of the process. */
function shownDoor({ since, override, closeBy, allowedOpen, ...door }: DoorView) {
  return {
    ...door,
    ...(closeBy === undefined ? {} : { closeBy: new Date(closeBy).toISOString() }),
    ...(allowedOpen
      ? { allowedOpen: { by: allowedOpen.by, until: new Date(allowedOpen.until).toISOString() } }
      : {}),
    since: since === null ? null : new Date(since).toISOString(),
    override: override && {
      by: override.by,
      until: override.until === null ? null : new Date(override.until).toISOString(),
    },
  };
}

const door = z.object({ door: id, note: note.optional() });

export const doorOperations = [
  operation({
    name: "door.list",
    permission: "doors.read",
    acts: false,
    params: z.object({}),
    run: async (house) => done({ doors: house.engine.view().doors.map(shownDoor) }),
  }),
  operation({
    name: "door.unlock",
    permission: "door.unlock",
    acts: true,
    params: z.object({
      door: id,
      ms: z.int().min(500).max(longestUnlockMs).optional(),
      note: note.optional(),
      force: z.boolean().optional(),
    }),
    run: async (house, operator, params) => {
      if (params.force && !(may(operator, "door.force") && params.note)) {
        return refused("forbidden", "forcing a door needs the right to it and a reason");
      }
      const away = lockAway(house, params.door);
      if (away !== undefined) return refused("unavailable", away);
      const request: Request = {
        op: "door.unlock",
        door: params.door,
        ...(params.ms === undefined ? {} : { ms: params.ms }),
      };
      return ask(house, operator, request, params.note, params.force);
    },
  }),
  operation({
    name: "door.mode",
    permission: "door.mode",
    acts: true,
    params: z.object({
      door: id,
      mode: z.enum(doorModes).optional().describe("Absent: back to the mode at rest."),
      until: instant.optional().describe("When the override ends by itself."),
      note: note.optional(),
    }),
    run: async (house, operator, params) => {
      if (params.until !== undefined && params.until <= house.clock.now()) {
        return refused("invalid", "until has passed already", [
          { path: "until", message: "must be in the future" },
        ]);
      }
      const request: Request = {
        op: "door.mode",
        door: params.door,
        ...(params.mode === undefined ? {} : { mode: params.mode }),
        ...(params.until === undefined ? {} : { until: params.until }),
      };
      return ask(house, operator, request, params.note);
    },
  }),
  operation({
    name: "door.allow-open",
    permission: "door.mode",
    acts: true,
    params: z.object({
      door: id,
      until: instant.optional().describe("Until when the leaf may stand open. Absent: no longer."),
      note: note.optional(),
    }),
    run: async (house, operator, params) => {
      if (params.until !== undefined && params.until <= house.clock.now()) {
        return refused("invalid", "until has passed already", [
          { path: "until", message: "must be in the future" },
        ]);
      }
      const request: Request = {
        op: "door.allow-open",
        door: params.door,
        ...(params.until === undefined ? {} : { until: params.until }),
      };
      return ask(house, operator, request, params.note);
    },
  }),
  operation({
    name: "door.emergency-release",
    permission: "emergency.release",
    acts: true,
    params: door,
    run: async (house, operator, params) =>
      ask(house, operator, { op: "door.emergency-release", door: params.door }, params.note),
  }),
  operation({
    name: "door.emergency-reset",
    permission: "emergency.reset",
    acts: true,
    params: door,
    run: async (house, operator, params) =>
      ask(house, operator, { op: "door.emergency-reset", door: params.door }, params.note),
  }),
  operation({
    name: "fire.reset",
    permission: "fire.reset",
    acts: true,
    params: z.object({
      sensor: id,
      note: note.optional(),
      force: z
        .boolean()
        .optional()
        .describe("Also while the input cannot be read; needs the right to force and a reason."),
    }),
    run: async (house, operator, params) => {
      if (params.force && !(may(operator, "door.force") && params.note)) {
        return refused("forbidden", "forcing a reset needs the right to force and a reason");
      }
      return ask(house, operator, { op: "fire.reset", sensor: params.sensor }, params.note, params.force);
    },
  }),
];
