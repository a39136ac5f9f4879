import { perform, route } from "../route.js";
import { byId } from "../schemas/common.js";
import { importBegin, importContent, peopleImport, peopleImports } from "../schemas/imports.js";

const tag = "Lists of people";
const access = { permission: "people.write" } as const;

/**
 * A list comes in pieces, each a short request: however long it is, it is never in memory as a whole, and no request lasts. It is
 * checked whole, and applied only when somebody who saw what it would change says so.
 */
export const importRoutes = [
  route({
    method: "get",
    path: "/imports/people",
    says: "Lists of people on their way in, and those that lately were",
    tag,
    access,
    answer: peopleImports,
    run: ({ who }, parts) => perform(parts, who, "people.import.list", {}),
  }),
  route({
    method: "post",
    path: "/imports/people",
    says: "Begin to bring a list of people",
    tag,
    access,
    body: importBegin,
    answer: peopleImport,
    run: ({ who, body }, parts) => perform(parts, who, "people.import.begin", body),
  }),
  route({
    method: "get",
    path: "/imports/people/:id",
    says: "How far a list is, what it would change, and its faults",
    tag,
    access,
    params: byId,
    answer: peopleImport,
    run: ({ who, params }, parts) => perform(parts, who, "people.import.get", { import: params.id }),
  }),
  route({
    method: "put",
    path: "/imports/people/:id/content",
    says: "The next piece of the list, as it is (application/octet-stream, at most 4 MB)",
    tag,
    access,
    params: byId,
    query: importContent,
    bodyBytes: "bytes",
    answer: peopleImport,
    run: ({ who, params, query, bytes }, parts) =>
      perform(parts, who, "people.import.content", { import: params.id, offset: query.offset, data: bytes }),
  }),
  route({
    method: "post",
    path: "/imports/people/:id/check",
    says: "The list is there: check it, and see what it would change",
    tag,
    access,
    params: byId,
    answer: peopleImport,
    run: ({ who, params }, parts) => perform(parts, who, "people.import.check", { import: params.id }),
  }),
  route({
    method: "post",
    path: "/imports/people/:id/apply",
    says: "Apply a checked list that has no fault",
    tag,
    access,
    params: byId,
    answer: peopleImport,
    run: ({ who, params }, parts) => perform(parts, who, "people.import.apply", { import: params.id }),
  }),
  route({
    method: "post",
    path: "/imports/people/:id/cancel",
    says: "End it; what is applied already stays",
    tag,
    access,
    params: byId,
    answer: peopleImport,
    run: ({ who, params }, parts) => perform(parts, who, "people.import.cancel", { import: params.id }),
  }),
];
