/** Every call to the gateway, in one place: paths, bodies and answers of `/api/v1`. Instants are ISO 8601 in UTC. */

import type { AccessRules, GroupPeople, SiteChange, SiteChanged } from "../server/schemas/access.js";
import type { Account, Invite } from "../server/schemas/accounts.js";
import type { AlarmBoard, IncidentNow, PartitionNow, Proof, Todo } from "../server/schemas/alarm.js";
import type { Problem } from "../server/schemas/common.js";
import type { Door } from "../server/schemas/doors.js";
import type { Event, Events, Why } from "../server/schemas/events.js";
import type { PeopleImport } from "../server/schemas/imports.js";
import type { HouseNow, Plan, SiteNow, Status as StatusTold } from "../server/schemas/live.js";
import type { Factors, OpenSession, Passkey, Token } from "../server/schemas/me.js";
import type { MusterList } from "../server/schemas/muster.js";
import type { Credential, DoorAccess, Person, UnknownCard } from "../server/schemas/people.js";
import type { Session, SignIn as SignInGiven } from "../server/schemas/session.js";
import type { Group } from "../server/schemas/site.js";
import type { Leavers, PeopleAct, Visitor } from "../server/schemas/visitors.js";

export type {
  AccessRules,
  Account,
  AlarmBoard,
  Credential,
  Door,
  DoorAccess,
  Factors,
  Group,
  HouseNow,
  IncidentNow,
  Invite,
  Leavers,
  MusterList,
  OpenSession,
  PartitionNow,
  Passkey,
  PeopleImport,
  Person,
  Plan,
  Proof,
  Session,
  SiteChange,
  SiteChanged,
  Todo,
  Token,
  UnknownCard,
  Visitor,
};
export type Instant = string;
export type Role = Account["role"];
export const inviteRoles = ["manager", "guard", "viewer", "auditor", "owner"] as const satisfies Role[];

export type SiteView = SiteNow;
export type AreaNow = SiteNow["areas"][number];

/** `durable`: absent, it is on disk. `scan`: the presenting of a card that it belongs to. */
export type SiteEvent = Event & {
  readonly durable?: boolean;
  readonly scan?: string;
  readonly shown?: string;
  readonly credential?: string;
  /** The alarm that it belongs to. */
  readonly incident?: string;
  readonly partition?: string;
  readonly by?: { readonly kind: string; readonly id: string };
  readonly data?: Readonly<Record<string, unknown>>;
};
export type ArmLevel = NonNullable<PartitionNow["level"]>;
export type EventPage = Events;
export type CredentialStatus = Credential["status"];

/** `head`: the last signed head of the chain, if this gateway tells it. */
export type Status = StatusTold & {
  readonly journal: {
    readonly lastError?: string;
    readonly size?: {
      readonly usedBytes: number;
      readonly usedPercent: number;
      readonly diskFreeBytes: number;
      readonly oldestAt: Instant | null;
      readonly eventsADay: number | null;
      readonly bytesADay: number | null;
      readonly daysLeft: number | null;
    } | null;
    readonly head?: { readonly seq: number; readonly hash: string; readonly at: Instant } | null;
  };
  readonly memoryMb?: number;
  readonly listening?: {
    readonly mqtt: readonly { readonly host: string; readonly port: number; readonly tls: boolean }[];
    readonly web: readonly { readonly url: string }[];
  };
};

export interface VisitorDraft {
  readonly name: string;
  readonly host: string;
  readonly company?: string | undefined;
  readonly from?: Instant | undefined;
  readonly until?: Instant | undefined;
  readonly doors: readonly string[];
  readonly areas: readonly string[];
  readonly groups: readonly string[];
  readonly escort: boolean;
  readonly card?: string | undefined;
  readonly code: boolean;
}

/** Who is meant, and what with them. */
export interface LeaversAsked {
  readonly company?: string;
  readonly search?: string;
  readonly people?: readonly string[];
  readonly except?: readonly string[];
  readonly dryRun?: boolean;
  readonly expect?: string;
  readonly note?: string | undefined;
}

/** One of the three. */
interface RightTo {
  readonly door?: string | undefined;
  readonly area?: string | undefined;
  readonly group?: string | undefined;
}

export interface PersonDraft {
  readonly company?: string | null;
  readonly host?: string | null;
  readonly sponsor?: string | null;
  readonly traits?: Person["traits"];
  readonly trainings?: Readonly<Record<string, Instant>>;
  readonly inductedUntil?: Instant | null;
  readonly name?: string;
  readonly groups?: readonly string[];
  readonly validFrom?: Instant | null;
  readonly validUntil?: Instant | null;
}

