/** The seams of the house: what the engine, the operations and the servers need from the rooms they may not import. */
import type { EventBody, EventCategory, Severity, SiteEvent } from "./core/events.js";
import type { CredentialId, CredentialStatus, People, Person, PersonId } from "./core/people.js";
import type { Actor, Signal } from "./core/signals.js";
import type { AreaId, DeviceId, DoorId, Instant, SensorId, TenantId } from "./core/site.js";
import type { Change } from "./core/state.js";
import type { AreaView, DoorView, HouseView, IncidentView, PartitionView, SiteView } from "./core/views.js";
import type { Language } from "./core/words/language.js";

export interface Clock {
  /** Wall clock, UTC. */
  now(): Instant;
  /** Milliseconds that never step; for ages and time-outs. */
  monotonic(): number;
}

/** `ntp`: its time service confirms it. `host`: whoever runs the computer answers for it. */
export type ClockWord = "ntp" | "host" | "nobody";

/** Who says that the wall clock is right. */
export interface ClockTrust {
  /** Asks now; never rejects, and answers within some seconds. */
  look(): Promise<ClockWord>;
}

// ---------------------------------------------------------------------------------------------------------- the journal

/** What one step leaves behind; stored in one transaction or not at all. */
export interface JournalEntry {
  readonly signal: Signal;
  readonly revision: number;
  /** Version of every people row the step read, so that a replay reads the same: `p118` → 3. */
  readonly read: Readonly<Record<string, number>>;
  readonly changes: readonly Change[];
  readonly events: readonly EventBody[];
  /** The answer to a client's request, remembered so that a repeat gets the same one. */
  readonly answer?: { readonly client: string; readonly request: string; readonly body: string };
}

export interface Appended {
  readonly events: readonly SiteEvent[];
  /** Resolves when the entry is on disk. Stays pending while the disk fails; rejects only if the entry was lost for good. */
  readonly durable: Promise<void>;
}

export interface EventFilter {
  readonly categories?: readonly EventCategory[];
  readonly types?: readonly string[];
  readonly severities?: readonly Severity[];
  readonly door?: DoorId;
  readonly area?: AreaId;
  readonly sensor?: SensorId;
  readonly person?: PersonId;
  readonly credential?: CredentialId;
  readonly device?: DeviceId;
  readonly reason?: string;
  readonly tenant?: TenantId;
  readonly from?: Instant;
  readonly until?: Instant;
}

export interface JournalHealth {
  readonly state: "ok" | "failing";
  /** Entries not yet on disk. */
  readonly waiting: number;
  readonly lastSeq: number;
  readonly lastDurableSeq: number;
  /** How long the newest commits took, in milliseconds; absent: none yet. */
  readonly commits?: { readonly p50Ms: number; readonly p99Ms: number; readonly of: number };
  readonly lastError?: string;
}

export interface Journal {
  /** Stamps (seq, id, chain) at once and in order; writes in groups behind. Never throws for a failing disk. */
  append(entry: JournalEntry): Appended;
  /** Durable events in `seq` order, each once; also those that the ring held while the disk failed, when they are written. */
  onDurable(listener: (events: readonly SiteEvent[]) => void): () => void;
  /** Called just before a batch is cut: what is appended in the call goes into that batch. */
  onBatch(listener: () => void): () => void;
  /** Told when writing fails and when it works again. */
  onHealth(listener: (health: JournalHealth) => void): () => void;
  health(): JournalHealth;
  /** Entries not yet on disk. */
  readonly waiting: number;
  /** Events with `seq` above `after`, oldest first. */
  readAfter(after: number, limit: number, filter?: EventFilter): Promise<SiteEvent[]>;
  /** Events with `seq` below `before` (absent: the newest), newest first. */
  readBefore(before: number | undefined, limit: number, filter?: EventFilter): Promise<SiteEvent[]>;
  byId(id: string): Promise<SiteEvent | undefined>;
  /** The answer that this client's request already got. */
  answer(client: string, request: string): Promise<string | undefined>;
  /** Waits until everything appended so far is on disk. */
  flush(): Promise<void>;
}

// ------------------------------------------------------------------------------------------------------------- people

