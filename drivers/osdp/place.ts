/** Where a reader is wired, as the site says it, and what the house keeps for it. */
import type { LockKind } from "../lock-timeline.js";
import type { LineSpeed } from "./orders.js";

/** One RS-485 line. */
export interface LinePlace {
  readonly id: string;
  /** The adapter: its USB serial number, or the port's path where it has none. */
  readonly usbSerial?: string;
  readonly path?: string;
  readonly speed: LineSpeed;
}

export interface ReaderPlace {
  readonly line: LinePlace;
  /** 0 to 126. */
  readonly address: number;
  /** Deliberately in the clear: whoever is at the wire reads every card, and can make them up. */
  readonly clear: boolean;
  /** By number of its output, where a lock hangs on it. */
  readonly locks: ReadonlyMap<number, LockKind>;
}

export interface ReaderKeys {
  /** Hex; the reader has proven it. */
  readonly key?: string;
  /** Hex; sent to the reader, which may have taken it. */
  readonly next?: string;
}

/** Where keys are kept: on disk when `put` returns, and never anywhere else. */
export interface KeyKeeper {
  get(device: string): ReaderKeys;
  put(device: string, keys: ReaderKeys): void;
  /** Whether any reader but this one has it. */
  isTaken(key: string, except: string): boolean;
}
