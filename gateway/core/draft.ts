import { type Building, headcountOf } from "./access/building.js";
import { doorAtRest, doorForced, doorHeld, passedThrough } from "./alarm/door-alarm.js";
import { boltWatched } from "./bolt.js";
import type { Command, ReaderPattern } from "./commands.js";
import { type DoorFact, limited, type Turn, unheardDoor } from "./door.js";
import type { EventBody } from "./events.js";
import { Layer } from "./layer.js";
import type { Headcount } from "./occupancy.js";
import {
  heldKind,
  heldLockOf,
  lockOf,
  mayStayOpen,
  restate,
  type Situation,
  situationOf,
} from "./precedence.js";
import { lockFault } from "./relock-fault.js";
import type { Signal } from "./signals.js";
import type { AreaId, DeviceId, Door, DoorId, Instant, Sensor, Site } from "./site.js";
import type { Change, DoorState, HeldOrder, State } from "./state.js";
import { giveBackUse } from "./uses.js";
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

/** An event of this sensor, with its place. */
export function sensorEvent({ id, tenant, area, partition }: Sensor, event: EventBody): EventBody {
  return {
    ...event,
    tenant,
    sensor: id,
    ...(area === undefined ? {} : { area }),
    ...(partition === undefined ? {} : { partition }),
  };
}

/**
 * What one step does, while it is done. Handlers read and write the building through it; `finish` brings the doors concerned in
 * line with what their locks should be, and hands all of it over.
 */
export class Draft implements Building {
  readonly site: Site;
  /** The instant that is worked on: the signal's, or while something earlier is fired that was due, its own. */
  at: Instant;
  /** What the engine keeps, without what this step has changed: for the rare walk over everybody. */
  readonly before: State;
  readonly doors: Layer<"doors">;
  readonly sensors: Layer<"sensors">;
  readonly fire: Layer<"fire">;
  readonly devices: Layer<"devices">;
  readonly partitions: Layer<"partitions">;
  readonly whereabouts: Layer<"whereabouts">;
  readonly house: Layer<"house">;
  readonly musters: Layer<"musters">;
  readonly readers: Layer<"readers">;
  readonly cards: Layer<"cards">;
  readonly forgiven: Layer<"forgiven">;
  readonly arrivals: Layer<"arrivals">;
  readonly zones: Layer<"zones">;
  readonly incidents: Layer<"incidents">;
  readonly sirens: Layer<"sirens">;
  readonly plans: Layer<"plans">;
  readonly todos: Layer<"todos">;
  readonly lone: Layer<"lone">;
  readonly walks: Layer<"walks">;
  /** Set while that is told which fell due while the gateway was down. */
  late = false;
  readonly signalId: string;
  readonly #events: EventBody[] = [];
  readonly #commands: Command[] = [];
  readonly #concerned = new Map<DoorId, Door>();
  readonly #back = new Set<DeviceId>();

  constructor(site: Site, state: State, signal: Pick<Signal, "id" | "at">) {
    this.site = site;
    this.at = signal.at;
    this.signalId = signal.id;
    this.before = state;
    this.doors = new Layer("doors", state.doors);
    this.sensors = new Layer("sensors", state.sensors);
    this.fire = new Layer("fire", state.fire);
    this.devices = new Layer("devices", state.devices);
    this.partitions = new Layer("partitions", state.partitions);
    this.whereabouts = new Layer("whereabouts", state.whereabouts);
    this.house = new Layer("house", state.house);
    this.musters = new Layer("musters", state.musters);
    this.readers = new Layer("readers", state.readers);
    this.cards = new Layer("cards", state.cards);
    this.forgiven = new Layer("forgiven", state.forgiven);
    this.arrivals = new Layer("arrivals", state.arrivals);
    this.zones = new Layer("zones", state.zones);
    this.incidents = new Layer("incidents", state.incidents);
    this.sirens = new Layer("sirens", state.sirens);
    this.plans = new Layer("plans", state.plans);
    this.todos = new Layer("todos", state.todos);
    this.lone = new Layer("lone", state.lone);
    this.walks = new Layer("walks", state.walks);
  }

  headcount(area: AreaId): Headcount {
    return headcountOf(this.site, this.before.whereabouts, area, this.whereabouts.changed);
  }

  tell(event: EventBody): void {
    this.#events.push(this.late ? { ...event, late: true } : event);
  }

  tellDoor(door: Door, event: EventBody): void {
    this.tell({ ...event, tenant: door.tenant, door: door.id });
  }

  tellSensor(sensor: Sensor, event: EventBody): void {
    this.tell(sensorEvent(sensor, event));
  }

