import type { TraceLine } from "../events.js";
import type { Credential, Person } from "../people.js";
import { type DenialReason, denialReasons } from "../reasons.js";
import { cardActive } from "./card-active.js";
import { doorMode } from "./door-mode.js";
import { groupHasDoor } from "./group-has-door.js";
import { knownCard } from "./known-card.js";
import { notBlocked } from "./not-blocked.js";
import type { AccessRequest, Denial, Rule } from "./rule.js";
import { withinSchedule } from "./within-schedule.js";
import { withinValidity } from "./within-validity.js";

/** In this order; the first no decides. */
export const accessRules: readonly Rule[] = [
  knownCard,
  cardActive,
  notBlocked,
  withinValidity,
  doorMode,
  groupHasDoor,
  withinSchedule,
];

export type Judgement =
  | {
      readonly is: "granted";
      readonly credential: Credential;
      readonly person: Person;
      readonly trace: readonly TraceLine[];
    }
  | {
      readonly is: "denied";
      readonly reason: DenialReason;
      readonly remedy: string;
      readonly trace: readonly TraceLine[];
    };

/** Asks the rules and keeps what each answered. A rule that fails is a no, whatever it would have said. */
export function judge(request: AccessRequest, rules: readonly Rule[] = accessRules): Judgement {
  const trace: TraceLine[] = [];
  for (const rule of rules) {
    const denial = asked(rule, request, trace);
    if (denial) return denied(denial, trace);
  }
  const { credential, person } = request;
  // Whatever the rules are, nobody is no one to let in.
  if (!credential || !person) return denied({ reason: "fault", found: "nobody to let in" }, trace);
  return { is: "granted", credential, person, trace };
}

function asked(rule: Rule, request: AccessRequest, trace: TraceLine[]): Denial | undefined {
  try {
    const denial = rule.judge(request);
    trace.push([rule.name, denial ? denial.found : (rule.yes?.(request) ?? "ok")]);
    return denial;
  } catch (error) {
    const found = `failed: ${error instanceof Error ? error.message : String(error)}`;
    trace.push([rule.name, found]);
    return { reason: "fault", found };
  }
}

function denied({ reason, remedy }: Denial, trace: readonly TraceLine[]): Judgement {
  return { is: "denied", reason, remedy: remedy ?? denialReasons[reason].remedy, trace };
}
