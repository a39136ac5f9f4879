/** Device points ↔ doors and sensors: what a reading means at this site, and which point an order goes to. */
import type { Answer, DevicePoint, Order, Reading } from "../drivers/driver.js";
import type { Command, CommandOf } from "./core/commands.js";
import type { CredentialPresented, SignalBody } from "./core/signals.js";
import type { DeviceId, Door, DoorId, LiftId, Point, SensorId, Side, Site } from "./core/site.js";

type Terminal =
  | { readonly is: "reader"; readonly door: DoorId; readonly side: Side }
  | { readonly is: "lift"; readonly lift: LiftId }
  | { readonly is: "lock"; readonly door: DoorId }
  | { readonly is: "contact"; readonly door: DoorId }
  | { readonly is: "exit-button"; readonly door: DoorId }
  | { readonly is: "key-switch" | "loop" | "safety-edge"; readonly door: DoorId }
  | { readonly is: "muster-reader"; readonly reader: string }
  | { readonly is: "sensor"; readonly sensor: SensorId; readonly inverted: boolean };

export interface Wiring {
  terminal(point: DevicePoint): Terminal | undefined;
  /** The devices that one driver is responsible for. */
  devicesOf(driver: string): readonly DeviceId[];
  driverOf(device: DeviceId): string | undefined;
}

function keyOf(point: DevicePoint): string {
  return `${point.device}/${point.kind}/${point.n}`;
}

export function wire(site: Site): Wiring {
  const terminals = new Map<string, Terminal>();
  for (const door of site.doors.values()) {
    for (const [point, terminal] of terminalsOf(door)) terminals.set(keyOf(point), terminal);
  }
  for (const sensor of site.sensors.values()) {
    terminals.set(keyOf(sensor.point), {
      is: "sensor",
      sensor: sensor.id,
      inverted: sensor.inverted === true,
    });
  }
  for (const { id, point } of site.musterReaders?.values() ?? [])
    terminals.set(keyOf(point), { is: "muster-reader", reader: id });
  for (const { id, reader } of site.lifts?.values() ?? [])
    terminals.set(keyOf(reader), { is: "lift", lift: id });
  return {
    terminal: (point) => terminals.get(keyOf(point)),
    devicesOf: (driver) => [...site.devices.values()].filter((d) => d.driver === driver).map((d) => d.id),
    driverOf: (device) => site.devices.get(device)?.driver,
  };
}

function terminalsOf(door: Door): [Point, Terminal][] {
  const found: [Point, Terminal][] = [[door.lock.point, { is: "lock", door: door.id }]];
  if (door.readers.outside)
    found.push([door.readers.outside, { is: "reader", door: door.id, side: "outside" }]);
  if (door.readers.inside) found.push([door.readers.inside, { is: "reader", door: door.id, side: "inside" }]);
  if (door.contact) found.push([door.contact, { is: "contact", door: door.id }]);
  if (door.exitButton) found.push([door.exitButton, { is: "exit-button", door: door.id }]);
  if (door.keySwitch) found.push([door.keySwitch, { is: "key-switch", door: door.id }]);
  if (door.loop) found.push([door.loop, { is: "loop", door: door.id }]);
  if (door.safetyEdge) found.push([door.safetyEdge, { is: "safety-edge", door: door.id }]);
  return found;
}

/**
 * What an input, a lock or a presence means here; undefined: nothing is wired to that point. Scans are the engine's, since
 * they need the directory and the memory of what was answered.
 */
export function signalOf(
  wiring: Wiring,
  reading: Exclude<Reading, { type: "scan" | "keys" }>,
): SignalBody | undefined {
  switch (reading.type) {
    case "presence":
      return wiring.driverOf(reading.device) === undefined
        ? undefined
        : { type: "device-presence", device: reading.device, online: reading.online };
    case "lock": {
      const terminal = wiring.terminal(reading.point);
      return terminal?.is === "lock"
        ? { type: "lock-reported", door: terminal.door, locked: reading.locked, bolt: reading.bolt }
        : undefined;
    }
    case "input":
      return inputSignal(wiring.terminal(reading.point), reading);
    default:
      return undefined;
  }
}

