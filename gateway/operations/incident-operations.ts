/** Incidents and things to do, as people work them. Silent incidents are there for discreet accounts only. */
import { z } from "zod";
import { may } from "../accounts/permissions.js";
import { type IncidentState, incidentCauses } from "../core/alarm/alarm-state.js";
import { incidentView, incidentViews } from "../core/alarm/alarm-views.js";
import { whyNotClosed } from "../core/alarm/incident-work.js";
import { refusalText } from "../core/describe.js";
import type { Request } from "../core/signals.js";
import type { Operator, Performed } from "../ports.js";
import { ask } from "./door-operations.js";
import type { HouseParts } from "./house-parts.js";
import { id, instant, note } from "./ids.js";
import { done, operation, refused } from "./operation.js";

const incidentId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);
const withNote = { note: note.optional() };
const ofIncident = z.object({ incident: incidentId, ...withNote });

/** The incident, if this operator may know that there is one. */
function known(house: HouseParts, operator: Operator, incident: string): IncidentState | undefined {
  const own = house.engine.state.incidents.get(incident);
  return own && (!own.silent || may(operator, "discreet")) ? own : undefined;
}

/**
 * Asks the core. What it would refuse of a silent incident is refused here, so that no refusal in the log, which others read too,
 * tells that there is one.
 */
async function work(
  house: HouseParts,
  operator: Operator,
  request: Extract<Request, { incident: string }>,
  why: string | undefined,
): Promise<Performed> {
  const own = known(house, operator, request.incident);
  if (!own) return refused("not-found", `there is no open incident "${request.incident}"`);
  const no = own.silent ? silently(own, request, why) : undefined;
  if (no) return refused("refused", refusalText(no, operator.language ?? "en") ?? no);
  return ask(house, operator, request, why);
}

function silently(
  own: IncidentState,
  request: Extract<Request, { incident: string }>,
  why: string | undefined,
): string | undefined {
  switch (request.op) {
    case "incident.acknowledge":
      return own.acknowledged ? "already-acknowledged" : undefined;
    case "incident.silence":
      return "nothing-sounds";
    case "incident.close":
      return whyNotClosed(own, why);
    default:
      return undefined;
  }
}

export const incidentOperations = [
  operation({
    name: "incident.list",
    permission: "incidents.read",
    acts: false,
    params: z.object({}),
    run: async (house, operator) => {
      const site = house.engine.active?.site;
      if (!site) return refused("unavailable", "no site has been imported yet");
      const all = incidentViews(site, house.engine.state);
      return done({ incidents: all.filter(({ silent }) => !silent || may(operator, "discreet")) });
    },
  }),
  operation({
    name: "incident.get",
    permission: "incidents.read",
    acts: false,
    params: z.object({ incident: incidentId }),
    run: async (house, operator, { incident }) => {
      const site = house.engine.active?.site;
      const own = known(house, operator, incident);
      if (!site || !own) return refused("not-found", `there is no open incident "${incident}"`);
      return done({ incident: incidentView(site, house.engine.state, incident, own) });
    },
  }),
  operation({
    name: "incident.acknowledge",
    permission: "incidents.work",
    acts: true,
    params: ofIncident,
    run: async (house, operator, { incident, note: why }) =>
      work(house, operator, { op: "incident.acknowledge", incident }, why),
  }),
  operation({
    name: "incident.silence",
    permission: "incidents.work",
    acts: true,
    params: ofIncident,
    run: async (house, operator, { incident, note: why }) =>
      work(house, operator, { op: "incident.silence", incident }, why),
  }),
  operation({
    name: "incident.note",
    permission: "incidents.work",
    acts: true,
    params: z.object({ incident: incidentId, text: note }),
    run: async (house, operator, { incident, text }) =>
      work(house, operator, { op: "incident.note", incident, text }, undefined),
  }),
  operation({
    name: "incident.assign",
    permission: "incidents.work",
    acts: true,
    params: z.object({ incident: incidentId, to: z.string().min(1).max(100), ...withNote }),
    run: async (house, operator, { incident, to, note: why }) =>
      work(house, operator, { op: "incident.assign", incident, to }, why),
  }),
  operation({
    name: "incident.close",
    permission: "incidents.work",
    acts: true,
    params: z.object({ incident: incidentId, cause: z.enum(incidentCauses), ...withNote }),
    run: async (house, operator, { incident, cause, note: why }) =>
      work(house, operator, { op: "incident.close", incident, cause }, why),
  }),
  operation({
    name: "todo.list",
    permission: "incidents.read",
    acts: false,
    params: z.object({}),
    run: async (house) => {
      const iso = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());
      const todos = [...house.engine.state.todos].map(([todo, own]) => ({
        id: todo,
        type: own.type,
        at: iso(own.at),
        times: own.times,
        sensor: own.sensor ?? null,
        door: own.door ?? null,
        device: own.device ?? null,
        partition: own.partition ?? null,
        reason: own.reason ?? null,
        owner: own.owner ?? null,
        snoozedUntil: iso(own.snoozedUntil),
        restoredAt: iso(own.restoredAt),
      }));
      return done({ todos });
    },
  }),
  operation({
    name: "todo.take",
    permission: "incidents.work",
    acts: true,
    params: z.object({
      todo: z.string().max(150),
      owner: z.string().min(1).max(100).optional(),
      ...withNote,
    }),
    run: async (house, operator, { todo, owner, note: why }) =>
      ask(house, operator, { op: "todo.take", todo, owner: owner ?? operator.actor.id }, why),
  }),
  operation({
    name: "todo.snooze",
    permission: "incidents.work",
    acts: true,
    params: z.object({ todo: z.string().max(150), until: instant, ...withNote }),
    run: async (house, operator, { todo, until, note: why }) =>
      ask(house, operator, { op: "todo.snooze", todo, until }, why),
  }),
  operation({
    name: "todo.done",
    permission: "incidents.work",
    acts: true,
    params: z.object({ todo: z.string().max(150), ...withNote }),
    run: async (house, operator, { todo, note: why }) => ask(house, operator, { op: "todo.done", todo }, why),
  }),
  operation({
    name: "lone.check-in",
    permission: "incidents.work",
    acts: true,
    params: z.object({ person: id, ...withNote }),
    run: async (house, operator, { person, note: why }) =>
      ask(house, operator, { op: "lone.check-in", person }, why),
  }),
];
