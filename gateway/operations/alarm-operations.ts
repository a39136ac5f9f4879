/** The alarm as people and systems work it: partitions, sensors left out, tests, sirens. */
import { z } from "zod";
import { may } from "../accounts/permissions.js";
import { partitionView } from "../core/alarm/alarm-views.js";
import { alarmBoard } from "../core/alarm/board.js";
import { proofOfLife } from "../core/alarm/proof.js";
import { armLevels } from "../core/alarm/rules.js";
import type { Request } from "../core/signals.js";
import { ask } from "./door-operations.js";
import { id, instant, note } from "./ids.js";
import { done, operation, refused } from "./operation.js";

/** A sensor, or `door/…` for a door's contact. */
export const zoneId = z.string().regex(/^(door\/)?[a-z0-9][a-z0-9-]{0,62}$/, {
  error: "must be a sensor's id, or door/ and a door's id",
});

const withNote = { note: note.optional() };
const ofPartition = z.object({ partition: id, ...withNote });

export const alarmOperations = [
  operation({
    name: "partition.list",
    permission: "partitions.read",
    acts: false,
    params: z.object({}),
    run: async (house) => done({ partitions: house.engine.view().partitions }),
  }),
  operation({
    name: "partition.arm",
    permission: "alarm.arm",
    acts: true,
    params: z.object({
      partition: id,
      level: z.enum(armLevels),
      leaveOut: z.boolean().optional().describe("Leave out what is not quiet; it is shown."),
      atOnce: z.boolean().optional().describe("Without the time to leave."),
      ...withNote,
    }),
    run: async (house, operator, { partition, level, leaveOut, atOnce, note: why }) => {
      const request: Request = {
        op: "partition.arm",
        partition,
        level,
        ...(leaveOut ? { leaveOut } : {}),
        ...(atOnce ? { atOnce } : {}),
      };
      const shown = () => {
        const site = house.engine.active?.site;
        const own = site?.partitions.get(partition);
        return site && own ? { partition: partitionView(site, house.engine.state, own) } : { status: "ok" };
      };
      const performed = await ask(house, operator, request, why, false, shown);
      if (performed.ok || performed.refusal.code !== "refused") return performed;
      // Whoever is refused wants to know what stands open.
      const site = house.engine.active?.site;
      const own = site?.partitions.get(partition);
      const open = site && own ? (partitionView(site, house.engine.state, own).notReady ?? []) : [];
      const faults = open.map(({ zone, name, why: how }) => ({ path: zone, message: `${name}: ${how}` }));
      return refused("refused", performed.refusal.message, faults);
    },
  }),
  operation({
    name: "partition.disarm",
    permission: "alarm.disarm",
    acts: true,
    params: ofPartition,
    run: async (house, operator, { partition, note: why }) =>
      ask(house, operator, { op: "partition.disarm", partition }, why),
  }),
  operation({
    name: "partition.arm-later",
    permission: "alarm.arm",
    acts: true,
    params: ofPartition,
    run: async (house, operator, { partition, note: why }) =>
      ask(house, operator, { op: "partition.arm-later", partition }, why),
  }),
  operation({
    name: "zone.bypass",
    permission: "alarm.bypass",
    acts: true,
    params: z.object({
      zone: zoneId,
      leftOut: z.boolean(),
      until: z
        .enum(["session", "removed"])
        .optional()
        .describe("Until it is disarmed (session, the default), or until it is taken back."),
      ...withNote,
    }),
    run: async (house, operator, { zone, leftOut, until, note: why }) =>
      ask(
        house,
        operator,
        leftOut ? { op: "zone.bypass", zone, until: until ?? "session" } : { op: "zone.unbypass", zone },
        why,
      ),
  }),
  operation({
    name: "alarm.test",
    permission: "alarm.test",
    acts: true,
    params: z.object({
      partition: id.optional(),
      zone: zoneId.optional(),
      until: instant.optional().describe("At most 8 hours ahead. Absent: the test ends now."),
      ...withNote,
    }),
    run: async (house, operator, { partition, zone, until, note: why }) => {
      if ((partition === undefined) === (zone === undefined))
        return refused("invalid", "name a partition or a zone", [
          { path: "partition", message: "name exactly one of partition and zone" },
        ]);
      const request: Request = {
        op: "alarm.test",
        ...(partition === undefined ? {} : { partition }),
        ...(zone === undefined ? {} : { zone }),
        ...(until === undefined ? {} : { until }),
      };
      return ask(house, operator, request, why);
    },
  }),
  operation({
    name: "siren.test",
    permission: "alarm.test",
    acts: true,
    params: z.object({ siren: id, ms: z.int().min(500).max(30_000).optional(), ...withNote }),
    run: async (house, operator, { siren, ms, note: why }) =>
      ask(house, operator, { op: "siren.test", siren, ms: ms ?? 3_000 }, why),
  }),
  operation({
    name: "walk-test.start",
    permission: "alarm.test",
    acts: true,
    params: ofPartition,
    run: async (house, operator, { partition, note: why }) =>
      ask(house, operator, { op: "walk-test.start", partition }, why),
  }),
  operation({
    name: "walk-test.end",
    permission: "alarm.test",
    acts: true,
    params: ofPartition,
    run: async (house, operator, { partition, note: why }) =>
      ask(house, operator, { op: "walk-test.end", partition }, why),
  }),
  operation({
    name: "alarm.board",
    permission: "partitions.read",
    acts: false,
    params: z.object({}),
    run: async (house, operator) => {
      const site = house.engine.active?.site;
      if (!site) return refused("unavailable", "no site has been imported yet");
      return done(alarmBoard(site, house.engine.state, may(operator, "discreet")));
    },
  }),
  operation({
    name: "alarm.proof",
    permission: "incidents.read",
    acts: false,
    params: z.object({}),
    run: async (house, operator) => {
      const site = house.engine.active?.site;
      if (!site) return refused("unavailable", "no site has been imported yet");
      const now = house.clock.now();
      return done(proofOfLife(site, house.engine.state, now, may(operator, "discreet")));
    },
  }),
];
