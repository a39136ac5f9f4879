import type { OsdpDesk } from "../../drivers/osdp/desk.js";
import type { AccountBook } from "../accounts/accounts.js";
import type { EmergencyBadges } from "../emergency/badges.js";
import type { Engine, Log } from "../engine.js";
import type { KeepDays } from "../housekeeping.js";
import type { PinKeyWatch } from "../pin-key-watch.js";
import type { Pins } from "../pins.js";
import type { Clock } from "../ports.js";
import type { CheckOptions } from "../site/invariants.js";
import type { Store } from "../store/store.js";
import type { ImportDesk } from "./import-desk.js";

/** What the operations work on. */
export interface HouseParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly engine: Engine;
  readonly store: Store;
  readonly accounts: AccountBook;
  readonly pins: Pins;
  readonly pinKeyWatch: PinKeyWatch;
  readonly emergency: EmergencyBadges;
  /** Why the gateway runs from its emergency file; absent: it does not. */
  readonly lost?: string;
  readonly version: string;
  readonly startedAt: number;
  /** How long the log keeps what, and what it may take; absent: what the disk can hold. */
  readonly logLimits: { readonly keepDays: KeepDays; readonly capacityBytes: number | undefined };
  /** Lists of people on their way in. */
  readonly imports: ImportDesk;
  /** What a site is checked against: the drivers and presets that it may name, the gateway's own topics. */
  readonly siteChecks: CheckOptions;
  /** Readers on lines; undefined: nothing runs here. */
  readers(): OsdpDesk | undefined;
  /** Two changes of the site at once would both become the same revision. */
  changeSite<T>(work: () => Promise<T>): Promise<T>;
  /** What listens, for `status`; nothing in a house opened only to be worked on. */
  listening(): Listening;
  /** Names for people to read: a door, a person, a group by its id. */
  names(kind: string, id: string): string;
}

export interface Listening {
  readonly mqtt: readonly { readonly host: string; readonly port: number; readonly tls: boolean }[];
  readonly web: readonly { readonly url: string }[];
}
