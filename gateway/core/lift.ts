import { type Judgement, judge } from "./access/judge.js";
import { accessRequest, hostsOf } from "./access/request.js";
import type { ScanOutcome } from "./commands.js";
import type { Draft } from "./draft.js";
import type { EventBody, TraceLine } from "./events.js";
import type { Credential, People, Person } from "./people.js";
import { requestRefusal } from "./precedence.js";
import { type DenialReason, denialReasons, type RequestRefusal } from "./reasons.js";
import type { SignalOf } from "./signals.js";
import type { AreaId, Door, Lift, Site } from "./site.js";
import { takeUse } from "./uses.js";

type Card = SignalOf<"lift-card-presented">;
type Floor = Lift["floors"][number];

/** The door that a floor of a lift is to the rules: a right to the floor's area is a right to it. */
export function floorDoorId(lift: string, area: AreaId): string {
  return `${lift}/${area}`;
}

const floorDoors = new WeakMap<Floor, Door>();

/** From the cabin to the floor, and without leaf, lock or reader of its own. */
function floorDoor(site: Site, lift: Lift, floor: Floor): Door {
  let door = floorDoors.get(floor);
  if (!door) {
    door = {
      id: floorDoorId(lift.id, floor.area),
      name: site.areas.get(floor.area)?.name ?? floor.area,
      tenant: lift.tenant,
      from: lift.area,
      to: floor.area,
      passage: "grant",
      unlockMs: lift.ms,
      openMs: lift.ms,
      mode: "card",
      exit: "free",
      lock: { point: floor.output, kind: "fail-secure", mechanicalEgress: true, wiredRelease: false },
      readers: { outside: lift.reader },
      fire: new Map(),
      partitions: {},
    };
    floorDoors.set(floor, door);
  }
  return door;
}

/** A card in the cabin: frees each floor that its holder has a right to, or tells him that there is none. */
export function liftCardPresented(draft: Draft, signal: Card, people: People): void {
  const lift = draft.site.lifts?.get(signal.lift);
  if (!lift) return;
  const outcome = worked(draft, lift, signal, people);
  const { scan } = signal;
  draft.order({ type: "answer-reader", urgent: false, point: lift.reader, scan, outcome });
}

function worked(draft: Draft, lift: Lift, signal: Card, people: People): ScanOutcome {
  const { device, scan, credential, shown, ignored } = signal;
  const card = lookedUp(signal, people);
  const who: Omit<EventBody, "type"> = {
    tenant: lift.tenant,
    lift: lift.id,
    area: lift.area,
    device,
    scan,
    ...(credential === undefined ? { shown } : { credential }),
    ...(card.person ? { person: card.person.id } : {}),
  };
  if (ignored !== undefined) {
    draft.tell({ ...who, type: "access.lift-ignored", reason: ignored });
    return "denied";
  }
  const asked = lift.floors.map((floor) => ({ floor, answer: floorAnswer(draft, lift, floor, card) }));
  const trace = asked.map(({ floor, answer }): TraceLine => [`floor ${floor.area}`, answerText(answer)]);
  const granted = asked.filter(({ answer }) => answer.is === "granted").map(({ floor }) => floor);
  if (granted.length === 0 || !card.person || !card.credential) {
    const reason = commonReason(asked.map(({ answer }) => answer));
    const { remedy } = denialReasons[reason];
    draft.tell({ ...who, type: "access.lift-denied", reason, remedy, trace, decidedBy: "gateway" });
    return "denied";
  }
  const floors = granted.map(({ area }) => area);
  draft.tell({ ...who, type: "access.lift-granted", trace, decidedBy: "gateway", data: { floors } });
  takeUse(draft, card.credential);
  free(draft, granted, lift.ms);
  // Which button he pressed, and whether he went at all, the lift does not tell.
  draft.whereabouts.set(card.person.id, { area: lift.area, since: draft.at, by: lift.id, how: "assumed" });
  return "granted";
}

interface LookedUp {
  readonly credential?: Credential | undefined;
  readonly person?: Person | undefined;
  readonly host?: Person | undefined;
  readonly sponsor?: Person | undefined;
  readonly failure?: Judgement;
}

function lookedUp({ credential: id }: Card, people: People): LookedUp {
  try {
    const credential = id === undefined ? undefined : people.credential(id);
    const person = credential && people.person(credential.person);
    return { credential, person, ...hostsOf(people, person) };
  } catch (error) {
    const found = `failed: ${error instanceof Error ? error.message : String(error)}`;
    return { failure: { is: "denied", reason: "fault", trace: [["known-card", found]] } };
  }
}

function floorAnswer(draft: Draft, lift: Lift, floor: Floor, card: LookedUp): Judgement {
  if (card.failure) return card.failure;
  const door = floorDoor(draft.site, lift, floor);
  return judge(accessRequest(draft.site, draft, door, "outside", draft.at, card));
}

/** Of a floor: what the rule that decided found. Whoever would have to wait for others goes nowhere alone. */
function answerText(answer: Judgement): string {
  return answer.is === "granted" ? "ok" : (answer.trace.at(-1)?.[1] ?? answer.reason);
}

/** One word for all floors: what keeps him from those that he has a right to, if he has one to any. */
function commonReason(answers: readonly Judgement[]): DenialReason {
  const reasons = answers.flatMap((answer) => (answer.is === "granted" ? [] : [answer.reason]));
  return reasons.find((reason) => reason !== "no-access") ?? "no-access";
}

const longestFreeMs = 600_000;

/** Somebody at a desk frees a floor, or every one. */
export function unlockLift(
  draft: Draft,
  { lift: id, area, ms }: { readonly lift: string; readonly area?: AreaId; readonly ms?: number },
  told: Pick<EventBody, "by" | "data">,
  force: boolean,
): RequestRefusal | undefined {
  const lift = draft.site.lifts?.get(id);
  if (!lift) return "unknown-lift";
  const floors = area === undefined ? lift.floors : lift.floors.filter((floor) => floor.area === area);
  if (floors.length === 0) return "unknown-floor";
  const forMs = ms ?? lift.ms;
  if (!(forMs >= 1 && forMs <= longestFreeMs)) return "bad-duration";
  // As at a door: a floor that is locked down is not freed from afar without the right to force it.
  for (const floor of floors) {
    const refused = requestRefusal("remote", draft.situation(floorDoor(draft.site, lift, floor)), force);
    if (refused) return refused;
  }
  const data = {
    ...told.data,
    floors: floors.map((floor) => floor.area),
    seconds: Math.round(forMs / 100) / 10,
  };
  draft.tell({ type: "door.lift-unlocked", ...told, tenant: lift.tenant, lift: lift.id, data });
  free(draft, floors, forMs);
  return undefined;
}

function free(draft: Draft, floors: readonly Floor[], ms: number): void {
  for (const { output } of floors)
    draft.order({ type: "set-output", urgent: false, point: output, on: true, ms });
}