export interface CredentialRow {
  readonly id: CredentialId;
  readonly version: number;
  readonly person: PersonId;
  readonly status: CredentialStatus;
  readonly validFrom?: Instant;
  readonly validUntil?: Instant;
  /** Canonical value, see `gateway/cards`. Shown only to who may enrol. */
  readonly value: string;
  /** What is printed on the card, where that differs. */
  readonly printed?: string;
  /** How often it may be used; absent: without limit. */
  readonly maxUses?: number;
  /** Of the fire brigade and the like. */
  readonly responder?: true;
  /** Since when it is not active any more, and by whom; the store's to say. */
  readonly statusSince?: Instant;
  readonly statusBy?: string;
}

export interface PersonRow extends Person {
  readonly name: string;
  readonly credentials: readonly CredentialRow[];
}

/** What a PIN was found to be; `none`: the person has none. */
export type PinOutcome = "right" | "wrong" | "duress" | "none";

/** Whose PIN this is that was entered without a card. */
export interface PinOwner {
  readonly credential: CredentialId;
  readonly pin: Extract<PinOutcome, "right" | "duress">;
}

/** Read side of the people, synchronous, in memory. */
export interface Directory extends People {
  /** Whether these digits are the person's PIN. Absent: nobody here has one. Digits are kept nowhere. */
  pin?(person: PersonId, digits: string): PinOutcome;
  /** Whose PIN these digits are, of those that say whose they are. */
  byPin?(digits: string): PinOwner | undefined;
  /** The credential that has one of these canonical values; the first that is known wins. */
  find(values: readonly string[]): CredentialId | undefined;
  readonly people: number;
  readonly credentials: number;
}

// ------------------------------------------------------------------------------------------------------------ accounts

export const accountKinds = ["operator", "device", "client"] as const;
export type AccountKind = (typeof accountKinds)[number];

export const roles = ["owner", "manager", "guard", "viewer", "auditor", "central", "device"] as const;
export type Role = (typeof roles)[number];

/** An account without its secret. `id` is also the MQTT user name and client id of devices and clients. */
export interface Account {
  readonly id: string;
  readonly kind: AccountKind;
  readonly role: Role;
  /** Sees hold-up and duress. */
  readonly discreet: boolean;
  readonly disabled: boolean;
  /** A device of another maker: whatever the site says, it may never speak the house's own contract. */
  readonly foreign?: true;
}

export interface Accounts {
  /** Synchronous, from memory. */
  get(id: string): Account | undefined;
  /** The account if the secret is right, else undefined; takes the same work for unknown ids. Keys that the gateway made cost
   * one SHA-256, what people choose costs Argon2id. */
  authenticate(id: string, secret: string): Promise<Account | undefined>;
  /** Told of each account that changed or was disabled, so that live sessions can end. */
  onChange(listener: (account: Account) => void): () => void;
}

/** Why an operation was not done; `code` is from the catalogue, `path` names the place in the input. */
export interface Refusal {
  readonly code:
    | "forbidden"
    | "not-found"
    | "invalid"
    | "conflict"
    | "stale"
    | "refused"
    | "unavailable"
    | "busy"
    | "unknown-operation";
  readonly message: string;
  readonly faults?: readonly Fault[];
}

/** One thing wrong with an input, and where: `doors[2].lock`. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

export interface Operator {
  readonly actor: Actor;
  readonly role: Role;
  readonly discreet: boolean;
  /** Where they are given, only these permissions of the role count: what an API token was made for. */
  readonly scopes?: readonly string[];
  /** A client's own id of this request: its answer is remembered, and a repeat gets it and is not done again. */
  readonly requestId?: string;
  /** In which language he is told what happened; absent: English. */
  readonly language?: Language;
}

// ------------------------------------------------------------------------------------------- what the servers may ask for

export type Performed =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly refusal: Refusal };

/** Everything that can be done to the gateway, by name; each checks its input and the operator's permission and is audited. */
export interface Operations {
  perform(operator: Operator, name: string, params: unknown): Promise<Performed>;
}

/** What has just changed: events in `seq` order, and the views of what they concern. */
export interface News {
  readonly events: readonly SiteEvent[];
  /** false: the disk has not taken them within a second; they are sent again by `id` only if they were lost. */
  readonly durable: boolean;
  readonly doors: readonly DoorView[];
  readonly areas: readonly AreaView[];
  readonly partitions: readonly PartitionView[];
  /** Where what holds of the whole house has changed. */
  readonly house?: HouseView;
  /** Incidents that have changed; `view` absent: it is closed. */
  readonly incidents?: readonly IncidentNews[];
}

export interface IncidentNews {
  readonly id: string;
  readonly silent: boolean;
  readonly view?: IncidentView;
}

export interface Live {
  view(): SiteView;
  onNews(listener: (news: News) => void): () => void;
}
