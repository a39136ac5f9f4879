import type { Reading } from "../drivers/driver.js";
import type { EventBody } from "./core/events.js";
import type { Instant } from "./core/site.js";

/** What devices say of themselves: no business of the core, but of whoever looks after them. */
export interface DeviceFacts {
  model?: string;
  firmware?: string;
  battery?: number;
  rssi?: number;
  mains?: boolean;
  tamper?: boolean;
  /** Messages that could not be read, since start. */
  refused: number;
  lastNonsense?: string;
}

export const lowBatteryPercent = 15;
/** A device that sends nonsense is logged once a minute, with how often; each message is told to the device itself. */
const nonsenseEveryMs = 60_000;

export class DeviceBook {
  readonly #facts = new Map<string, DeviceFacts>();
  readonly #nonsenseLoggedAt = new Map<string, Instant>();
  readonly #interferenceLoggedAt = new Map<string, Instant>();

  of(device: string): DeviceFacts {
    let facts = this.#facts.get(device);
    if (!facts) {
      facts = { refused: 0 };
      this.#facts.set(device, facts);
    }
    return facts;
  }

  /** Takes down what a device said and returns the events that it is worth. */
  note(
    reading: Extract<Reading, { type: "hello" | "health" | "interference" | "nonsense" }>,
    at: Instant,
  ): EventBody[] {
    const { device } = reading;
    const facts = this.of(device);
    switch (reading.type) {
      case "hello":
        facts.model = reading.model;
        facts.firmware = reading.firmware;
        return [];
      case "health":
        return this.#health(reading, facts);
      case "interference": {
        const key = `${device} ${reading.what}`;
        const before = this.#interferenceLoggedAt.get(key);
        if (before !== undefined && at - before < nonsenseEveryMs) return [];
        this.#interferenceLoggedAt.set(key, at);
        return [{ type: "device.interference", device, reason: reading.what }];
      }
      case "nonsense": {
        facts.refused++;
        facts.lastNonsense = reading.error;
        const before = this.#nonsenseLoggedAt.get(device);
        if (before !== undefined && at - before < nonsenseEveryMs) return [];
        this.#nonsenseLoggedAt.set(device, at);
        return [
          {
            type: "device.message-refused",
            device,
            reason: reading.error,
            data: { where: reading.where, refused: facts.refused },
          },
        ];
      }
    }
  }

  #health(
    { device, battery, rssi, mains, tamper }: Extract<Reading, { type: "health" }>,
    facts: DeviceFacts,
  ): EventBody[] {
    const events: EventBody[] = [];
    const low = battery === undefined ? undefined : battery <= lowBatteryPercent;
    const wasLow = facts.battery !== undefined && facts.battery <= lowBatteryPercent;
    if (low === true && !wasLow) {
      events.push({ type: "device.battery-low", device, data: { percent: battery ?? 0 } });
    }
    if (low === false && wasLow) events.push({ type: "device.battery-restored", device });
    // What was never heard of is taken to have been well: a device that starts in trouble says so at once.
    if (mains === false && facts.mains !== false) events.push({ type: "device.mains-lost", device });
    if (mains === true && facts.mains === false) events.push({ type: "device.mains-restored", device });
    if (tamper === true && facts.tamper !== true) events.push({ type: "device.tamper", device });
    if (tamper === false && facts.tamper === true) events.push({ type: "device.tamper-ended", device });
    if (battery !== undefined) facts.battery = battery;
    if (rssi !== undefined) facts.rssi = rssi;
    if (mains !== undefined) facts.mains = mains;
    if (tamper !== undefined) facts.tamper = tamper;
    return events;
  }
}
