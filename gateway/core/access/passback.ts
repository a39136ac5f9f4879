import { passbackAt } from "../passback.js";
import { wallTime } from "../schedule.js";
import type { Rule } from "./rule.js";

/** Anti-passback of the areas that are entered and left has nothing against it. What is only noted is told with the grant. */
export const passback: Rule = {
  name: "passback",
  judge: (request) => {
    const found = passbackAt(request);
    if (!found?.refuses) return undefined;
    const { area, way, was } = found;
    const { date, time } = wallTime(request.site, was.since);
    return way === "in"
      ? { reason: "passback-in", found: `still in ${area.name}, since ${date} ${time}` }
      : { reason: "passback-out", found: `not seen coming into ${area.name}` };
  },
  yes: (request) => {
    const found = passbackAt(request);
    return found
      ? `ok: noted, ${found.way === "in" ? "still in" : "not seen coming into"} ${found.area.name}`
      : "ok";
  },
};
