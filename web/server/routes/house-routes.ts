import type { DoorView } from "../../../gateway/core/views.js";
import { isSensitive, notFresh } from "../fresh.js";
import { perform, Refusing, refuse, route } from "../route.js";
import { byId, done } from "../schemas/common.js";
import { allowOpen, doors, setMode, unlock, withNote } from "../schemas/doors.js";
import { siteNow, status } from "../schemas/live.js";
import { byName, params as operationParams, performed } from "../schemas/operations.js";
import { groups, schedules, site } from "../schemas/site.js";
import { shownDoor, shownSite } from "../shown.js";

const tag = "The house";

interface Exported {
  readonly revision: number;
  readonly document: { readonly groups?: readonly object[]; readonly schedules?: readonly object[] };
}

export const houseRoutes = [
  route({
    method: "get",
    path: "/live",
    says: "The site as it is now",
    tag,
    access: { permission: "doors.read" },
    answer: siteNow,
    run: ({ who }, parts) => shownSite(parts.live.view(), parts.may, who.operator, parts.clock.now()),
  }),
  route({
    method: "get",
    path: "/status",
    says: "How the gateway itself is",
    tag,
    access: { permission: "status.read" },
    answer: status,
    run: ({ who }, parts) => perform(parts, who, "status", {}),
  }),
  route({
    method: "get",
    path: "/site",
    says: "The site document in force",
    tag,
    access: { permission: "site.read" },
    answer: site,
    run: ({ who }, parts) => perform(parts, who, "site.export", {}),
  }),
  route({
    method: "get",
    path: "/groups",
    says: "Groups of people, and what each opens when",
    tag,
    access: { permission: "site.read" },
    answer: groups,
    run: async ({ who }, parts) => {
      const exported = await perform(parts, who, "site.export", {});
      return exported instanceof Refusing
        ? exported
        : { groups: (exported as Exported).document.groups ?? [] };
    },
  }),
  route({
    method: "get",
    path: "/schedules",
    says: "Schedules by which groups open doors and doors are free",
    tag,
    access: { permission: "site.read" },
    answer: schedules,
    run: async ({ who }, parts) => {
      const exported = await perform(parts, who, "site.export", {});
      return exported instanceof Refusing
        ? exported
        : { schedules: (exported as Exported).document.schedules ?? [] };
    },
  }),
  route({
    method: "get",
    path: "/doors",
    says: "All doors as they are now",
    tag,
    access: { permission: "doors.read" },
    answer: doors,
    run: async ({ who }, parts) => {
      const listed = await perform(parts, who, "door.list", {});
      if (listed instanceof Refusing) return listed;
      return { doors: (listed as { readonly doors: readonly DoorView[] }).doors.map(shownDoor) };
    },
  }),
  route({
    method: "post",
    path: "/doors/:id/unlock",
    says: "Unlock a door for a moment",
    tag,
    access: { permission: "door.unlock" },
    params: byId,
    body: unlock,
    answer: done,
    run: ({ who, params, body }, parts) => {
      const problem = isSensitive("door.unlock", body) ? notFresh(who, parts) : undefined;
      return problem ? refuse(problem) : perform(parts, who, "door.unlock", { door: params.id, ...body });
    },
  }),
  route({
    method: "post",
    path: "/doors/:id/mode",
    says: "Set a door's mode, or give it back to its schedule",
    tag,
    access: { permission: "door.mode" },
    params: byId,
    body: setMode,
    answer: done,
    run: ({ who, params, body }, parts) => perform(parts, who, "door.mode", { door: params.id, ...body }),
  }),
  route({
    method: "post",
    path: "/doors/:id/allow-open",
    says: "Let a door stand open until an hour, or no longer",
    tag,
    access: { permission: "door.mode" },
    params: byId,
    body: allowOpen,
    answer: done,
    run: ({ who, params, body }, parts) =>
      perform(parts, who, "door.allow-open", { door: params.id, ...body }),
  }),
  route({
    method: "post",
    path: "/doors/:id/emergency-release",
    says: "Release a door until somebody resets it",
    tag,
    access: { permission: "emergency.release" },
    params: byId,
    body: withNote,
    answer: done,
    run: ({ who, params, body }, parts) =>
      perform(parts, who, "door.emergency-release", { door: params.id, ...body }),
  }),
  route({
    method: "post",
    path: "/doors/:id/emergency-reset",
    says: "End the emergency release of a door",
    tag,
    access: { permission: "emergency.reset" },
    params: byId,
    body: withNote,
    answer: done,
    run: ({ who, params, body }, parts) =>
      perform(parts, who, "door.emergency-reset", { door: params.id, ...body }),
  }),
  // Each operation checks the operator's permission itself and is audited there.
  route({
    method: "post",
    path: "/operations/:name",
    says: "Any operation by its name, as the command line does it",
    tag,
    access: "signed-in",
    params: byName,
    body: operationParams,
    bodyBytes: "large",
    answer: performed,
    run: async ({ who, params, body }, parts) => {
      const problem = isSensitive(params.name, body) ? notFresh(who, parts) : undefined;
      if (problem) return refuse(problem);
      const result = await perform(parts, who, params.name, body);
      return result instanceof Refusing ? result : { result: result ?? null };
    },
  }),
];