type ReaderTerminal = Extract<Terminal, { is: "reader" | "lift" | "muster-reader" }>;

/** A reader that belongs to something of the site. */
export function readsCards(terminal: Terminal | undefined): terminal is ReaderTerminal {
  return terminal?.is === "reader" || terminal?.is === "lift" || terminal?.is === "muster-reader";
}

/** A card at this reader, as a signal. */
export function cardSignal(
  terminal: ReaderTerminal,
  card: Pick<CredentialPresented, "device" | "scan" | "credential" | "shown" | "ignored">,
): SignalBody {
  switch (terminal.is) {
    case "reader":
      return { type: "credential-presented", door: terminal.door, side: terminal.side, ...card };
    case "lift":
      return { type: "lift-card-presented", lift: terminal.lift, ...card };
    case "muster-reader":
      return { type: "muster-presented", reader: terminal.reader, ...card };
  }
}

function inputSignal(
  terminal: Terminal | undefined,
  { active, fault, edge, missed, value }: Extract<Reading, { type: "input" }>,
): SignalBody | undefined {
  switch (terminal?.is) {
    case "contact": {
      // A wiring fault is neither open nor closed: the leaf cannot be known.
      const position = fault ? "unknown" : active ? "open" : "closed";
      return { type: "contact-changed", door: terminal.door, position, edge, fault };
    }
    case "exit-button":
      // A level told at start is no press. A press whose message was lost is one, and so is one on a line that was tampered
      // with: somebody may stand before it. An open or shorted line is none.
      return edge && (active || missed > 0) && fault !== "open" && fault !== "short"
        ? { type: "exit-requested", door: terminal.door }
        : undefined;
    case "key-switch":
      return { type: "key-switch-changed", door: terminal.door, active, edge, fault };
    case "loop":
      return { type: "loop-changed", door: terminal.door, active, fault };
    case "safety-edge":
      return { type: "safety-edge-changed", door: terminal.door, active, fault };
    case "sensor":
      return fault
        ? { type: "sensor-changed", sensor: terminal.sensor, fault, edge }
        : {
            type: "sensor-changed",
            sensor: terminal.sensor,
            active: active !== terminal.inverted,
            fault,
            edge,
            ...(value === undefined ? {} : { value }),
          };
    default:
      return undefined;
  }
}

export type AnswerCommand = CommandOf<"answer-scan" | "answer-reader">;

/** The order that carries a command out; undefined: its door is gone. */
export function orderOf(
  site: Site,
  command: Exclude<Command, AnswerCommand>,
  early: boolean,
): Order | undefined {
  if (command.type === "set-output") {
    const { id, point, on, ms } = command;
    return { op: "output", id, point, on, ...(on ? { ms } : {}) };
  }
  const point = site.doors.get(command.door)?.lock.point;
  if (!point) return undefined;
  switch (command.type) {
    case "release-door":
      return {
        op: "pulse",
        id: command.id,
        point,
        ms: command.ms,
        ...(command.scan === undefined ? {} : { scan: command.scan }),
        ...(early ? { late: true } : {}),
      };
    case "hold-door":
      return { op: "hold", id: command.id, point };
    case "emergency-release-door":
      return { op: "release", id: command.id, point };
    case "lock-door":
      return {
        op: "lock",
        id: command.id,
        point,
        ends: command.ends,
        ...(command.pulse ? { pulse: true } : {}),
      };
    case "signal-reader": {
      const reader = site.doors.get(command.door)?.readers[command.side];
      return (
        reader && { op: "signal", id: command.id, point: reader, pattern: command.pattern, ms: command.ms }
      );
    }
  }
}

export function answerOf(site: Site, command: AnswerCommand): Answer | undefined {
  const point =
    command.type === "answer-reader" ? command.point : site.doors.get(command.door)?.readers[command.side];
  return point && { point, scan: command.scan, outcome: command.outcome };
}
