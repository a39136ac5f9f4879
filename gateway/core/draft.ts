import type { Command } from "./commands.js";
import { type DoorFact, limited, type Turn, unheardDoor } from "./door.js";
import type { EventBody } from "./events.js";
import { Layer } from "./layer.js";
import { heldKind, heldLockOf, mayStandOpen, restate, type Situation, situationOf } from "./precedence.js";
import type { Signal } from "./signals.js";
import type { DeviceId, Door, DoorId, Instant, Sensor, Site } from "./site.js";
import type { Change, DoorState, HeldOrder, Lookup, State } from "./state.js";
import { beyond, type Passed, toldAgain } from "./whereabouts.js";

/** What a signal comes to: entities anew, events in order, commands for the site in the order to carry them out. */
export interface StepResult {
  readonly changes: readonly Change[];
  readonly events: readonly EventBody[];
  readonly commands: readonly Command[];
}

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;

/** After a fire or emergency reset, how long a lock may take to say that it is locked, in milliseconds. */
const relockWithinMs = 5_000;

/**
 * What one step does, while it is done. Handlers read and write the building through it; `finish` brings the doors concerned in
 * line with what their locks should be, and hands all of it over.
 */
export class Draft implements Lookup {
  readonly site: Site;
  /** The instant that is worked on: the signal's, or while something earlier is fired that was due, its own. */
  at: Instant;
  readonly doors: Layer<"doors">;
  readonly sensors: Layer<"sensors">;
  readonly fire: Layer<"fire">;
  readonly devices: Layer<"devices">;
  readonly partitions: Layer<"partitions">;
  readonly whereabouts: Layer<"whereabouts">;
  /** Set while that is told which fell due while the gateway was down. */
  late = false;
  readonly #signalId: string;
  readonly #events: EventBody[] = [];
  readonly #commands: Command[] = [];
  readonly #concerned = new Map<DoorId, Door>();
  readonly #back = new Set<DeviceId>();

  constructor(site: Site, state: State, signal: Pick<Signal, "id" | "at">) {
    this.site = site;
    this.at = signal.at;
    this.#signalId = signal.id;
    this.doors = new Layer("doors", state.doors);
    this.sensors = new Layer("sensors", state.sensors);
    this.fire = new Layer("fire", state.fire);
    this.devices = new Layer("devices", state.devices);
    this.partitions = new Layer("partitions", state.partitions);
    this.whereabouts = new Layer("whereabouts", state.whereabouts);
  }

  tell(event: EventBody): void {
    this.#events.push(this.late ? { ...event, late: true } : event);
  }

  tellDoor(door: Door, event: EventBody): void {
    this.tell({ ...event, tenant: door.tenant, door: door.id });
  }

  tellSensor(sensor: Sensor, event: EventBody): void {
    this.tell({
      ...event,
      tenant: sensor.tenant,
      sensor: sensor.id,
      ...(sensor.area === undefined ? {} : { area: sensor.area }),
      ...(sensor.partition === undefined ? {} : { partition: sensor.partition }),
    });
  }

  /** Adds a command; its id follows from the signal's, so that a replay gives the same. */
  order(command: WithoutId<Command>): string {
    const id = `${this.#signalId}.${this.#commands.length + 1}`;
    this.#commands.push({ ...command, id });
    return id;
  }

  /** Adds a command that was given before, under the id it had then. */
  orderAgain(command: Command): void {
    if (!this.#commands.some(({ id }) => id === command.id)) this.#commands.push(command);
  }

  /** A device is there again: once all else is decided, the held orders for its locks are stated anew. */
  restateFor(device: DeviceId): void {
    this.#back.add(device);
  }

  // ----------------------------------------------------------------------------------------------------------- a door

  door(door: Door): DoorState {
    return this.doors.get(door.id) ?? unheardDoor(door);
  }

  /** Writes a door anew; `finish` will look at its lock. */
  setDoor(door: Door, own: DoorState): void {
    this.doors.set(door.id, own);
    this.concern(door);
  }

  /** Something that this door's lock follows from has changed. */
  concern(door: Door): void {
    this.#concerned.set(door.id, door);
  }

  situation(door: Door): Situation {
    return situationOf(this.site, this, door, this.at);
  }

  /** The door machine has turned: keeps the door and tells what became of it. */
  turn(door: Door, turn: Turn): void {
    if (turn.door !== this.door(door)) this.setDoor(door, turn.door);
    for (const fact of turn.facts) this.#tellFact(door, fact);
  }

  #tellFact(door: Door, fact: DoorFact): void {
    switch (fact.is) {
      case "passed":
        this.#move(door, fact.passed);
        return;
      case "not-used": {
        const { person, credential, side, scan } = fact.grant;
        this.tellDoor(door, { type: "access.not-used", side, person, credential, scan });
        return;
      }
      case "forced-ended":
      case "held-open-ended":
        this.tellDoor(door, {
          type: `door.${fact.is}`,
          ...(fact.why ? { reason: "it may stand open now" } : {}),
          data: { seconds: Math.round(fact.forMs / 1000) },
        });
        return;
      default:
        this.tellDoor(door, { type: `door.${fact.is}` });
    }
  }

