/** Tells a story to the core, and writes down as prose what came of it. */
import { incidentViews, partitionView } from "../../gateway/core/alarm/alarm-views.js";
import type { Command } from "../../gateway/core/commands.js";
import { nextDeadline } from "../../gateway/core/deadline.js";
import { localTime, sentence } from "../../gateway/core/describe.js";
import type { EventBody } from "../../gateway/core/events.js";
import { musterView } from "../../gateway/core/muster.js";
import type { Credential, Person } from "../../gateway/core/people.js";
import { reconcile } from "../../gateway/core/reconcile.js";
import type { KeypadChoice, Request, Signal, SignalBody } from "../../gateway/core/signals.js";
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

  /** A PIN at a reader, of the person whose card waits there, or of one that says whose it is. */
  pin(
    who: string | undefined,
    door: DoorId,
    pin: "right" | "wrong" | "duress" | "none" = "right",
    side: Side = "outside",
  ): this {
    const factor = this.state.readers.get(`${door}/${side}`)?.factor;
    const waits = factor && factor.until > this.now ? factor.credential : undefined;
    const credential = waits ?? (pin === "wrong" ? undefined : who && `pin-${who}`);
    const whose = waits ? "" : who === undefined ? "" : `${this.#name("person", who)}'s `;
    return this.#told(`${whose}keys at ${this.#name("door", door)}, ${side}: PIN ${pin}`, {
      type: "keys-entered",
      door,
      side,
      scan: `scan-${this.#count + 1}`,
      device: this.site.doors.get(door)?.readers[side]?.device ?? "nowhere",
      pin,
      ...(credential === undefined ? {} : { credential }),
    });
  }

  /** A number at a keypad that says what the card or PIN after it is for. */
  chooses(choice: KeypadChoice, door: DoorId, side: Side = "outside"): this {
    return this.#told(`${choice} at the keypad of ${this.#name("door", door)}, ${side}`, {
      type: "function-chosen",
      door,
      side,
      scan: `scan-${this.#count + 1}`,
      device: this.site.doors.get(door)?.readers[side]?.device ?? "nowhere",
      choice,
    });
  }

  /** A card at the reader of a lift's cabin. */
  liftBadge(who: string, lift: string): this {
    const card = this.people.credential(`card-${who}`);
    const name = this.site.lifts?.get(lift)?.name ?? lift;
    return this.#told(`${card ? `card-${who}` : "a stranger's card"} in ${name}`, {
      type: "lift-card-presented",
      lift,
      scan: `scan-${this.#count + 1}`,
      device: this.site.lifts?.get(lift)?.reader.device ?? "nowhere",
      shown: "…beef",
      ...(card ? { credential: card.id } : {}),
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

  /** A key is turned in the cylinder, or taken out. */
  key(
    door: DoorId,
    active: boolean,
    { edge = true, fault = null as "open" | "short" | "tamper" | null } = {},
  ): this {
    const how = fault ? `line ${fault}` : active ? "turned" : "taken out";
    return this.#told(`the key of ${this.#name("door", door)}: ${how}`, {
      type: "key-switch-changed",
      door,
      active,
      edge,
      fault,
    });
  }

  /** A vehicle comes to the gate, or leaves. */
  vehicle(door: DoorId, active: boolean, fault: "open" | "short" | "tamper" | null = null): this {
    const how = fault ? `line ${fault}` : active ? "a vehicle" : "nothing";
    return this.#told(`the loop of ${this.#name("door", door)}: ${how}`, {
      type: "loop-changed",
      door,
      active,
      fault,
    });
  }

  /** Something is in the way of the leaf. */
  safetyEdge(door: DoorId, active: boolean, fault: "open" | "short" | "tamper" | null = null): this {
    const how = fault ? `line ${fault}` : active ? "touched" : "clear";
    return this.#told(`the safety edge of ${this.#name("door", door)}: ${how}`, {
      type: "safety-edge-changed",
      door,
      active,
      fault,
    });
  }

  says(door: DoorId, locked: boolean, bolt: "in" | "out" | null = null): this {
    const how = `${locked ? "locked" : "not locked"}${bolt === null ? "" : `, its bolt ${bolt}`}`;
    return this.#told(`the lock of ${this.#name("door", door)}: ${how}`, {
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

  /** What a sensor measures, in °C. */
  measures(sensor: SensorId, value: number): this {
    return this.#told(`${this.#name("sensor", sensor)}: ${value} °C`, {
      type: "sensor-changed",
      sensor,
      active: false,
      edge: false,
      fault: null,
      value,
    });
  }

  /** Somebody changes a person's row; the next decision reads it. */
  row(person: string, what: string, changes: Partial<Person>): this {
    const row = this.people.rows.get(person);
    if (!row) throw new Error(`story: nobody is ${person}`);
    this.people.rows.set(person, { ...row, version: row.version + 1, ...changes });
    this.#say(`${this.#name("person", person)}: ${what}`);
    return this;
  }

  /** The same of a card. */
  card(id: string, what: string, changes: Partial<Credential>): this {
    const row = this.people.cards.get(id);
    if (!row) throw new Error(`story: no card ${id}`);
    this.people.cards.set(id, { ...row, version: row.version + 1, ...changes });
    this.#say(`${id}: ${what}`);
    return this;
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
    const place = this.#placeOf(request);
    return this.#told(`Olga asks for ${request.op}${place}${force ? ", by force" : ""}`, {
      type: "requested",
      by: { kind: "operator", id: by },
      request,
      ...(force ? { force } : {}),
      ...(note ? { note } : {}),
    });
  }

  /** `clock`: who answers for the clock at the start. `wakesAt`: what the clock says then, if it is wrong. */
  restart(downSeconds: number, clock?: "ntp" | "host" | "nobody", wakesAt?: Instant): this {
    const downSince = this.now;
    this.now = wakesAt ?? this.now + downSeconds * 1000;
    const whose =
      clock === undefined ? "" : clock === "nobody" ? ", its clock unsure" : `, its clock by ${clock}`;
    return this.#told(`the gateway starts after ${downSeconds} s${whose}`, {
      type: "started",
      downSince,
      version: "1.0.0",
      ...(clock === undefined ? {} : { clock }),
    });
  }

  clock(seconds: number, { synchronized = false } = {}): this {
    this.now += seconds * 1000;
    const who = synchronized ? " by the time service" : "";
    return this.#told(`the clock is set by ${seconds} s${who}`, {
      type: "clock-stepped",
      byMs: seconds * 1000,
      ...(synchronized ? { synchronized } : {}),
    });
  }

  /** The time service, or whoever runs the host, says that the clock is right. */
  clockConfirmed(why: "ntp" | "host" = "ntp"): this {
    return this.#told("the time service confirms the clock", { type: "clock-trust", trusted: true, why });
  }

  /** A card at a reader of an assembly point. */
  musterBadge(who: string, reader: string): this {
    const card = this.people.credential(`card-${who}`);
    const name = this.site.musterReaders?.get(reader)?.name ?? reader;
    return this.#told(`${card ? `card-${who}` : "a stranger's card"} at ${name}`, {
      type: "muster-presented",
      reader,
      scan: `scan-${this.#count + 1}`,
      device: this.site.musterReaders?.get(reader)?.point.device ?? "nowhere",
      shown: "…beef",
      ...(card ? { credential: card.id } : {}),
    });
  }

  /** The list of who is where, as it would be printed. */
  muster(): this {
    const muster = this.state.house.get("house")?.muster;
    const { counts, people, unnamed } = musterView(this.site, this.state, muster, this.now, this.people);
    const { certain, possible, visitors, safe, missing } = counts;
    const head = `${certain} certain, ${possible} possible, ${visitors} visitors; ${safe} safe, ${missing} missing`;
    this.#lines.push(`${indent}(${head})`);
    for (const { person, area, how, visitor, safe: mark } of people) {
      const where = area === null ? "not listed" : this.#name("area", area);
      const what = [how, ...(visitor ? ["visitor"] : []), mark ? `safe (${mark.by})` : "missing"].join(", ");
      this.#lines.push(`${indent}(${this.#name("person", person)}: ${where}, ${what})`);
    }
    for (const { door, exits, openings } of unnamed)
      this.#lines.push(
        `${indent}(${this.#name("door", door)}: ${exits} left and ${openings} openings without a name today)`,
      );
    return this;
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
    const { lock, position, mode, alarm, troubles } = doorView(this.site, this.state, door, this.now);
    const what = [lock, position, mode, ...(alarm ? [`alarm ${alarm}`] : []), ...(troubles ?? [])];
    this.#lines.push(`${indent}(${door.name}: ${what.join(", ")})`);
    return this;
  }

  /** One line on a partition, as everybody sees it. */
  shownPartition(id: string): this {
    const partition = this.site.partitions.get(id);
    if (!partition) throw new Error(`story: no partition ${id}`);
    const {
      arming,
      ready,
      notReady = [],
      leftOut = [],
      shutDown = [],
      until,
      test,
    } = partitionView(this.site, this.state, partition);
    const left = until === undefined ? [] : [`${Math.round((Date.parse(until) - this.now) / 1000)} s left`];
    const what = [
      arming,
      ...left,
      ready ? "ready" : "not ready",
      ...notReady.map(({ name, why }) => `${name} ${why}`),
      ...leftOut.map(({ name, auto }) => `${name} left out${auto ? " by itself" : ""}`),
      ...shutDown.map(({ name }) => `${name} shut down`),
      ...(test === undefined ? [] : ["on test"]),
    ];
    this.#lines.push(`${indent}(${partition.name}: ${what.join(", ")})`);
    return this;
  }

  /** The open incidents, as a queue. */
  queue(): this {
    const open = incidentViews(this.site, this.state);
    if (open.length === 0) this.#lines.push(`${indent}(no open incident)`);
    for (const { id, type, state, severity, events, partitions, confirmed, silent, priority } of open) {
      const what = [state, severity, `priority ${priority}`, `${events} events`];
      if (confirmed) what.push("confirmed");
      if (silent) what.push("silent");
      this.#lines.push(
        `${indent}(${id}: ${type} in ${partitions.join(", ") || "no partition"}: ${what.join(", ")})`,
      );
    }
    return this;
  }

  /** The id of the newest incident. */
  get incident(): string {
    return [...this.state.incidents.keys()].at(-1) ?? "none";
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

  /** What was told so far is no part of the transcript. */
  forget(): this {
    this.#lines.length = 0;
    return this;
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
        return command.pulse ? `end the release of ${command.door}` : `lock ${command.door}${urgent}`;
      case "signal-reader":
        if (command.pattern !== "quiet" && command.pattern !== "pre-alarm")
          return `the ${command.side} reader of ${command.door} shows ${command.pattern} for ${command.ms / 1000} s`;
        return command.pattern === "quiet"
          ? `the ${command.side} reader of ${command.door} is quiet`
          : `the ${command.side} reader of ${command.door} warns for ${command.ms / 1000} s`;
      case "answer-scan":
        return `reader shows ${command.outcome}`;
      case "set-output":
        return command.on
          ? `output ${command.point.device}/${command.point.n} for ${command.ms / 1000} s${urgent}`
          : `output ${command.point.device}/${command.point.n} off${urgent}`;
      case "answer-reader":
        return `${command.point.device} shows ${command.outcome}`;
    }
  }

  #placeOf(request: Request): string {
    if ("door" in request && request.door !== undefined) return ` at ${this.#name("door", request.door)}`;
    if ("sensor" in request) return ` at ${this.#name("sensor", request.sensor)}`;
    if ("person" in request && request.person !== undefined)
      return ` for ${this.#name("person", request.person)}`;
    if ("partition" in request && request.partition !== undefined) {
      const how = "level" in request ? ` (${request.level}${request.leaveOut ? ", leaving out" : ""})` : "";
      return ` at ${this.#name("partition", request.partition)}${how}`;
    }
    if ("zone" in request && request.zone !== undefined) return ` at ${request.zone}`;
    if ("incident" in request) return ` of ${request.incident}`;
    if ("doorGroup" in request && request.doorGroup !== undefined)
      return ` at ${this.#name("doorGroup", request.doorGroup)}${"allOrNone" in request && request.allOrNone ? ", all or none" : ""}`;
    if ("level" in request) return ` to ${this.#name("level", request.level)}`;
    if ("lift" in request) return ` in ${this.#name("lift", request.lift)}`;
    return "";
  }

  #name(kind: string, id: string): string {
    if (kind === "person") return this.people.names.get(id) ?? id;
    if (kind === "operator") return id === "olga" ? "Olga" : id;
    const { doors, areas, sensors, lifts, doorGroups: doorGroup, threatLevels = [] } = this.site;
    const level = new Map(threatLevels.map((each) => [each.id, each]));
    const { partitions: partition, devices: device, alarm } = this.site;
    const siren = alarm?.sirens;
    const places = {
      door: doors,
      area: areas,
      sensor: sensors,
      lift: lifts,
      doorGroup,
      level,
      partition,
      device,
      siren,
    }[kind];
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
