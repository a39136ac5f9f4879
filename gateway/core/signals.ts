import type { EventBody } from "./events.js";
import type { CredentialId } from "./people.js";
import type { DeviceId, DoorId, DoorMode, Instant, SensorId, Side } from "./site.js";

export type SignalId = string;

/** Who asked: an operator (web, command line), a client (MQTT), a device, or the gateway itself. */
export interface Actor {
  readonly kind: "operator" | "client" | "device" | "system";
  readonly id: string;
}

/** A wiring fault of a supervised input, or null. */
export type InputFault = "open" | "short" | "tamper" | null;

export interface CredentialPresented {
  readonly type: "credential-presented";
  readonly door: DoorId;
  readonly side: Side;
  /** The device's own id of the scan; the answer names it. */
  readonly scan: string;
  readonly device: DeviceId;
  /** Absent: no credential with this value is known. */
  readonly credential?: CredentialId;
  /** The value with all but its end masked (`…c793`), or what was wrong with it (`26 bits, bad parity`). Never the whole. */
  readonly shown: string;
  /** Set when the scan may not open anything any more; it is logged and answered, never granted. */
  readonly ignored?: "retained" | "repeated" | "stale";
}

/** A button, a motion detector, a bar: somebody wants out. */
export interface ExitRequested {
  readonly type: "exit-requested";
  readonly door: DoorId;
}

export interface ContactChanged {
  readonly type: "contact-changed";
  readonly door: DoorId;
  readonly position: "open" | "closed" | "unknown";
  /** false: a level told at start or on return of a link; it sets the state and is never taken for an opening or a closing. */
  readonly edge: boolean;
  readonly fault: InputFault;
}

/** What the lock says of itself. */
export interface LockReported {
  readonly type: "lock-reported";
  readonly door: DoorId;
  readonly locked: boolean;
  readonly bolt: "in" | "out" | null;
}

export interface SensorChanged {
  readonly type: "sensor-changed";
  readonly sensor: SensorId;
  /** undefined: cannot be known (device lost, or only a retained value). */
  readonly active?: boolean;
  readonly fault: InputFault;
  readonly edge: boolean;
}

export interface DevicePresence {
  readonly type: "device-presence";
  readonly device: DeviceId;
  readonly online: boolean;
}

/** An order was not confirmed: no acknowledgement in time, refused by the device, or the device is not there. */
export interface OrderFailed {
  readonly type: "order-failed";
  readonly device: DeviceId;
  readonly door?: DoorId;
  readonly command: string;
  readonly why: "no-answer" | "refused" | "unreachable";
  readonly detail?: string;
}

/** A person or a system asks for something; permission was checked before, the core checks the building. */
export interface Requested {
  readonly type: "requested";
  readonly by: Actor;
  /** Has the right `force`, signed in afresh and gave a reason. */
  readonly force?: boolean;
  readonly note?: string;
  readonly request: Request;
}

export type Request =
  | { readonly op: "door.unlock"; readonly door: DoorId; readonly ms?: number }
  | {
      readonly op: "door.mode";
      readonly door: DoorId;
      /** undefined: back to the mode at rest. */
      readonly mode?: DoorMode;
      /** Wall-clock end of the override. */
      readonly until?: Instant;
    }
  /** Break-glass in software: nothing refuses it; latched until `door.emergency-reset`. */
  | { readonly op: "door.emergency-release"; readonly door: DoorId }
  | { readonly op: "door.emergency-reset"; readonly door: DoorId }
  | { readonly op: "fire.reset"; readonly sensor: SensorId };

/** The earliest `until` has come. */
export interface Tick {
  readonly type: "tick";
}

export interface ClockStepped {
  readonly type: "clock-stepped";
  /** New minus old, in milliseconds. Countdowns move by it, wall-clock ends do not. */
  readonly byMs: number;
}

/** The first signal of a process: every point is unknown until it is heard of again; deadlines that passed fire next. */
export interface Started {
  readonly type: "started";
  /** When the last signal before it was written; absent on a new site. */
  readonly downSince?: Instant;
  readonly version: string;
}

/** A new site revision took effect; applied by `reconcile`, not by `step`. */
export interface SiteActivated {
  readonly type: "site-activated";
  readonly revision: number;
  readonly by: Actor;
  readonly note?: string;
}

/** Something that happened to the gateway itself (audit, disk, unknown client): logged as it is, changes nothing at the site. */
export interface Noted {
  readonly type: "noted";
  readonly event: EventBody;
}

export type SignalBody =
  | CredentialPresented
  | ExitRequested
  | ContactChanged
  | LockReported
  | SensorChanged
  | DevicePresence
  | OrderFailed
  | Requested
  | Tick
  | ClockStepped
  | Started
  | SiteActivated
  | Noted;

/** What a reading, a request or the clock means at this site, at one instant. `id` is unique for good (UUIDv7). */
export type Signal = SignalBody & { readonly id: SignalId; readonly at: Instant };
export type SignalOf<T extends SignalBody["type"]> = Extract<Signal, { type: T }>;
