/** The lines of a board, however the system gives them out. Levels are of what is meant: on and active, whatever the voltage. */
import type { Chip, Pin } from "./pins.js";

export interface InputLine {
  /** Throws if the line cannot be read any more. */
  read(): boolean;
  close(): void;
}

export interface OutputLine {
  /** Throws if the line cannot be driven any more. */
  set(on: boolean): void;
  /** Throws if the line is gone. */
  check(): void;
  /** Where a process that outlives this one can switch it off; undefined: the system does so by itself. */
  readonly valueFile?: string;
  close(): void;
}

export interface GpioAccess {
  chips(): Promise<readonly Chip[]>;
  /** `onChange`: it may have changed; called for every bounce. */
  input(pin: Pin, options: { readonly activeLow: boolean }, onChange: () => void): Promise<InputLine>;
  /** Driven to `initial` from its first moment as an output. */
  output(pin: Pin, options: { readonly activeLow: boolean; readonly initial: boolean }): Promise<OutputLine>;
}

/** The system does not give lines out in this way, and what would help. */
export class NoGpio extends Error {
  override name = "NoGpio";
}
