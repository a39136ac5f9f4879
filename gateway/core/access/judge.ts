import type { TraceLine } from "../events.js";
import type { Credential, Person } from "../people.js";
import type { DenialReason } from "../reasons.js";
import { cardActive } from "./card-active.js";
import { clock } from "./clock.js";
import { conditionsMet } from "./conditions-met.js";
import { doorMode } from "./door-mode.js";
import { enoughPersons } from "./enough-persons.js";
import { escorted } from "./escorted.js";
import { groupHasDoor } from "./group-has-door.js";
import { hostActive } from "./host-active.js";
import { inducted } from "./inducted.js";
import { interlock } from "./interlock.js";
import { knownCard } from "./known-card.js";
import { lockdown } from "./lockdown.js";
import { notAlone } from "./not-alone.js";
import { notBlocked } from "./not-blocked.js";
import { notExcluded } from "./not-excluded.js";
import { notFull } from "./not-full.js";
import { passback } from "./passback.js";
import type { AccessRequest, Denial, Rule } from "./rule.js";
import { sideArmed } from "./side-armed.js";
import { threat } from "./threat-level.js";
import { usesLeft } from "./uses-left.js";
import { vehicleThere } from "./vehicle-there.js";
import { withinSchedule } from "./within-schedule.js";
import { withinValidity } from "./within-validity.js";

/**
 * In this order; the first no decides: the badge, its holder, the state of the house, his rights, where he is, and last, once
 * nothing else is against it, who must come along.
 */
export const accessRules: readonly Rule[] = [
  knownCard,
  cardActive,
  notBlocked,
  withinValidity,
  usesLeft,
  clock,
  inducted,
  hostActive,
  doorMode,
  lockdown,
  threat,
  vehicleThere,
  groupHasDoor,
  notExcluded,
  withinSchedule,
  conditionsMet,
  passback,
  notFull,
  interlock,
  sideArmed,
  enoughPersons,
  escorted,
  notAlone,
];

/** What concerns the badge and its holder alone, wherever he stands. */
export const badgeRules: readonly Rule[] = [knownCard, cardActive, notBlocked, withinValidity];

export type Judgement =
  | {
      readonly is: "granted";
      readonly credential: Credential;
      readonly person: Person;
      readonly trace: readonly TraceLine[];
    }
  | { readonly is: "denied"; readonly reason: DenialReason; readonly trace: readonly TraceLine[] }
  /** All that is his own is in order: with others at the reader he is let in. */
  | {
      readonly is: "waiting";
      readonly reason: DenialReason;
      readonly credential: Credential;
      readonly person: Person;
      readonly trace: readonly TraceLine[];
    };

/** Asks the rules and keeps what each answered. A rule that fails is a no, whatever it would have said. */
export function judge(request: AccessRequest, rules: readonly Rule[] = accessRules): Judgement {
  const trace: TraceLine[] = [];
  const { credential, person } = request;
  for (const rule of rules) {
    if (credential?.responder && !rule.ofResponders) continue;
    const denial = asked(rule, request, trace);
    if (!denial) continue;
    const { reason } = denial;
    return denial.wait && credential && person
      ? { is: "waiting", reason, credential, person, trace }
      : { is: "denied", reason, trace };
  }
  // Whatever the rules are, nobody is no one to let in.
  if (!credential || !person) return { is: "denied", reason: "fault", trace };
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

/** The first no, without a trace: for asking what would be if something were otherwise. */
export function firstNo(request: AccessRequest, rules: readonly Rule[] = accessRules): Denial | undefined {
  const responder = request.credential?.responder === true;
  for (const rule of rules) {
    if (responder && !rule.ofResponders) continue;
    try {
      const denial = rule.judge(request);
      if (denial) return denial;
    } catch (error) {
      return { reason: "fault", found: `failed: ${String(error)}` };
    }
  }
  return undefined;
}
