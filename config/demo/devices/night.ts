/**
 * A night in the demo building, in a minute instead of twelve hours: everybody has gone home, the watch arms the house, a cat is
 * about, somebody breaks in, and in the morning the counter is held up. What the watch does, it asks for as any client may; what
 * is still open in the morning is left to whoever looks at the Alarms page, until the next night.
 */
import { setTimeout as pass } from "node:timers/promises";
import type { Building } from "./building.js";
import type { Watch } from "./watch.js";
import type { SiteWires } from "./wires.js";

export interface NightOptions {
  readonly site: SiteWires;
  readonly building: Building;
  readonly watch: Watch;
  /** Between two things that happen, in milliseconds. */
  readonly beatMs: number;
  /** What happens, for whoever looks on. */
  readonly tell: (line: string) => void;
}

const settledWithinMs = 30_000;
const pressedMs = 400;
const tries = 10;
const tryAgainMs = 500;

export class Night {
  readonly #options: NightOptions;
  /** Alarms that this demo's earlier nights have raised. */
  readonly #ofEarlierNights = new Set<string>();

  constructor(options: NightOptions) {
    this.#options = options;
  }

  /** Goes through it once; whatever is refused, is in the way or is not there ends it early, with the house as it is. */
  async pass(signal: AbortSignal): Promise<void> {
    const { building, watch, tell } = this.#options;
    const house = this.#wholeHouse();
    const ready = () => watch.connected && building.allConnected;
    if (house === undefined || !(await watch.until(ready, settledWithinMs, signal))) return;
    await this.#clearUp(signal);
    tell("night: everybody has gone home, and the watch arms the house");
    if (!(await this.#arm(house, false, signal))) {
      tell("night: it could not be armed, so it is left out");
      return;
    }
    try {
      await this.#cat(signal);
      await this.#breakIn(signal);
    } finally {
      const morning = await watch.ask("partition.disarm", {
        partition: house,
        note: "the early shift comes",
      });
      if (morning.ok) tell("night: it is morning, and the watch disarms the house");
    }
    await this.#beat(signal);
    await this.#holdUp(signal);
    this.#sensor("battery", true);
    for (const { id } of watch.alarms) this.#ofEarlierNights.add(id);
  }

  /** The partition that covers the others. */
  #wholeHouse(): string | undefined {
    return this.#options.site.partitions.find(({ members }) => members.length > 0)?.id;
  }

  /** What nobody looked after since the last night: the watch answers for it, and has the battery changed. */
  async #clearUp(signal: AbortSignal): Promise<void> {
    const { watch } = this.#options;
    this.#sensor("battery", false);
    for (const { id: incident, state } of watch.alarms) {
      if (!this.#ofEarlierNights.has(incident)) continue;
      if (state === "raised") await watch.ask("incident.acknowledge", { incident });
      await watch.ask("incident.close", { incident, cause: "intruder", note: "handed over to the police" });
      signal.throwIfAborted();
    }
    this.#ofEarlierNights.clear();
  }

  /** Somebody may have left a window open: in the end it is armed without that. */
  async #arm(partition: string, atOnce: boolean, signal: AbortSignal): Promise<boolean> {
    const { watch, tell } = this.#options;
    for (let left = tries; left > 0; left -= 1) {
      const wish = { partition, level: "away", atOnce, leaveOut: left === 1 };
      const asked = await watch.ask("partition.arm", wish);
      if (asked.ok)
        return watch.until(() => watch.armingOf(partition) === "armed_away", settledWithinMs, signal);
      if (left === 1) tell(`night: ${asked.why}`);
      else await pass(tryAgainMs, undefined, { signal });
    }
    return false;
  }

  /** A false alarm, from the alarm to its end. */
  async #cat(signal: AbortSignal): Promise<void> {
    const { building, watch, tell } = this.#options;
    const motion = building.sensors.find(
      ({ type, partition, area }) => type === "motion" && partition !== undefined && area === "office",
    );
    if (!motion?.partition) return;
    const { partition } = motion;
    await this.#beat(signal);
    tell(`night: a cat walks past ${motion.id}`);
    const walks = building.trip(motion, this.#options.beatMs, signal);
    const raised = () => watch.alarms.find(({ sensor }) => sensor === motion.id);
    const [seen] = await Promise.all([
      watch.until(() => raised() !== undefined, settledWithinMs, signal),
      walks,
    ]);
    if (!seen) return;
    const incident = raised()?.id;
    await this.#beat(signal);
    tell("night: the watch sees it on the camera, and closes the alarm");
    await watch.ask("incident.acknowledge", { incident });
    await watch.ask("partition.disarm", { partition });
    await this.#beat(signal);
    const note = "a cat, seen on the camera of the office";
    await watch.ask("incident.close", { incident, cause: "weather-or-animal", note });
    await this.#arm(partition, true, signal);
  }

  /** Through a shutter, then past a detector that confirms it. Nobody answers for it yet. */
  async #breakIn(signal: AbortSignal): Promise<void> {
    const { building, watch, tell, beatMs } = this.#options;
    const shutter = building.sensors.find(({ id }) => id === "workshop-shutter");
    const inside = building.sensors.find(({ id }) => id === "workshop-motion");
    if (!shutter || !inside) return;
    await this.#beat(signal);
    tell(`night: somebody breaks in by ${shutter.id}`);
    const opened = building.trip(shutter, beatMs * 2, signal);
    await this.#beat(signal);
    await Promise.all([opened, building.trip(inside, beatMs, signal)]);
    await watch.until(
      () => watch.alarms.some(({ sensor }) => sensor === shutter.id),
      settledWithinMs,
      signal,
    );
    await this.#beat(signal);
  }

  async #holdUp(signal: AbortSignal): Promise<void> {
    const { building, tell } = this.#options;
    const button = building.sensors.find(({ type }) => type === "hold-up-silent");
    if (!button) return;
    tell(`night: ${button.id} is pressed, and nothing sounds`);
    await building.trip(button, pressedMs, signal);
  }

  #sensor(type: string, active: boolean): void {
    const { building } = this.#options;
    const sensor = building.sensors.find((each) => each.type === type);
    if (sensor) building.set(sensor, active);
  }

  async #beat(signal: AbortSignal): Promise<void> {
    await pass(this.#options.beatMs, undefined, { signal });
  }
}
