import type { DenialReason } from "../reasons.js";
import type { Condition } from "../site.js";
import { inHours, obstacleOf, type Right } from "./rights.js";
import type { AccessRequest, Rule } from "./rule.js";

/** One of the rights that are for now has its conditions met. What cannot be known is not met. */
export const conditionsMet: Rule = {
  name: "conditions-met",
  judge: (request) => {
    if (request.openToAll) return undefined;
    let first: Right | undefined;
    for (const right of request.rights) {
      if (right.deny || !inHours(request, right)) continue;
      if (!obstacleOf(request, right.when)) return undefined;
      first ??= right;
    }
    const obstacle = first && obstacleOf(request, first.when);
    if (!first || !obstacle) return { reason: "no-access", found: "no right for now" };
    const is = obstacle.holds === "unknown" ? "not known" : "not so";
    const found = `${first.source}: ${conditionText(first.when, obstacle.part)}, ${is}`;
    return { reason: reasonOf[obstacle.part], found };
  },
  yes: ({ openToAll, rights }) =>
    openToAll || !rights.some(({ when }) => when) ? "ok" : "ok: a right has all that it asks for",
};

const reasonOf: Readonly<Record<keyof Condition, DenialReason>> = {
  training: "training-missing",
  disarmed: "partition-armed",
  input: "input-forbids",
  presentIn: "nobody-present",
  clockTrusted: "clock-not-trusted",
  firstIn: "first-not-in",
};

function conditionText(when: Condition | undefined, part: keyof Condition): string {
  switch (part) {
    case "training":
      return `training ${when?.training}`;
    case "disarmed":
      return `${when?.disarmed} disarmed`;
    case "input":
      return `${when?.input?.sensor} ${when?.input?.is}`;
    case "presentIn":
      return `somebody in ${when?.presentIn}`;
    case "clockTrusted":
      return "a clock that can be believed";
    case "firstIn":
      return `somebody of ${when?.firstIn} let in today`;
  }
}

/** What the right that comes nearest lacks. */
export function lacking(request: AccessRequest): { readonly right: Right; readonly part: keyof Condition }[] {
  return request.rights.flatMap((right) => {
    if (right.deny || !inHours(request, right)) return [];
    const obstacle = obstacleOf(request, right.when);
    return obstacle ? [{ right, part: obstacle.part }] : [];
  });
}
