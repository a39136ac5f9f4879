import { perform, route } from "../route.js";
import { accessRules, changeSite, groupPeople, groupPeopleAsked, siteChanged } from "../schemas/access.js";
import { byId } from "../schemas/common.js";

const tag = "Who may open what";

export const accessRoutes = [
  route({
    method: "get",
    path: "/access",
    says: "Groups, schedules, holidays and door groups, with what they open and how many are in them",
    tag,
    access: { permission: "site.read" },
    answer: accessRules,
    run: ({ who }, parts) => perform(parts, who, "access.show", {}),
  }),
  route({
    method: "post",
    path: "/site/changes",
    says: "Make small changes of the site document, all or none; or see what they would come to",
    tag,
    access: { permission: "site.write" },
    body: changeSite,
    bodyBytes: "large",
    answer: siteChanged,
    run: ({ who, body }, parts) => perform(parts, who, "site.change", body),
  }),
  route({
    method: "get",
    path: "/groups/:id/people",
    says: "Who is in a group, page by page",
    tag,
    access: { permission: "people.read" },
    params: byId,
    query: groupPeopleAsked,
    answer: groupPeople,
    run: ({ who, params, query }, parts) =>
      perform(parts, who, "group.people", { group: params.id, ...query }),
  }),
];
