/** The physical building: leaves, bolts and wires. It knows what is so, whatever anybody was told. */
import { setTimeout as pass } from "node:timers/promises";
import type { RawCredential } from "./cards.js";
import type { Device, ScanResult } from "./device.js";
import type { DoorWires, SensorWires, Terminal } from "./wires.js";

export type Side = "outside" | "inside";

const buttonHeldMs = 250;

export class BuildingDoor {
  readonly wires: DoorWires;
  readonly #devices: ReadonlyMap<string, Device>;
  #open = false;

  constructor(wires: DoorWires, devices: ReadonlyMap<string, Device>) {
    this.wires = wires;
    this.#devices = devices;
  }

  get id(): string {
    return this.wires.id;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  get isLocked(): boolean {
    const { device, n } = this.wires.lock.point;
    return this.#devices.get(device)?.isLocked(n) ?? true;
  }

  /** Unlocked for good, as everybody who works here knows: nobody badges. */
  get standsFree(): boolean {
    const { device, n } = this.wires.lock.point;
    return this.#devices.get(device)?.isHeld(n) ?? false;
  }

  hasReader(side: Side): boolean {
    return this.wires.readers[side] !== undefined;
  }

  get hasExitButton(): boolean {
    return this.wires.exitButton !== undefined;
  }

  /** Pulls the leaf. A locked one that is shut stays shut, unless a crowbar helps; false: it did not move. */
  open(by: "hand" | "crowbar" = "hand"): boolean {
    if (this.#open) return true;
    if (this.isLocked && by === "hand") return false;
    this.#open = true;
    this.#set(this.wires.contact, true);
    return true;
  }

  close(): void {
    this.#open = false;
    this.#set(this.wires.contact, false);
  }

  async present(side: Side, card: RawCredential, signal: AbortSignal): Promise<ScanResult> {
    const reader = this.wires.readers[side];
    const device = reader && this.#devices.get(reader.device);
    return device ? device.scan(reader.n, card, signal) : "no-answer";
  }

  async pressExitButton(): Promise<void> {
    this.#set(this.wires.exitButton, true);
    // Not abortable: a button that is let go of is up again, even while the demo ends.
    await pass(buttonHeldMs);
    this.#set(this.wires.exitButton, false);
  }

  /** Waits with a hand on the handle; false: it did not unlock in time. */
  async unlocks(withinMs: number, signal: AbortSignal): Promise<boolean> {
    if (!this.isLocked) return true;
    const { device, n } = this.wires.lock.point;
    const found = this.#devices.get(device);
    if (!found) return false;
    const giveUp = new AbortController();
    const stopped = AbortSignal.any([signal, giveUp.signal]);
    const stop = found.onTurn((lock, locked) => {
      if (lock === n && !locked) giveUp.abort();
    });
    try {
      await pass(withinMs, undefined, { signal: stopped }).catch(() => {});
      signal.throwIfAborted();
      return !this.isLocked;
    } finally {
      stop();
    }
  }

  #set(terminal: Terminal | undefined, active: boolean): void {
    if (terminal) this.#devices.get(terminal.device)?.setInput(terminal.n, active);
  }
}

export class Building {
  readonly doors: readonly BuildingDoor[];
  readonly sensors: readonly SensorWires[];
  readonly #devices: ReadonlyMap<string, Device>;

  /** Doors and sensors whose devices are not there are left out. */
  constructor(
    wires: { readonly doors: readonly DoorWires[]; readonly sensors: readonly SensorWires[] },
    devices: ReadonlyMap<string, Device>,
  ) {
    this.#devices = devices;
    this.doors = wires.doors
      .filter(({ lock }) => devices.has(lock.point.device))
      .map((each) => new BuildingDoor(each, devices));
    this.sensors = wires.sensors.filter(({ point }) => devices.has(point.device));
  }

  get anyConnected(): boolean {
    return [...this.#devices.values()].some(({ connected }) => connected);
  }

  get allConnected(): boolean {
    return [...this.#devices.values()].every(({ connected }) => connected);
  }

  set(sensor: SensorWires, active: boolean): void {
    this.#devices.get(sensor.point.device)?.setInput(sensor.point.n, active);
  }

  /** Trips a sensor and lets it settle after `forMs`, also when the demo ends before. */
  async trip(sensor: SensorWires, forMs: number, signal: AbortSignal): Promise<void> {
    this.set(sensor, true);
    try {
      await pass(forMs, undefined, { signal });
    } finally {
      this.set(sensor, false);
    }
  }
}
