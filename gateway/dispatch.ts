import type { Driver, OrderOutcome } from "../drivers/driver.js";
import type { Command } from "./core/commands.js";
import type { DeviceId, DoorId, Site } from "./core/site.js";
import type { ScanMemory } from "./scans.js";
import { type AnswerCommand, answerOf, orderOf, type Wiring } from "./wiring.js";

/** What was ordered and not confirmed. */
export interface NotDone {
  readonly device: DeviceId;
  /** Absent: it was for no door, but for an output. */
  readonly door?: DoorId;
  readonly command: string;
  readonly outcome: Exclude<OrderOutcome, { is: "done" }>;
}

/** Carries commands out: addresses them to points, hands them to the driver of the device, and tells what was not done. */
export class Dispatch {
  readonly #drivers: ReadonlyMap<string, Driver>;
  readonly #scans: ScanMemory;
  readonly #onNotDone: (order: NotDone) => void;

  constructor(drivers: ReadonlyMap<string, Driver>, scans: ScanMemory, onNotDone: (order: NotDone) => void) {
    this.#drivers = drivers;
    this.#scans = scans;
    this.#onNotDone = onNotDone;
  }

  /** `early`: before it was on disk; the device is told. */
  carryOut(site: Site, wiring: Wiring, commands: readonly Command[], early: boolean): void {
    for (const command of commands) {
      if (command.type === "answer-scan" || command.type === "answer-reader")
        this.#answer(site, wiring, command, early);
      else this.#order(site, wiring, command, early);
    }
  }

  driverOf(wiring: Wiring, device: DeviceId): Driver | undefined {
    const name = wiring.driverOf(device);
    return name === undefined ? undefined : this.#drivers.get(name);
  }

  #answer(site: Site, wiring: Wiring, command: AnswerCommand, early: boolean): void {
    const answer = answerOf(site, command);
    if (!answer) return;
    const { device } = answer.point;
    // A repeat was answered, as before, when it came.
    if (this.#scans.outcomeOf(device, answer.scan) !== undefined) return;
    this.#scans.answered(device, answer.scan, answer.outcome);
    this.driverOf(wiring, device)?.answer(early ? { ...answer, late: true } : answer);
  }

  #order(site: Site, wiring: Wiring, command: Exclude<Command, AnswerCommand>, early: boolean): void {
    const order = orderOf(site, command, early);
    if (!order) return;
    const { device } = order.point;
    const driver = this.driverOf(wiring, device);
    if (!driver) return;
    void driver.send(order).then((outcome) => {
      if (outcome.is !== "done")
        this.#onNotDone({
          device,
          command: command.id,
          outcome,
          ...("door" in command ? { door: command.door } : {}),
        });
    });
  }
}
