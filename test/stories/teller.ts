/** Tells a story to the core, and writes down as prose what came of it. */
import type { Command } from "../../gateway/core/commands.js";
import { nextDeadline } from "../../gateway/core/deadline.js";
import { localTime, sentence } from "../../gateway/core/describe.js";
import type { EventBody } from "../../gateway/core/events.js";
import { reconcile } from "../../gateway/core/reconcile.js";
import type { Request, Signal, SignalBody } from "../../gateway/core/signals.js";
import type { DoorId, Instant, SensorId, Side, Site } from "../../gateway/core/site.js";
import { applyChanges, emptyState, type MutableState } from "../../gateway/core/state.js";
import { requestOutcome, type StepResult, step } from "../../gateway/core/step.js";
import { doorView } from "../../gateway/core/views.js";
import { local, monday, type Staff, smallOffice, staff } from "./small-office.js";

const dayMs = 86_400_000;

export class Teller {
  site: Site;
  readonly people: Staff;
  readonly state: MutableState = emptyState();
  readonly signals: Signal[] = [];
  readonly events: EventBody[] = [];
  readonly commands: Command[] = [];
  now: Instant = local("06:00");
  readonly #lines: string[] = [];
  #count = 0;

  constructor(site: Site = smallOffice(), people: Staff = staff()) {
    this.site = site;
    this.people = people;
    this.#quietly(() => {
      this.activate(site);
      this.hear({ type: "started", version: "1.0.0" });
      for (const device of site.devices.keys()) this.hear({ type: "device-presence", device, online: true });
      for (const door of site.doors.values()) {
        if (!door.contact) continue;
        this.hear({
          type: "contact-changed",
          door: door.id,
          position: "closed",
          edge: false,
          fault: null,
        });
      }
      for (const sensor of site.sensors.keys())
        this.hear({ type: "sensor-changed", sensor, active: false, edge: false, fault: null });
    });
  }

  // --------------------------------------------------------------------------------------------------------- the clock

  /** Goes to a local time of a day (0: Monday); what falls due on the way is told at its own instant. */
  at(time: string, day = Math.floor((this.now - monday) / dayMs)): this {
    return this.until(local(time, day));
  }

  wait(seconds: number): this {
    return this.until(this.now + seconds * 1000);
  }

  until(instant: Instant): this {
    for (let due = nextDeadline(this.site, this.state); due !== undefined && due <= instant; ) {
      this.now = Math.max(this.now, due);
      this.#told("…", { type: "tick" });
      due = nextDeadline(this.site, this.state);
    }
    this.now = instant;
    return this;
  }

  // ------------------------------------------------------------------------------------------------------ what happens

  badge(
    who: string,
    door: DoorId,
    side: Side = "outside",
    ignored?: "retained" | "repeated" | "stale",
  ): this {
    const card = this.people.credential(`card-${who}`);
    const whose = card ? `card-${who}` : "a stranger's card";
    return this.#told(`${whose} at ${this.#name("door", door)}, ${side}${ignored ? `, ${ignored}` : ""}`, {
      type: "credential-presented",
      door,
      side,
      scan: `scan-${this.#count + 1}`,
      device: this.site.doors.get(door)?.readers[side]?.device ?? "nowhere",
      shown: "…beef",
      ...(card ? { credential: card.id } : {}),
      ...(ignored ? { ignored } : {}),
    });
  }

  opens(door: DoorId): this {
    return this.contact(door, "open");
  }

  closes(door: DoorId): this {
    return this.contact(door, "closed");
  }

  contact(
    door: DoorId,
    position: "open" | "closed" | "unknown",
    { edge = true, fault = null as "open" | "short" | "tamper" | null } = {},
  ): this {
    const how = fault ? `line ${fault}` : edge ? position : `found ${position}`;
    return this.#told(`the contact of ${this.#name("door", door)}: ${how}`, {
      type: "contact-changed",
      door,
      position,
      edge,
      fault,
    });
  }

  exit(door: DoorId): this {
    return this.#told(`the exit button of ${this.#name("door", door)}`, { type: "exit-requested", door });
  }

  says(door: DoorId, locked: boolean, bolt: "in" | "out" | null = null): this {
    return this.#told(`the lock of ${this.#name("door", door)}: ${locked ? "locked" : "not locked"}`, {
      type: "lock-reported",
      door,
      locked,
      bolt,
    });
  }

  sensor(
    sensor: SensorId,
    active: boolean | undefined,
    { edge = true, fault = null as "open" | "short" | "tamper" | null } = {},
  ): this {
    const how = fault ? `line ${fault}` : active === undefined ? "unknown" : active ? "active" : "quiet";
    return this.#told(`${this.#name("sensor", sensor)}: ${how}`, {
      type: "sensor-changed",
      sensor,
      edge,
      fault,
      ...(active === undefined ? {} : { active }),
    });
  }

  lost(device: string): this {
    return this.#told(`${device} goes silent`, { type: "device-presence", device, online: false });
  }

  back(device: string): this {
    return this.#told(`${device} is there`, { type: "device-presence", device, online: true });
  }

  failed(device: string, door: DoorId, why: "no-answer" | "refused" | "unreachable", command?: string): this {
    return this.#told(`an order to ${device}: ${why}`, {
      type: "order-failed",
      device,
      door,
      command: command ?? this.commands.at(-1)?.id ?? "none",
      why,
    });
  }

  asks(request: Request, { by = "olga", force = false, note = "" } = {}): this {
    const place = "door" in request ? this.#name("door", request.door) : this.#name("sensor", request.sensor);
    return this.#told(`Olga asks for ${request.op} at ${place}${force ? ", by force" : ""}`, {
      type: "requested",
      by: { kind: "operator", id: by },
      request,
      ...(force ? { force } : {}),
      ...(note ? { note } : {}),
    });
  }

  restart(downSeconds: number): this {
    const downSince = this.now;
    this.now += downSeconds * 1000;
    return this.#told(`the gateway starts after ${downSeconds} s`, {
      type: "started",
      downSince,
      version: "1.0.0",
    });
  }

  clock(seconds: number): this {
    this.now += seconds * 1000;
    return this.#told(`the clock is set by ${seconds} s`, { type: "clock-stepped", byMs: seconds * 1000 });
  }

  activate(next: Site): this {
    const signal = this.#signal({
      type: "site-activated",
      revision: next.revision,
      by: { kind: "operator", id: "olga" },
    });
    const before = this.state.devices.size === 0 && this.events.length === 0 ? undefined : this.site;
    const result = reconcile(before, next, this.state, signal);
    this.#say(`revision ${next.revision} of the site`);
    if ("events" in result) {
      this.site = next;
      this.#apply(result);
    } else for (const { path, message } of result) this.#lines.push(`${indent}refused: ${path}: ${message}`);
    return this;
  }

  // -------------------------------------------------------------------------------------------------------- what it is

  /** One line on a door, as everybody sees it. */
  shows(id: DoorId): this {
    const door = this.site.doors.get(id);
    if (!door) throw new Error(`story: no door ${id}`);
    const { lock, position, mode, alarm } = doorView(this.site, this.state, door, this.now);
    this.#lines.push(
      `${indent}(${door.name}: ${lock}, ${position}, ${mode}${alarm ? `, alarm ${alarm}` : ""})`,
    );
    return this;
  }

  whereIs(person: string): this {
    const where = this.state.whereabouts.get(person);
    this.#lines.push(
      `${indent}(${this.#name("person", person)}: ${where ? `${this.#name("area", where.area)}, ${where.how}` : "not seen"})`,
    );
    return this;
  }

  get outcome() {
    return requestOutcome(this.events.slice(this.#eventsBefore));
  }

  #eventsBefore = 0;

  /** What was told so far. */
  get transcript(): string {
    return `\n${this.#lines.join("\n")}\n`;
  }

  // ----------------------------------------------------------------------------------------------------------- inside

  /** A signal, with no words made of it. */
  hear(body: SignalBody): StepResult {
    const result = step(this.site, this.people, this.state, this.#signal(body));
    this.#apply(result);
    return result;
  }

  names = (kind: string, id: string): string => this.#name(kind, id);

  #signal(body: SignalBody): Signal {
    this.#count++;
    const signal = { ...body, id: `s${this.#count}`, at: this.now } as Signal;
    this.signals.push(signal);
    return signal;
  }

  #told(what: string, body: SignalBody): this {
    this.#say(what);
    this.hear(body);
    return this;
  }

  #say(what: string): void {
    const time = localTime(this.site, this.now).slice(11);
    this.#lines.push(`${time}  ${what}`);
  }

  #apply({ changes, events, commands }: StepResult): void {
    applyChanges(this.state, changes);
    this.#eventsBefore = this.events.length;
    this.events.push(...events);
    this.commands.push(...commands);
    for (const event of events) {
      const late = event.late ? " (late)" : "";
      this.#lines.push(`${indent}${sentence(event, this.names)}${late}`);
      if (event.type === "access.denied" && event.remedy) this.#lines.push(`${indent}  ${event.remedy}`);
    }
    const orders = commands.map((command) => this.#orderText(command)).filter((text) => text !== "");
    if (orders.length > 0) this.#lines.push(`${indent}→ ${orders.join("; ")}`);
  }

  #orderText(command: Command): string {
    const urgent = command.urgent ? " at once" : "";
    switch (command.type) {
      case "release-door":
        return `release ${command.door} for ${command.ms / 1000} s${urgent}`;
      case "hold-door":
        return `hold ${command.door} unlocked${urgent}`;
      case "emergency-release-door":
        return `release ${command.door} until reset${urgent}`;
      case "lock-door":
        return `lock ${command.door}${urgent}`;
      case "answer-scan":
        return `reader shows ${command.outcome}`;
    }
  }

  #name(kind: string, id: string): string {
    if (kind === "person") return this.people.names.get(id) ?? id;
    if (kind === "operator") return "Olga";
    const { doors, areas, sensors } = this.site;
    const places = { door: doors, area: areas, sensor: sensors }[kind];
    return places?.get(id)?.name ?? id;
  }

  #quietly(act: () => void): void {
    act();
    this.#lines.length = 0;
    this.events.length = 0;
    this.commands.length = 0;
  }
}

const indent = "          ";
