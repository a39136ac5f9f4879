import { perform, route } from "../route.js";
import { done } from "../schemas/common.js";
import { withNote } from "../schemas/doors.js";
import { byPerson, muster, startMuster } from "../schemas/muster.js";

const tag = "Life safety";

export const musterRoutes = [
  route({
    method: "get",
    path: "/muster",
    says: "Who is where, certain and possible apart, and who is safe",
    tag,
    access: { permission: "muster.read" },
    answer: muster,
    run: ({ who }, parts) => perform(parts, who, "muster.list", {}),
  }),
  route({
    method: "post",
    path: "/muster",
    says: "Call everybody, or who is in some areas",
    tag,
    access: { permission: "muster.run" },
    body: startMuster,
    answer: done,
    run: ({ who, body }, parts) => perform(parts, who, "muster.start", body),
  }),
  route({
    method: "post",
    path: "/muster/safe/:person",
    says: "Somebody was found and is safe",
    tag,
    access: { permission: "muster.run" },
    params: byPerson,
    body: withNote,
    answer: done,
    run: ({ who, params, body }, parts) => perform(parts, who, "muster.safe", { ...params, ...body }),
  }),
  route({
    method: "post",
    path: "/muster/end",
    says: "End the muster",
    tag,
    access: { permission: "muster.run" },
    body: withNote,
    answer: done,
    run: ({ who, body }, parts) => perform(parts, who, "muster.end", body),
  }),
  route({
    method: "post",
    path: "/clock/trust",
    says: "Say that the gateway's clock is right, where no time service can",
    tag,
    access: { permission: "clock.trust" },
    body: withNote,
    answer: done,
    run: ({ who, body }, parts) => perform(parts, who, "clock.trust", body),
  }),
];