  /** Adds a command; its id follows from the signal's, so that a replay gives the same. */
  order(command: WithoutId<Command>): string {
    const id = `${this.signalId}.${this.#commands.length + 1}`;
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
        giveBackUse(this, credential);
        return;
      }
      case "forced-ended":
      case "held-open-ended":
        doorAtRest(this, door, fact.is === "forced-ended" ? "forced" : "held-open", {
          type: `door.${fact.is}`,
          ...(fact.why ? { reason: "may-stand-open" } : {}),
          data: { seconds: Math.round(fact.forMs / 1000) },
        });
        return;
      case "forced":
        doorForced(this, door, {
          type: "door.forced",
          ...(fact.released ? { reason: "exit-request-ignored" } : {}),
        });
        return;
      case "held-open":
        doorHeld(this, door, {
          type: "door.held-open",
          ...(fact.forMs === undefined ? {} : { data: { minutes: Math.floor(fact.forMs / 60_000) } }),
        });
        return;
      case "pre-alarm":
        this.#warn(door, fact.forMs);
        return;
      case "pre-alarm-ended":
        this.#signalReaders(door, "quiet", 0);
        return;
      case "relock":
        this.#endPulses(door, fact.pulses);
        return;
      default:
        this.tellDoor(door, { type: `door.${fact.is}` });
    }
  }

  #warn(door: Door, forMs: number): void {
    // What was missed while the gateway was down, nobody at the door needs to hear now.
    if (this.late) return;
    this.tellDoor(door, { type: "door.pre-alarm", data: { seconds: Math.round(forMs / 1000) } });
    this.#signalReaders(door, "pre-alarm", forMs);
  }

  #signalReaders(door: Door, pattern: ReaderPattern, ms: number): void {
    for (const side of ["outside", "inside"] as const)
      if (door.readers[side])
        this.order({ urgent: false, type: "signal-reader", door: door.id, side, pattern, ms });
  }

  /** Each by its name, so that nothing else that keeps the lock open ends with it. */
  #endPulses(door: Door, pulses: readonly string[]): void {
    for (const ends of pulses)
      this.order({ urgent: false, type: "lock-door", door: door.id, ends, pulse: true });
  }

  #move(door: Door, passed: Passed): void {
    const { person, credential, side, scan } = passed.grant;
    if (toldAgain(this.whereabouts.get(person), door, passed, this.at)) return;
    const area = beyond(door, side);
    this.whereabouts.set(person, { area, since: this.at, by: door.id, how: passed.how });
    const how = passed.how === "seen" ? {} : { data: { how: passed.how } };
    this.tellDoor(door, { type: "access.passed", side, area, person, credential, scan, ...how });
    passedThrough(this, door, passed);
  }

  // ---------------------------------------------------------------------------------------------------------- its lock

  /** Gives the held order that the lock needs now, and ends the one that it no longer needs. */
  #hold(door: Door): void {
    const own = this.door(door);
    const situation = this.situation(door);
    const wanted = heldLockOf(situation);
    const { because } = wanted;
    const kind = heldKind(wanted);
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
      // Somebody is in the way of the leaf: that waits for no disk.
      const urgent = because === "safety-edge";
      const id = this.order({ urgent, type: "hold-door", door: door.id });
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

  #watchBolt(door: Door): void {
    const before = this.door(door);
    if (!door.bolt && before.secureBy === undefined && !before.notSecured) return;
    const own = boltWatched(door, before, lockOf(this.situation(door)).lock, this.at);
    if (own === before) return;
    this.setDoor(door, own);
    if (before.notSecured && !own.notSecured && door.bolt) this.tellDoor(door, { type: "door.secured" });
  }

  #watchRelock(door: Door): void {
    const own = this.door(door);
    if (!own.notRelocked || (lockFault(this, door, own) && own.held === undefined)) return;
    const { notRelocked: _, ...rest } = own;
    this.setDoor(door, rest);
  }

  finish(): StepResult {
    for (const door of this.#concerned.values()) {
      this.turn(door, limited(door, this.door(door), this.at, mayStayOpen(this.situation(door))));
      this.#hold(door);
      this.#watchBolt(door);
      this.#watchRelock(door);
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
    this.house.collect(changes);
    this.musters.collect(changes);
    this.readers.collect(changes);
    this.cards.collect(changes);
    this.forgiven.collect(changes);
    this.arrivals.collect(changes);
    this.zones.collect(changes);
    this.incidents.collect(changes);
    this.sirens.collect(changes);
    this.plans.collect(changes);
    this.todos.collect(changes);
    this.lone.collect(changes);
    this.walks.collect(changes);
    return { changes, events: this.#events, commands: this.#commands };
  }
}