export type SecondFactor = NonNullable<Problem["methods"]>[number];

/** What the browser's authenticator answered to a challenge. */
export interface PasskeyProof {
  readonly passkey: Extract<SignInGiven, { passkey: unknown }>["passkey"];
  readonly challengeId: string;
}
export type SignIn = SignInGiven;
export type FreshProof = { readonly password?: string; readonly code?: string } | PasskeyProof;

/** What the gateway refused, in its own words. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  /** With `second-factor-needed`: what may be given. */
  readonly methods: readonly SecondFactor[];

  constructor(problem: Partial<Problem>, status: number) {
    const faults = problem.faults?.map(({ message }) => message).join("; ");
    super(faults || problem.detail || `the gateway answered ${status}`);
    this.name = "Refused";
    this.status = status;
    this.code = problem.code ?? "";
    this.methods = problem.methods ?? [];
  }
}

/** Nobody answered at all. */
export class Unreachable extends Error {
  constructor() {
    super("the gateway does not answer");
    this.name = "Unreachable";
  }
}

/** The language of the page, in which the gateway is to tell what happened. */
const spoken = (): string => document.documentElement.lang || "en";

type Query = Readonly<Record<string, string | number | undefined>>;

function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  return asked(
    method,
    path,
    body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) },
  );
}

async function asked<T>(method: string, path: string, how: RequestInit): Promise<T> {
  let response: Response;
  try {
    const headers = { "Accept-Language": spoken(), ...how.headers };
    response = await fetch(`/api/v1/${path}`, { method, ...how, headers });
  } catch {
    throw new Unreachable();
  }
  if (response.status === 204) return undefined as T;
  const answer: unknown = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(answer as Problem, response.status);
  return answer as T;
}

const get = <T>(path: string, query: Query = {}): Promise<T> => {
  const given = Object.entries(query).filter(
    (entry): entry is [string, string | number] => entry[1] !== undefined,
  );
  const asked = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return ask("GET", given.length === 0 ? path : `${path}?${asked}`);
};
const post = <T>(path: string, body: unknown = {}): Promise<T> => ask("POST", path, body);
const put = <T>(path: string, body: unknown): Promise<T> => ask("PUT", path, body);
const sendBytes = <T>(path: string, bytes: Blob): Promise<T> =>
  asked("PUT", path, { headers: { "Content-Type": "application/octet-stream" }, body: bytes });
const remove = <T>(path: string): Promise<T> => ask("DELETE", path);
const part = encodeURIComponent;
/** Any operation by its name. */
const perform = async <T>(name: string, params: object): Promise<T> =>
  (await post<{ result: T }>(`operations/${name}`, params)).result;

/** A feed can send no headers: its address says in which language. */
export const feedPath = (after: string): string =>
  `/api/v1/feed?language=${part(spoken())}${after === "" ? "" : `&after=${part(after)}`}`;

