/** What the site says of the wires of a device that hangs on the gateway itself; the core only keeps it for the drivers. */

/** One RS-485 line with readers on it. */
export interface Bus {
  readonly id: string;
  readonly name: string;
  /** USB serial number of the adapter, which stays when its path changes. */
  readonly usbSerial?: string;
  readonly path?: string;
  readonly speed: 9600 | 19200 | 38400 | 57600 | 115200 | 230400;
}

export interface OsdpWire {
  readonly line: Bus;
  readonly address: number;
  /** Deliberately without encryption. */
  readonly clear: boolean;
  /** By number, what the locks on its outputs do without power. */
  readonly locks: ReadonlyMap<number, "fail-secure" | "fail-safe">;
}

export interface GpioLine {
  readonly kind: "lock" | "input" | "output";
  readonly n: number;
  /** As printed on the board, such as GPIO17, or `chip:line`. */
  readonly pin: string;
  /** The line is low where the relay is on, or the contact closed. */
  readonly activeLow: boolean;
  /** An input that keeps changing within this counts as one change; 0 on outputs. */
  readonly debounceMs: number;
  /** Of a lock. */
  readonly lock?: "fail-secure" | "fail-safe";
  /** A fire input: read before anything is driven. */
  readonly fire?: true;
}

export interface GpioWire {
  readonly lines: readonly GpioLine[];
  /** Toggled while the gateway is well, for a relay that cuts the locks' power when it stops. */
  readonly heartbeat?: { readonly pin: string; readonly everyMs: number };
  /** Fed while the gateway is well: the machine restarts when it is not. */
  readonly watchdog?: string;
  readonly access: "sysfs" | "libgpiod";
}
