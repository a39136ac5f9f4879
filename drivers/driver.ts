/**
 * The seam between the house and its wires. A driver turns what one kind of wire says into readings and carries out orders; it
 * knows points of devices and nothing of doors. It imports this file and npm packages, nothing else.
 */

/** One terminal of one device; numbers start at 1. */
export interface DevicePoint {
  readonly device: string;
  readonly kind: "reader" | "lock" | "input" | "output";
  readonly n: number;
}

/** What was read, as received: bits first bit first, a serial number in hex, or text (QR code, plate). */
export type RawCredential =
  | { readonly kind: "bits"; readonly bits: string }
  | { readonly kind: "uid"; readonly uid: string }
  | { readonly kind: "code"; readonly code: string };

/** What a driver saw at one point of one device. `ageMs` undefined: the device cannot tell. */
export type Reading =
  | {
      readonly type: "scan";
      readonly point: DevicePoint;
      /** The device's own id of this scan; a repeat has the same. */
      readonly scan: string;
      readonly credential: RawCredential;
      readonly ageMs?: number;
      readonly retained: boolean;
      /** Sent again by the transport (DUP). */
      readonly again: boolean;
    }
  | {
      readonly type: "keys";
      readonly point: DevicePoint;
      readonly scan: string;
      readonly keys: string;
      readonly ageMs?: number;
    }
  | {
      readonly type: "input";
      readonly point: DevicePoint;
      readonly active: boolean;
      readonly fault: "open" | "short" | "tamper" | null;
      /** A change seen live. false: a level told at start, on return, or again. */
      readonly edge: boolean;
      /** Changes that were missed since the last reading of this point. */
      readonly missed: number;
      /** Of one that measures: °C. */
      readonly value?: number;
    }
  | {
      readonly type: "lock";
      readonly point: DevicePoint;
      readonly locked: boolean;
      readonly bolt: "in" | "out" | null;
    }
  | { readonly type: "presence"; readonly device: string; readonly online: boolean }
  | {
      readonly type: "hello";
      readonly device: string;
      readonly model: string;
      readonly firmware: string;
      readonly points: Readonly<Partial<Record<DevicePoint["kind"], readonly number[]>>>;
    }
  | {
      readonly type: "health";
      readonly device: string;
      readonly battery?: number;
      readonly rssi?: number;
      readonly mains?: boolean;
      readonly tamper?: boolean;
    }
  /** Somebody seems to stand between the gateway and the device, or it is not the one that it was: what was tried. */
  | { readonly type: "interference"; readonly device: string; readonly what: string }
  /** A message that could not be read: what was wrong with it, told to the device too. */
  | { readonly type: "nonsense"; readonly device: string; readonly where: string; readonly error: string };

/** A command, addressed to one point of one device. Ids are unique; a device does an id once. */
export type Order =
  /** Unlock for `ms`; the device ends it itself. */
  | {
      readonly op: "pulse";
      readonly id: string;
      readonly point: DevicePoint;
      readonly ms: number;
      readonly scan?: string;
      /** Ordered before its decision was on disk, because the disk was slow. */
      readonly late?: true;
    }
  /** Unlocked until ended; the driver keeps whatever lease the wire needs alive. */
  | { readonly op: "hold"; readonly id: string; readonly point: DevicePoint }
  /** Fire and emergency: latched in the device, outlives everything but a `lock` that names it. */
  | { readonly op: "release"; readonly id: string; readonly point: DevicePoint }
  /** `pulse`: it names a pulse whose time has not run out; a hold that stands beside it goes on. */
  | {
      readonly op: "lock";
      readonly id: string;
      readonly point: DevicePoint;
      readonly ends: string;
      readonly pulse?: true;
    }
  /** Lamp and beeper of a reader: a warning for so long, or `quiet` (with 0). */
  | {
      readonly op: "signal";
      readonly id: string;
      readonly point: DevicePoint;
      readonly pattern:
        | "pre-alarm"
        | "arming"
        | "entry"
        | "armed"
        | "disarmed"
        | "not-armed"
        | "arm-warning"
        | "chime"
        | "quiet";
      readonly ms: number;
    }
  | {
      readonly op: "output";
      readonly id: string;
      readonly point: DevicePoint;
      readonly on: boolean;
      readonly ms?: number;
    };

/** What a reader should show; drives lamps and beeper only. */
export interface Answer {
  readonly point: DevicePoint;
  readonly scan: string;
  readonly outcome: "granted" | "denied" | "pin" | "wait";
  /** Given before it was on disk, because the disk was slow: it may not outlive a crash. */
  readonly late?: true;
}

/** What became of an order. Only `done` proves it. */
export type OrderOutcome =
  | { readonly is: "done" }
  | { readonly is: "no-answer" | "refused" | "unreachable"; readonly detail: string };

export interface Driver {
  readonly name: string;
  /** Starts listening; readings go to `onReading` until `stop` has resolved. */
  start(onReading: (reading: Reading) => void): Promise<void>;
  stop(): Promise<void>;
  /** The devices that this driver is responsible for; may be called again when the site changes. */
  serve(devices: readonly string[]): void;
  /** Carries out one order; never throws, settles within 3 s. */
  send(order: Order): Promise<OrderOutcome>;
  answer(answer: Answer): void;
}

/** The transport under the MQTT drivers: the embedded broker, or a client of an external one. */
export interface DeviceBus {
  /** Messages under a device's own `up/`; `topic` is what follows `up/`. */
  onUp(
    listener: (message: {
      readonly device: string;
      readonly topic: string;
      readonly payload: Buffer;
      readonly retained: boolean;
      readonly again: boolean;
    }) => void,
  ): () => void;
  /** Sends under the device's own `down/`; resolves false if it is not connected. Never queued. */
  sendDown(device: string, topic: string, payload: string, qos: 0 | 1): Promise<boolean>;
  onPresence(listener: (device: string, online: boolean) => void): () => void;
  isOnline(device: string): boolean;
  /** Cuts the device's connection, so that nothing sent before arrives late. */
  reset(device: string): void;
}