export const api = {
  // ------------------------------------------------------------------------------------------------------- signing in
  session: (): Promise<Session> => get("session"),
  signIn: (by: SignIn): Promise<Session> => post("session", by),
  signOut: (): Promise<void> => remove("session"),
  freshen: (by: FreshProof): Promise<{ freshUntil: Instant }> => post("session/fresh", by),
  passkeyChallenge: (account?: string): Promise<{ challengeId: string; options: unknown }> =>
    post("passkeys/challenge", account === undefined ? {} : { account }),
  acceptInvite: (given: { secret: string; name?: string; password: string }): Promise<Session> =>
    post("invites/accept", given),

  // --------------------------------------------------------------------------------------------------------- the house
  events: (query: {
    before?: number;
    limit?: number;
    person?: string;
    door?: string;
    types?: string;
    categories?: string;
    from?: Instant;
    until?: Instant;
  }): Promise<EventPage> => get("events", query),
  event: async (id: string): Promise<SiteEvent> => whole(await get<Why>(`events/${part(id)}`)),
  unlock: (door: string, force?: { note: string }): Promise<unknown> =>
    post(`doors/${part(door)}/unlock`, force ? { force: true, note: force.note } : {}),
  /** Without a mode: back to the one at rest. */
  doorMode: (
    door: string,
    mode: Door["mode"] | undefined,
    how: { until?: Instant; note?: string } = {},
  ): Promise<unknown> => post(`doors/${part(door)}/mode`, mode === undefined ? {} : { mode, ...how }),
  /** Without an end: it may no longer stand open. */
  allowOpen: (door: string, until: Instant | undefined): Promise<unknown> =>
    post(`doors/${part(door)}/allow-open`, until === undefined ? {} : { until }),
  emergencyRelease: (door: string, note?: string): Promise<unknown> =>
    post(`doors/${part(door)}/emergency-release`, note === undefined ? {} : { note }),
  bypassContact: (door: string, bypassed: boolean): Promise<unknown> =>
    perform("door.bypass", { door, bypassed }),
  unlockGroup: (doorGroup: string): Promise<GroupAnswer> => perform("group.unlock", { doorGroup }),
  groupMode: (
    doorGroup: string,
    mode: Door["mode"] | undefined,
    how: { until?: Instant; note?: string } = {},
  ): Promise<GroupAnswer> =>
    perform("group.mode", { doorGroup, ...(mode === undefined ? {} : { mode, ...how }) }),
  endOverrides: (doors: readonly string[]): Promise<unknown> => perform("overrides.end", { doors }),
  /** Without a group: every door. */
  startLockdown: (doorGroup: string | null): Promise<unknown> =>
    perform("lockdown.start", doorGroup === null ? {} : { doorGroup }),
  endLockdown: (doorGroup: string | null): Promise<unknown> =>
    perform("lockdown.end", doorGroup === null ? {} : { doorGroup }),
  setThreat: (level: string): Promise<unknown> => perform("threat.set", { level }),
  muster: (): Promise<MusterList> => get("muster"),
  startMuster: (areas: readonly string[]): Promise<unknown> =>
    post("muster", areas.length === 0 ? {} : { areas }),
  /** `safe` false: it was said by mistake. */
  markSafe: (person: string, safe: boolean): Promise<unknown> => perform("muster.safe", { person, safe }),
  endMuster: (): Promise<unknown> => perform("muster.end", {}),
  /** With neither: everybody. */
  forgive: (whom: { person: string } | { area: string } | Record<string, never>): Promise<unknown> =>
    perform("passback.forgive", whom),
  emergencyBadges: (): Promise<EmergencyBadges> => perform("emergency-badge.list", {}),
  addEmergencyBadge: (badge: { name: string; value: string }): Promise<unknown> =>
    perform("emergency-badge.add", badge),
  removeEmergencyBadge: (badge: string): Promise<unknown> => perform("emergency-badge.remove", { badge }),
  trustClock: (): Promise<unknown> => perform("clock.trust", {}),
  resetFire: (sensor: string): Promise<unknown> => perform("fire.reset", { sensor }),
  emergencyReset: (door: string): Promise<unknown> => post(`doors/${part(door)}/emergency-reset`),
  status: (): Promise<Status> => get("status"),

  // ----------------------------------------------------------------------------------------------------------- the alarm
  alarmBoard: (): Promise<AlarmBoard> => get("alarm/board"),
  arm: (
    partition: string,
    how: { level: ArmLevel; leaveOut?: boolean; atOnce?: boolean },
  ): Promise<{ partition?: PartitionNow }> => post(`partitions/${part(partition)}/arm`, how),
  disarm: (partition: string): Promise<unknown> => post(`partitions/${part(partition)}/disarm`),
  armLater: (partition: string): Promise<unknown> => post(`partitions/${part(partition)}/arm-later`),
  bypassZone: (zone: string, until: "session" | "removed"): Promise<unknown> =>
    post("zones/bypass", { zone, leftOut: true, until }),
  unbypassZone: (zone: string): Promise<unknown> => post("zones/bypass", { zone, leftOut: false }),
  /** Without an end: the test is over. */
  testPartition: (partition: string, until?: Instant): Promise<unknown> =>
    post(`partitions/${part(partition)}/test`, until === undefined ? {} : { until }),
  testZone: (zone: string, until?: Instant): Promise<unknown> =>
    post("zones/test", until === undefined ? { zone } : { zone, until }),
  walkTest: (partition: string, running: boolean, note?: string): Promise<unknown> =>
    post(`partitions/${part(partition)}/walk-test`, { running, ...(note ? { note } : {}) }),
  testSiren: (siren: string): Promise<unknown> => post(`sirens/${part(siren)}/test`),
  acknowledge: (incident: string): Promise<unknown> => post(`incidents/${part(incident)}/acknowledge`),
  silence: (incident: string): Promise<unknown> => post(`incidents/${part(incident)}/silence`),
  noteIncident: (incident: string, text: string): Promise<unknown> =>
    post(`incidents/${part(incident)}/note`, { text }),
  assignIncident: (incident: string, to: string): Promise<unknown> =>
    post(`incidents/${part(incident)}/assign`, { to }),
  closeIncident: (incident: string, cause: IncidentCause, note: string): Promise<unknown> =>
    post(`incidents/${part(incident)}/close`, { cause, ...(note === "" ? {} : { note }) }),
  todos: async (): Promise<readonly Todo[]> => (await get<{ todos: readonly Todo[] }>("todos")).todos,
  workTodo: (work: {
    todo: string;
    does: "take" | "snooze" | "done";
    owner?: string;
    until?: Instant;
  }): Promise<unknown> => post("todos/work", work),
  proof: (): Promise<Proof> => get("alarm/proof"),

  // -------------------------------------------------------------------------------------------------------------- people
  people: (query: { search: string; limit: number; after?: string }): Promise<PeoplePage> =>
    get("people", query),
  person: async (id: string): Promise<Person> => (await get<{ person: Person }>(`people/${part(id)}`)).person,
  putPerson: async (id: string, draft: PersonDraft): Promise<Person> =>
    (await put<{ person: Person }>(`people/${part(id)}`, draft)).person,
  blockPerson: (id: string, blocked: boolean): Promise<unknown> =>
    post(`people/${part(id)}/block`, { blocked }),
  access: async (id: string): Promise<readonly DoorAccess[]> =>
    (await get<{ doors: readonly DoorAccess[] }>(`people/${part(id)}/access`)).doors,
  addCredential: (
    person: string,
    card: { value: string; printed?: string } | { event: string; printed?: string },
  ): Promise<{ credential: Credential }> => post(`people/${part(person)}/credentials`, card),
  credentialStatus: (credential: string, status: CredentialStatus): Promise<unknown> =>
    post(`credentials/${part(credential)}/status`, { status }),
  unknownCards: async (): Promise<readonly UnknownCard[]> =>
    (await get<{ cards: readonly UnknownCard[] }>("cards/unknown")).cards,
  setPin: (person: string, pin: string | null): Promise<unknown> =>
    put(`people/${part(person)}/pin`, { pin }),
  letIn: (person: string, right: RightTo & { until: Instant }): Promise<unknown> =>
    post(`people/${part(person)}/let-in`, right),
  endLetIn: (person: string, right: RightTo): Promise<unknown> =>
    post(`people/${part(person)}/let-in-end`, right),
  areas: async (): Promise<readonly { readonly id: string; readonly name: string }[]> =>
    (await get<SiteView>("live")).areas,
  visitors: async (all: boolean): Promise<readonly Visitor[]> =>
    (await get<{ visitors: readonly Visitor[] }>("visitors", { all: String(all) })).visitors,
  addVisitor: (visitor: VisitorDraft): Promise<{ person: Person; code?: string }> =>
    post("visitors", visitor),
  endVisit: (person: string): Promise<unknown> => post(`visitors/${part(person)}/end`),
  companies: async (): Promise<readonly { company: string; people: number }[]> =>
    (await get<{ companies: readonly { company: string; people: number }[] }>("companies")).companies,
  leavers: (asked: LeaversAsked): Promise<Leavers> => post("leavers", asked),
  leaversLately: async (): Promise<readonly PeopleAct[]> =>
    (await get<{ acts: readonly PeopleAct[] }>("leavers")).acts,
  restoreLeavers: (act: string): Promise<{ people: number; badges: number }> =>
    post(`leavers/${part(act)}/restore`),
  /** The newest first. */
  imports: async (): Promise<readonly PeopleImport[]> =>
    (await get<{ imports: readonly PeopleImport[] }>("imports/people")).imports,
  beginImport: (list: { name: string; bytes: number }): Promise<PeopleImport> => post("imports/people", list),
  sendImport: (id: string, offset: number, piece: Blob): Promise<PeopleImport> =>
    sendBytes(`imports/people/${part(id)}/content?offset=${offset}`, piece),
  checkImport: (id: string): Promise<PeopleImport> => post(`imports/people/${part(id)}/check`),
  applyImport: (id: string): Promise<PeopleImport> => post(`imports/people/${part(id)}/apply`),
  cancelImport: (id: string): Promise<PeopleImport> => post(`imports/people/${part(id)}/cancel`),
  accessRules: (): Promise<AccessRules> => get("access"),
  /** `dryRun`: only what would come of it. */
  changeSite: (asked: {
    base: number;
    changes: readonly SiteChange[];
    note?: string;
    dryRun?: boolean;
  }): Promise<SiteChanged> => post("site/changes", asked),
  groupPeople: (group: string, after?: string): Promise<GroupPeople> =>
    get(`groups/${part(group)}/people`, { limit: 50, after }),
  groups: async (): Promise<readonly Group[]> => (await get<{ groups: readonly Group[] }>("groups")).groups,

  // ------------------------------------------------------------------------------------------------------------ accounts
  accounts: async (): Promise<readonly Account[]> =>
    (await get<{ accounts: readonly Account[] }>("accounts")).accounts,
  disableAccount: (id: string, disabled: boolean): Promise<unknown> =>
    post(`accounts/${part(id)}/disable`, { disabled }),
  sessionsOf: async (account: string): Promise<readonly OpenSession[]> =>
    (await get<{ sessions: readonly OpenSession[] }>(`accounts/${part(account)}/sessions`)).sessions,
  endSessionsOf: (account: string): Promise<unknown> => remove(`accounts/${part(account)}/sessions`),
  invites: async (): Promise<readonly Invite[]> =>
    (await get<{ invites: readonly Invite[] }>("invites")).invites,
  invite: (wanted: {
    account: string;
    name: string;
    role: Role;
    discreet?: boolean;
  }): Promise<{ url: string; secret: string; expiresAt: Instant }> => post("invites", wanted),
  withdrawInvite: (account: string): Promise<unknown> => remove(`invites/${part(account)}`),

  // ----------------------------------------------------------------------------------------------------------------- me
  factors: (): Promise<Factors> => get("me/factors"),
  beginTotp: (): Promise<{ secret: string; uri: string }> => post("me/totp"),
  confirmTotp: (code: string): Promise<{ recoveryCodes: readonly string[] }> => put("me/totp", { code }),
  removeTotp: (): Promise<unknown> => remove("me/totp"),
  passkeyOptions: (): Promise<{ challengeId: string; options: unknown }> => post("me/passkeys/options"),
  addPasskey: (given: {
    challengeId: string;
    response: unknown;
    name: string;
  }): Promise<{ recoveryCodes: readonly string[] }> => post("me/passkeys", given),
  removePasskey: (id: string): Promise<unknown> => remove(`me/passkeys/${part(id)}`),
  newRecoveryCodes: (): Promise<{ recoveryCodes: readonly string[] }> => post("me/recovery-codes"),
  changePassword: (password: string): Promise<unknown> => put("me/password", { password }),
  mySessions: async (): Promise<readonly OpenSession[]> =>
    (await get<{ sessions: readonly OpenSession[] }>("me/sessions")).sessions,
  endSession: (id: string): Promise<unknown> => remove(`me/sessions/${part(id)}`),
  endOtherSessions: (): Promise<unknown> => remove("me/sessions"),
  tokens: async (): Promise<readonly Token[]> =>
    (await get<{ tokens: readonly Token[] }>("me/tokens")).tokens,
  addToken: (wanted: {
    name: string;
    days: number;
    scopes?: readonly string[];
  }): Promise<{ id: string; token: string }> => post("me/tokens", wanted),
  removeToken: (id: string): Promise<unknown> => remove(`me/tokens/${part(id)}`),
};

/** At most so many badges that open with the database lost; the card's value is never told whole. */
export interface EmergencyBadges {
  readonly badges: readonly {
    readonly id: string;
    readonly name: string;
    readonly shown: string;
    readonly addedAt: Instant;
    readonly addedBy: string;
  }[];
  readonly most: number;
  /** Why the file is not believed. */
  readonly refused: string | null;
}

/** What an alarm is closed with. */
export type IncidentCause =
  | "intruder"
  | "attack"
  | "fire"
  | "user-error"
  | "sensor-fault"
  | "weather-or-animal"
  | "work-on-site"
  | "test"
  | "helped"
  | "unknown"
  | "other";

/** What each door of a group answered. */
export interface GroupAnswer {
  readonly doors: readonly { readonly door: string; readonly done: boolean; readonly message?: string }[];
}

export interface PeoplePage {
  readonly people: readonly Person[];
  /** Of all people, not of those found. */
  readonly total: number;
  readonly next: string | null;
}

function whole({ event, sentence, trace, remedy }: Why): SiteEvent {
  return { ...(event as SiteEvent), sentence, trace, ...(remedy === null ? {} : { remedy }) };
}
