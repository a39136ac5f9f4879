import type { DoorId, Point, Side } from "./site.js";

/**
 * What should now be done at the site. Ids derive from the signal's, so that a replay gives the same. `urgent` commands (exit,
 * fire, emergency, alarm outputs) are sent at once; the others when the events they stand on are durable, or after 50 ms.
 * Commands of one step for one door are carried out in their order. A held order may be given again under its old id
 * (`restate`); a device does an id once.
 */
export type Command = { readonly id: string; readonly urgent: boolean } & (
  | {
      /** A pulse: the lock opens for `ms` and ends it itself. Never sent again by the gateway. */
      readonly type: "release-door";
      readonly door: DoorId;
      readonly ms: number;
      /** The scan it answers, if it answers one. */
      readonly scan?: string;
    }
  /** Unlocked until `lock-door` names this hold: a free door, a schedule, an override. */
  | { readonly type: "hold-door"; readonly door: DoorId }
  /** Fire or emergency: latched in the lock, ended only by a `lock-door` that names it. A hold under it is ended with it, by name. */
  | { readonly type: "emergency-release-door"; readonly door: DoorId }
  /** `pulse`: what it ends is a `release-door` whose time has not run out yet. */
  | { readonly type: "lock-door"; readonly door: DoorId; readonly ends: string; readonly pulse?: true }
  | {
      /** Lamp and beeper of one reader: `pre-alarm` for so long, or `quiet` (with 0) again. */
      readonly type: "signal-reader";
      readonly door: DoorId;
      readonly side: Side;
      readonly pattern: ReaderPattern;
      readonly ms: number;
    }
  | {
      /** Drives lamps and beeper of the reader only; the same for duress as for any grant. */
      readonly type: "answer-scan";
      readonly door: DoorId;
      readonly side: Side;
      readonly scan: string;
      readonly outcome: ScanOutcome;
    }
  /** The same at a reader that belongs to no door: a lift's, one for a muster. */
  | {
      readonly type: "answer-reader";
      readonly point: Point;
      readonly scan: string;
      readonly outcome: ScanOutcome;
    }
  /** An output that ends by itself after `ms`: a floor's button in a lift. Never sent again by the gateway. */
  | { readonly type: "set-output"; readonly point: Point; readonly on: boolean; readonly ms: number }
);

/**
 * `arming`: somebody may still leave (a beep that speeds up). `entry`: somebody must disarm. `armed`, `disarmed`: done. `not-armed`:
 * it could not be. `arm-warning`: it will soon be armed. `chime`: a door or window opened.
 */
export type ReaderPattern =
  | "pre-alarm"
  | "arming"
  | "entry"
  | "armed"
  | "disarmed"
  | "not-armed"
  | "arm-warning"
  | "chime"
  | "quiet";
export type ScanOutcome = "granted" | "denied" | "pin" | "wait";
export type CommandOf<T extends Command["type"]> = Extract<Command, { type: T }>;
