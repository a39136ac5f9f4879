import { z } from "zod";
import { perform, route } from "../route.js";
import { adoption, begun, buses, byReader } from "../schemas/buses.js";

const tag = "Readers on a wire";

export const busRoutes = [
  route({
    method: "get",
    path: "/buses",
    says: "Lines with their readers, how much of each line is used, and how each reader is protected",
    tag,
    access: { permission: "status.read" },
    answer: buses,
    run: ({ who }, parts) => perform(parts, who, "bus.list", {}),
  }),
  route({
    method: "post",
    path: "/readers/:device/adopt",
    says: "Give a reader its first key; how it goes, GET /buses tells",
    tag,
    access: { permission: "devices.write" },
    fresh: "always",
    params: byReader,
    body: adoption,
    answer: begun,
    run: ({ who, params, body }, parts) => perform(parts, who, "bus.adopt", { ...params, ...body }),
  }),
  route({
    method: "post",
    path: "/readers/:device/key",
    says: "Give a reader a new key in place of its own",
    tag,
    access: { permission: "devices.write" },
    fresh: "always",
    params: byReader,
    body: z.strictObject({}),
    answer: begun,
    run: ({ who, params }, parts) => perform(parts, who, "bus.rotate", params),
  }),
];