  #move(door: Door, passed: Passed): void {
    const { person, credential, side, scan } = passed.grant;
    if (toldAgain(this.whereabouts.get(person), door, passed, this.at)) return;
    const area = beyond(door, side);
    this.whereabouts.set(person, { area, since: this.at, by: door.id, how: passed.how });
    const how = passed.how === "seen" ? {} : { data: { how: passed.how } };
    this.tellDoor(door, { type: "access.passed", side, area, person, credential, scan, ...how });
  }

  // ---------------------------------------------------------------------------------------------------------- its lock

  /** Gives the held order that the lock needs now, and ends the one that it no longer needs. */
  #hold(door: Door): void {
    const own = this.door(door);
    const situation = this.situation(door);
    const kind = heldKind(heldLockOf(situation));
    const { held, relockBy: _, ...rest } = own;
    if (held?.kind === kind) return;
    if (kind === "emergency") {
      // Laid over a hold, which is not ended: a lock order on the way to a release would be one too many.
      const id = this.order({ urgent: true, type: "emergency-release-door", door: door.id });
      this.setDoor(door, { ...rest, held: { id, kind, ...(held ? { over: held.id } : {}) } });
      return;
    }
    const next = held ? this.endHeld(door, rest, held, situation.fire.close) : rest;
    if (kind === "hold") {
      const id = this.order({ urgent: false, type: "hold-door", door: door.id });
      this.setDoor(door, { ...next, held: { id, kind } });
      return;
    }
    const wasLatched = held?.kind === "emergency";
    this.setDoor(door, wasLatched ? { ...next, relockBy: this.at + relockWithinMs } : next);
  }

  /** Orders the end of a held order, and remembers it until the lock says that it is locked. */
  endHeld(
    door: Door,
    own: Omit<DoorState, "held">,
    held: HeldOrder,
    urgent: boolean,
  ): Omit<DoorState, "held"> {
    const orders: Omit<HeldOrder, "over">[] = [{ id: held.id, kind: held.kind }];
    if (held.over !== undefined) orders.push({ id: held.over, kind: "hold" });
    // A hold runs out by itself, so that only the last is worth naming again; a latched release does not.
    const latched = (own.ended ?? []).filter((order) => order.kind === "emergency");
    const ended = orders.map((order) => ({
      ...order,
      by: this.order({ urgent, type: "lock-door", door: door.id, ends: order.id }),
    }));
    // The end of an earlier release may have been held back while this one stood, and no lock ends it by itself.
    for (const { id, by } of latched) {
      this.orderAgain({ id: by, urgent, type: "lock-door", door: door.id, ends: id });
    }
    return { ...own, ended: [...latched, ...ended].slice(-8) };
  }

  finish(): StepResult {
    for (const door of this.#concerned.values()) {
      this.turn(door, limited(door, this.door(door), this.at, mayStandOpen(this.situation(door))));
      this.#hold(door);
    }
    for (const device of this.#back)
      for (const command of restate(this.site, this, device, this.at)) this.orderAgain(command);
    const changes: Change[] = [];
    this.doors.collect(changes);
    this.sensors.collect(changes);
    this.fire.collect(changes);
    this.devices.collect(changes);
    this.partitions.collect(changes);
    this.whereabouts.collect(changes);
    return { changes, events: this.#events, commands: this.#commands };
  }
}
