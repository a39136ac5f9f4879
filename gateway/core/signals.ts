import type { AlarmRequest } from "./alarm/requests.js";
import type { EventBody } from "./events.js";
import type { CredentialId, PersonId } from "./people.js";
import type {
  AreaId,
  DeviceId,
  DoorGroupId,
  DoorId,
  DoorMode,
  Instant,
  LiftId,
  SensorId,
  Side,
  ThreatLevelId,
} from "./site.js";

export type SignalId = string;

/**
 * Who asked: an operator (web, command line), a client (MQTT), a device, the gateway itself; a person by a card, or a button of
 * the building.
 */
export interface Actor {
  readonly kind: "operator" | "client" | "device" | "system" | "person" | "sensor";
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

/**
 * A PIN was entered at a reader, and what it was found to be outside the core: that of the person whose card waits there, or one
 * that says whose it is. Digits never come here.
 */
export interface KeysEntered {
  readonly type: "keys-entered";
  readonly door: DoorId;
  readonly side: Side;
  readonly device: DeviceId;
  /** The device's id of the keys that ended it. */
  readonly scan: string;
  /** Of the card that waits, or of the PIN. Absent: nobody's. */
  readonly credential?: CredentialId;
  /** `none`: the person has no PIN. `duress`: right, and entered under threat. */
  readonly pin: "right" | "wrong" | "duress" | "none";
  readonly ignored?: CredentialPresented["ignored"];
}

export const keypadChoices = ["away", "home", "night", "custom", "disarm", "arm-later"] as const;
/** What a single number at a keypad stands for: `1#` to `4#` arm, `0#` disarms, `5#` puts the arming off. */
export type KeypadChoice = (typeof keypadChoices)[number];

/** Somebody chose something at a keypad; his card or PIN is to follow. */
export interface FunctionChosen {
  readonly type: "function-chosen";
  readonly door: DoorId;
  readonly side: Side;
  readonly device: DeviceId;
  readonly scan: string;
  readonly choice: KeypadChoice;
  /** The PIN to it came in the same message: what is answered is that. */
  readonly more?: true;
}

/** A card at the reader of a lift's cabin. */
export interface LiftCardPresented {
  readonly type: "lift-card-presented";
  readonly lift: LiftId;
  readonly device: DeviceId;
  readonly scan: string;
  readonly credential?: CredentialId;
  readonly shown: string;
  readonly ignored?: CredentialPresented["ignored"];
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

/** A key is turned in the cylinder, or taken out. A line with a fault is no key. */
export interface KeySwitchChanged {
  readonly type: "key-switch-changed";
  readonly door: DoorId;
  readonly active: boolean;
  readonly edge: boolean;
  readonly fault: InputFault;
}

/** A vehicle stands before the gate, or left. */
export interface LoopChanged {
  readonly type: "loop-changed";
  readonly door: DoorId;
  readonly active: boolean;
  readonly fault: InputFault;
}

/** Something is in the way of the leaf. A line with a fault counts as active: what cannot be seen is not closed on. */
export interface SafetyEdgeChanged {
  readonly type: "safety-edge-changed";
  readonly door: DoorId;
  readonly active: boolean;
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
  /** Of one that measures: °C. Where the site gives it limits, they say whether it is active. */
  readonly value?: number;
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
  /** The leaf may stand open until then; no `until`: no longer. */
  | { readonly op: "door.allow-open"; readonly door: DoorId; readonly until?: Instant }
  | { readonly op: "fire.reset"; readonly sensor: SensorId }
  /** Each door of the group answers for itself; with `allOrNone` one that refuses keeps all from it. */
  | {
      readonly op: "group.unlock";
      readonly doorGroup: DoorGroupId;
      readonly ms?: number;
      readonly allOrNone?: boolean;
    }
  | {
      readonly op: "group.mode";
      readonly doorGroup: DoorGroupId;
      readonly mode?: DoorMode;
      readonly until?: Instant;
      readonly allOrNone?: boolean;
    }
  /** Every override of these doors, or of all, ends now. */
  | { readonly op: "overrides.end"; readonly doors?: readonly DoorId[] }
  /** The contact is believed no more, or again. */
  | { readonly op: "door.bypass"; readonly door: DoorId; readonly bypassed: boolean }
  /** `doorGroup` absent: every door. */
  | { readonly op: "lockdown.start"; readonly doorGroup?: DoorGroupId }
  /** `doorGroup` absent: all that is locked down. */
  | { readonly op: "lockdown.end"; readonly doorGroup?: DoorGroupId }
  /** Whoever is named, or was last seen in the area, may go whichever way next; with neither, everybody. */
  | { readonly op: "passback.forgive"; readonly person?: PersonId; readonly area?: AreaId }
  | { readonly op: "threat.set"; readonly level: ThreatLevelId }
  /** Frees one floor of a lift, or all of them. */
  | { readonly op: "lift.unlock"; readonly lift: LiftId; readonly area?: AreaId; readonly ms?: number }
  /** People are called and counted; `areas` absent: of the whole building. */
  | { readonly op: "muster.start"; readonly areas?: readonly AreaId[] }
  /** `safe` false: it was said by mistake. */
  | { readonly op: "muster.safe"; readonly person: PersonId; readonly safe?: boolean }
  | { readonly op: "muster.end" }
  /** The operator has looked at the clock: it is right. */
  | { readonly op: "clock.trust" }
  | AlarmRequest;

/** The earliest `until` has come. */
export interface Tick {
  readonly type: "tick";
}

export interface ClockStepped {
  readonly type: "clock-stepped";
  /** New minus old, in milliseconds. Countdowns move by it, wall-clock ends do not. */
  readonly byMs: number;
  /** The clock's time service says now that the clock is right, so that it was the one who set it. */
  readonly synchronized?: boolean;
}

/** Whether the clock's time service says that the clock is right. */
export interface ClockTrusted {
  readonly type: "clock-trust";
  readonly trusted: boolean;
  readonly why: "ntp" | "host";
}

/** A card at a reader that belongs to no door: somebody says that he is safe. */
export interface MusterPresented {
  readonly type: "muster-presented";
  readonly reader: string;
  readonly device: DeviceId;
  readonly scan: string;
  readonly credential?: CredentialId;
  readonly shown: string;
  readonly ignored?: CredentialPresented["ignored"];
}

/** The first signal of a process: every point is unknown until it is heard of again; deadlines that passed fire next. */
export interface Started {
  readonly type: "started";
  /** When the last signal before it was written; absent on a new site. */
  readonly downSince?: Instant;
  /** Who says that the clock is right: its time service, or whoever runs the host; `nobody`: it is not trusted. Absent: as it was. */
  readonly clock?: "ntp" | "host" | "nobody";
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
  | KeysEntered
  | FunctionChosen
  | LiftCardPresented
  | ExitRequested
  | ContactChanged
  | LockReported
  | KeySwitchChanged
  | LoopChanged
  | SafetyEdgeChanged
  | SensorChanged
  | DevicePresence
  | OrderFailed
  | Requested
  | Tick
  | ClockStepped
  | ClockTrusted
  | MusterPresented
  | Started
  | SiteActivated
  | Noted;

/** What a reading, a request or the clock means at this site, at one instant. `id` is unique for good (UUIDv7). */
export type Signal = SignalBody & { readonly id: SignalId; readonly at: Instant };
export type SignalOf<T extends SignalBody["type"]> = Extract<Signal, { type: T }>;
