/**
 * The river: a reading becomes a signal, the core judges it, the journal keeps it, and out go orders to wires and news to
 * people. The engine owns the state, the clock's deadlines and the order of things; it decides nothing.
 */
import type { DevicePoint, Driver, Reading } from "../drivers/driver.js";
import { candidates, plateCandidates } from "./cards/canonical.js";
import type { CardFormat } from "./cards/formats.js";
import { clockTrusted } from "./core/clock-trust.js";
import type { Command, ScanOutcome } from "./core/commands.js";
import { DeadlineIndex } from "./core/deadline-index.js";
import type { EventBody } from "./core/events.js";
import { keypadRulesOf } from "./core/keypad.js";
import { type MusterSummary, type MusterView, musterSummary, musterView } from "./core/muster.js";
import {
  type Credential,
  type CredentialId,
  type People,
  type Person,
  type PersonId,
  pinIdOf,
} from "./core/people.js";
import { reconcile, type SiteFault } from "./core/reconcile.js";
import type { Actor, KeypadChoice, Request, Signal, SignalBody, SignalOf } from "./core/signals.js";
import type { Instant, Site } from "./core/site.js";
import { samePoint } from "./core/site-index.js";
import { applyChanges, type Change, houseId, type MutableState, readerId } from "./core/state.js";
import { type RequestOutcome, requestOutcome, type StepResult, step } from "./core/step.js";
import { type SiteView, siteView } from "./core/views.js";
import { DeviceBook } from "./device-facts.js";
import { Dispatch, type NotDone } from "./dispatch.js";
import { newId } from "./ids.js";
import { Keypads, mostDigits } from "./keypads.js";
import { concernedBy, NewsDesk } from "./news-desk.js";
import type {
  Appended,
  Clock,
  ClockTrust,
  ClockWord,
  Directory,
  Journal,
  JournalEntry,
  Live,
  News,
} from "./ports.js";
import { ReleaseGate } from "./release-gate.js";
import { ScanMemory } from "./scans.js";
import { UnknownCards } from "./unknown-cards.js";
import { cardSignal, readsCards, signalOf, type Wiring, wire } from "./wiring.js";

export interface Log {
  debug(context: object, message: string): void;
  info(context: object, message: string): void;
  warn(context: object, message: string): void;
  error(context: object, message: string): void;
}

/** Every format of a site, and by reader (`device/reader/1`) its own list, where it has one. */
export interface CardFormats {
  readonly all: readonly CardFormat[];
  readonly byReader: ReadonlyMap<string, readonly CardFormat[]>;
  /** Readers that are cameras for number plates. */
  readonly plates?: ReadonlySet<string>;
}

/** One revision in force: the compiled site, and what only the wiring needs of the document. */
export interface ActiveSite {
  readonly site: Site;
  readonly cardFormats: CardFormats;
  /** The same revision, its schedules compiled from another instant. */
  recompile(from: Instant): Site;
}

export interface EngineParts {
  readonly clock: Clock;
  /** Absent: nobody answers for the clock. */
  readonly clockTrust?: ClockTrust;
  readonly journal: Journal;
  readonly directory: Directory;
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly log: Log;
  readonly version: string;
  readonly releaseAfterMs: number;
  /** Told of the site whose events are stamped from now on. */
  readonly onSite?: (site: Site) => void;
}

/** Schedules are compiled again this often; the compiled window reaches much further. */
const recompileEveryMs = 6 * 3_600_000;
/** A wall clock that moved this much against the monotonic one was set, not merely disciplined. */
const clockStepMs = 2_000;
const clockCheckEveryMs = 1_000;
/** While the clock is not trusted, how often it is asked whether somebody answers for it by now. */
const lookForTrustEveryMs = 10_000;
/** How long a stop waits for the disk. */
const farewellMs = 3_000;
const longestTimerMs = 2 ** 31 - 1;

export class Engine implements Live {
  readonly scans = new ScanMemory();
  readonly devices = new DeviceBook();
  readonly unknownCards = new UnknownCards();
  readonly #parts: EngineParts;
  readonly #state: MutableState;
  readonly #gate: ReleaseGate;
  readonly #keypads = new Keypads();
  readonly #news: NewsDesk;
  readonly #dispatch: Dispatch;
  #active: ActiveSite | undefined;
  #wiring: Wiring | undefined;
  #running = false;
  #stopping = false;
  /** What falls due by itself, at the site in force. */
  #deadlines: DeadlineIndex | undefined;
  #wake: NodeJS.Timeout | undefined;
  /** The deadline that `#wake` is set for. */
  #wakesFor: Instant | undefined;
  #clockCheck: NodeJS.Timeout | undefined;
  #clockOffsetMs = 0;
  /** On the monotonic clock. */
  #lookForTrustAt = 0;
  #recompiledAt = 0;

  constructor(parts: EngineParts, state: MutableState) {
    this.#parts = parts;
    this.#state = state;
    this.#gate = new ReleaseGate(parts.clock, parts.releaseAfterMs, (seqs, waitedMs) =>
      this.note({ type: "system.released-early", data: { seqs, waitedMs } }),
    );
    this.#news = new NewsDesk();
    this.#dispatch = new Dispatch(parts.drivers, this.scans, (order) => this.#notDone(order));
  }

  get running(): boolean {
    return this.#running;
  }

  get active(): ActiveSite | undefined {
    return this.#active;
  }

  get state(): MutableState {
    return this.#state;
  }

  /** Takes the site that was in force when the gateway stopped; changes nothing at the building. */
  load(active: ActiveSite): void {
    this.#active = active;
    this.#wiring = wire(active.site);
    this.#deadlines = new DeadlineIndex(active.site, this.#state);
    this.#parts.onSite?.(active.site);
  }

  /** Starts the drivers and the clock; the first signal is `started`, then what fell due while the gateway was down. */
  async start(downSince: Instant | undefined): Promise<void> {
    const { clock, drivers, journal, version } = this.#parts;
    const word = await this.#whoTrusts();
    this.#running = true;
    this.#clockOffsetMs = clock.now() - clock.monotonic();
    this.#recompiledAt = clock.now();
    this.#gate.start(journal);
    this.#take({
      type: "started",
      version,
      clock: word,
      ...(downSince === undefined ? {} : { downSince }),
    });
    this.#fireDue();
    this.#serve();
    for (const driver of drivers.values()) await driver.start((reading) => this.hear(reading));
    this.#clockCheck = setInterval(() => this.#checkClock(), clockCheckEveryMs);
  }

  async stop(reason: string): Promise<void> {
    if (!this.#running || this.#stopping) return;
    this.#stopping = true;
    clearInterval(this.#clockCheck);
    // What was decided goes out and is written, unless the disk does not come back.
    await within(farewellMs, this.#parts.journal.flush());
    for (const driver of this.#parts.drivers.values()) await driver.stop();
    this.note({ type: "system.stopped", reason });
    this.#running = false;
    // Last: what was heard while the drivers stopped, and the note itself, set the wake anew.
    clearTimeout(this.#wake);
    this.#gate.stop();
  }

  // ------------------------------------------------------------------------------------------------------------ in

  /** A reading from a driver. Never throws: a reading that cannot be worked is logged, and the next one is heard. */
  hear(reading: Reading): void {
    if (!this.#running || this.#stopping) return;
    try {
      this.#work(reading);
    } catch (error) {
      this.#parts.log.error({ err: error, reading: reading.type }, "a reading could not be worked");
    }
  }

  /** Something about the gateway itself for the log. */
  note(event: EventBody, answer?: JournalEntry["answer"]): Appended {
    return this.#append({ type: "noted", event }, answer);
  }

  /**
   * A request whose permission was checked. Resolves when the answer may be given: it is on disk, or the disk took too long.
   * `answer` makes the text that a repeat of the request will get; it is stored with the request's own events.
   */
  request(
    by: Actor,
    request: Request,
    options: {
      readonly force?: boolean;
      readonly note?: string;
      readonly answer?: (outcome: RequestOutcome) => JournalEntry["answer"];
    } = {},
  ): Promise<RequestOutcome> {
    const body: SignalBody = {
      type: "requested",
      by,
      request,
      ...(options.force === undefined ? {} : { force: options.force }),
      ...(options.note === undefined ? {} : { note: options.note }),
    };
    return new Promise((resolve) => {
      let outcome: RequestOutcome | undefined;
      const appended = this.#take(body, (events) => {
        outcome = requestOutcome(events);
        return options.answer?.(outcome);
      });
      if (!appended || !outcome) {
        resolve({ ok: false, reason: "refused", message: "nothing at this site answers to that" });
        return;
      }
      const settled = outcome;
      this.#gate.hold(appended, () => resolve(settled));
    });
  }

  /** What would keep this revision from being put in force just now. */
  obstacles(next: ActiveSite): readonly SiteFault[] {
    const signal: Signal = {
      type: "site-activated",
      revision: next.site.revision,
      by: { kind: "system", id: "rehearsal" },
      id: newId(),
      at: this.#parts.clock.now(),
    };
    const result = reconcile(this.#active?.site, next.site, this.#state, signal);
    return Array.isArray(result) ? result : [];
  }

  /** Puts a new revision in force, at once or not at all; what stands in its way is returned. */
  activate(next: ActiveSite, by: Actor, note: string | undefined): readonly SiteFault[] | Appended {
    const signal: Signal = {
      type: "site-activated",
      revision: next.site.revision,
      by,
      ...(note === undefined ? {} : { note }),
      id: newId(),
      at: this.#parts.clock.now(),
    };
    const result = reconcile(this.#active?.site, next.site, this.#state, signal);
    if (Array.isArray(result)) return result as readonly SiteFault[];
    const outcome = result as StepResult;
    // A lock that is left, with its door or by its door, is locked first, by the wiring that it still has.
    const before = this.#active?.site;
    const leaves = (command: Command): boolean => leavesLock(command, before, next.site);
    this.#carryOut(outcome.commands.filter(leaves));
    this.load(next);
    this.#serve();
    const appended = this.#keep(signal, outcome, {}, undefined);
    this.#release(
      appended,
      outcome.commands.filter((command) => !leaves(command)),
    );
    this.#setWake();
    return appended;
  }

  // ----------------------------------------------------------------------------------------------------------- out

  view(): SiteView {
    if (!this.#active) {
      return {
        site: { id: "", name: "", revision: 0, timeZone: "UTC" },
        doors: [],
        areas: [],
        partitions: [],
        sensors: [],
      };
    }
    return siteView(this.#active.site, this.#state, this.#parts.clock.now());
  }

  /** Who is where, and who is safe, as it is now; a walk over everybody. Undefined: there is no site. */
  muster(): MusterView | undefined {
    const site = this.#active?.site;
    if (!site) return undefined;
    const running = this.#state.house.get(houseId)?.muster;
    return musterView(site, this.#state, running, this.#parts.clock.now(), this.#parts.directory);
  }

  /** The same in numbers, with so many of those who are missing. */
  musterSummary(most: number): MusterSummary | undefined {
    const site = this.#active?.site;
    if (!site) return undefined;
    const running = this.#state.house.get(houseId)?.muster;
    return musterSummary(site, this.#state, running, this.#parts.clock.now(), most);
  }

  onNews(listener: (news: News) => void): () => void {
    return this.#news.onNews(listener);
  }

  // ------------------------------------------------------------------------------------------------------ the river

  #work(reading: Reading): void {
    const wiring = this.#wiring;
    if (!wiring) return;
    switch (reading.type) {
      case "scan":
        this.#workScan(wiring, reading);
        return;
      case "keys":
        this.#workKeys(wiring, reading);
        return;
      case "hello":
      case "health":
      case "interference":
      case "nonsense":
        for (const event of this.devices.note(reading, this.#parts.clock.now())) this.note(event);
        return;
      default: {
        const body = signalOf(wiring, reading);
        if (body) this.#take(body);
      }
    }
  }

  #workScan(wiring: Wiring, reading: Extract<Reading, { type: "scan" }>): void {
    const { point, scan } = reading;
    const terminal = wiring.terminal(point);
    if (!readsCards(terminal)) {
      this.#dispatch.driverOf(wiring, point.device)?.answer({ point, scan, outcome: "denied" });
      return;
    }
    const verdict = this.scans.judge(reading, this.#parts.clock.now());
    if (verdict.is === "pending") return;
    if (verdict.is === "answered") {
      this.#dispatch.driverOf(wiring, point.device)?.answer({ point, scan, outcome: verdict.outcome });
      if (!verdict.log) return;
    }
    const { values, shown } = this.#candidatesAt(point, reading.credential);
    const credential = this.#parts.directory.find(values);
    const ignored =
      verdict.is === "ignored" ? verdict.why : verdict.is === "answered" ? "repeated" : undefined;
    if (terminal.is === "reader" && credential === undefined && ignored === undefined && values.length > 0) {
      const at = this.#parts.clock.now();
      this.unknownCards.note({ device: point.device, scan, at, door: terminal.door, values, shown });
    }
    this.#take(
      cardSignal(terminal, {
        device: point.device,
        scan,
        shown,
        ...(credential === undefined ? {} : { credential }),
        ...(ignored === undefined ? {} : { ignored }),
      }),
    );
  }

  /**
   * Keys are collected until they are a PIN; what it is, the directory says, and the core gets no digits. Keys that end nothing
   * are answered at once, so that the reader does not send them again.
   */
  #workKeys(wiring: Wiring, { point, scan, keys, ageMs }: Extract<Reading, { type: "keys" }>): void {
    const { clock } = this.#parts;
    const answer = (outcome: ScanOutcome): void => {
      this.scans.answered(point.device, scan, outcome);
      this.#dispatch.driverOf(wiring, point.device)?.answer({ point, scan, outcome });
    };
    const terminal = wiring.terminal(point);
    if (terminal?.is !== "reader" || !this.#active) {
      answer("denied");
      return;
    }
    const aged = ageMs === undefined ? {} : { ageMs };
    const verdict = this.scans.judge({ point, scan, retained: false, again: false, ...aged }, clock.now());
    if (verdict.is === "pending") return;
    if (verdict.is === "answered") {
      answer(verdict.outcome);
      return;
    }
    if (verdict.is === "ignored") {
      this.#keypads.clear(point);
      answer("denied");
      return;
    }
    const { site } = this.#active;
    const { waitMs } = keypadRulesOf(site);
    const { door, side } = terminal;
    let entered = this.#keypads.take(point, keys, clock.monotonic(), waitMs);
    // No PIN is one digit long: it says what the card or PIN after it is for.
    while (entered?.digits.length === 1) {
      const { digits, rest } = entered;
      const choice = choiceOf(site, door, digits);
      if (choice === undefined) break;
      // A keypad that sends all of `1#1234#` at once has one answer to it: that to the PIN.
      const more = rest === "" ? {} : ({ more: true } as const);
      this.#take({ type: "function-chosen", door, side, device: point.device, scan, choice, ...more });
      if (rest === "") return;
      entered = this.#keypads.take(point, rest, clock.monotonic(), waitMs);
    }
    if (entered === undefined) {
      answer("pin");
      return;
    }
    const { digits } = entered;
    const found = this.#pinOf(readerId(door, side), digits);
    this.#take({ type: "keys-entered", door, side, device: point.device, scan, ...found });
  }

  /** What a PIN is: that of the person whose card waits at the reader, else one that says whose it is. */
  #pinOf(reader: string, digits: string): Pick<SignalOf<"keys-entered">, "pin" | "credential"> {
    const { directory, clock } = this.#parts;
    const factor = this.#state.readers.get(reader)?.factor;
    const waits = factor && factor.until > clock.now() ? factor : undefined;
    if (waits && directory.credential(waits.credential)?.kind !== "pin") {
      const long = digits.length > mostDigits;
      const pin = long ? "wrong" : (directory.pin?.(waits.person, digits) ?? "none");
      return { credential: waits.credential, pin };
    }
    const owner = digits.length > mostDigits ? undefined : directory.byPin?.(digits);
    return owner ?? { pin: "wrong" };
  }

  #candidatesAt(point: DevicePoint, raw: Extract<Reading, { type: "scan" }>["credential"]) {
    const camera = this.#active?.cardFormats.plates?.has(`${point.device}/reader/${point.n}`) === true;
    return camera && raw.kind === "code"
      ? plateCandidates(raw.code)
      : candidates(raw, this.#formatsAt(point));
  }

  #formatsAt({ device, n }: DevicePoint): readonly CardFormat[] {
    const formats = this.#active?.cardFormats;
    return formats?.byReader.get(`${device}/reader/${n}`) ?? formats?.all ?? [];
  }

  /** One step: judged, applied, kept, sent. Undefined: the signal meant nothing here and is not kept. */
  #take(
    body: SignalBody,
    answer?: (events: readonly EventBody[]) => JournalEntry["answer"],
  ): Appended | undefined {
    const active = this.#active;
    if (!active) return undefined;
    const signal: Signal = { ...body, id: newId(), at: this.#parts.clock.now() };
    const people = new ReadRecorder(this.#parts.directory);
    const result = step(active.site, people, this.#state, signal);
    const { events, changes, commands } = result;
    if (events.length === 0 && changes.length === 0 && commands.length === 0) return undefined;
    const appended = this.#keep(signal, result, people.versions, answer?.(events));
    this.#release(appended, commands);
    this.#setWake();
    return appended;
  }

  #append(body: SignalBody, answer: JournalEntry["answer"]): Appended {
    const taken = this.#take(body, () => answer);
    if (taken) return taken;
    // Without a site there is no core to ask; the log is kept all the same.
    const signal: Signal = { ...body, id: newId(), at: this.#parts.clock.now() };
    const events = body.type === "noted" ? [body.event] : [];
    return this.#keep(signal, { events, changes: [], commands: [] }, {}, answer);
  }

  #keep(
    signal: Signal,
    { events, changes }: StepResult,
    read: JournalEntry["read"],
    answer: JournalEntry["answer"],
  ): Appended {
    const site = this.#active?.site;
    const concerned =
      site && this.#news.isHeard ? concernedBy(site, this.#state, signal, changes, events) : undefined;
    applyChanges(this.#state, changes as Change[]);
    this.#deadlines?.note(changes);
    const appended = this.#parts.journal.append({
      signal,
      revision: site?.revision ?? 0,
      read,
      changes,
      events,
      ...(answer === undefined ? {} : { answer }),
    });
    this.#news.tell(appended, () => {
      const now = this.#active?.site;
      return now && concerned ? concerned.views(now, this.#state, this.#parts.clock.now()) : undefined;
    });
    return appended;
  }

  #release(appended: Appended, commands: readonly Command[]): void {
    this.#carryOut(commands.filter((command) => command.urgent));
    const waiting = commands.filter((command) => !command.urgent);
    if (waiting.length > 0)
      this.#gate.hold(appended, (early) =>
        this.#carryOut(
          waiting.filter((command) => this.#stillMeant(command)),
          early,
        ),
      );
  }

  /** An order that waited for the disk may have been overtaken by a release that did not: then it must not be sent after it. */
  #stillMeant(command: Command): boolean {
    const held = "door" in command ? this.#state.doors.get(command.door)?.held : undefined;
    if (command.type === "lock-door") return held?.kind !== "emergency";
    return command.type !== "hold-door" || held?.id === command.id;
  }

  #carryOut(commands: readonly Command[], early = false): void {
    if (!this.#active || !this.#wiring || commands.length === 0) return;
    this.#dispatch.carryOut(this.#active.site, this.#wiring, commands, early);
  }

  #notDone({ device, door, command, outcome }: NotDone): void {
    if (!this.#running) return;
    const place = door === undefined ? {} : { door };
    this.#take({ type: "order-failed", device, ...place, command, why: outcome.is, detail: outcome.detail });
  }

  #serve(): void {
    for (const [name, driver] of this.#parts.drivers) driver.serve(this.#wiring?.devicesOf(name) ?? []);
  }

  // ------------------------------------------------------------------------------------------------------ the clock

  #setWake(): void {
    const next = this.#running ? this.#deadlines?.next() : undefined;
    if (next !== undefined && next === this.#wakesFor) return;
    clearTimeout(this.#wake);
    this.#wakesFor = next;
    if (next === undefined) return;
    const delay = Math.max(0, next - this.#parts.clock.now());
    // Rounded up: a timer that fires early would find nothing due and only be set again.
    this.#wake = setTimeout(() => this.#fireDue(), Math.min(Math.ceil(delay) + 1, longestTimerMs));
  }

  /** Ticks until nothing is due. Each tick moves the next deadline on (a property of the core), so this ends. */
  #fireDue(): void {
    this.#wakesFor = undefined;
    for (;;) {
      const next = this.#deadlines?.next();
      if (next === undefined || next > this.#parts.clock.now()) break;
      this.#take({ type: "tick" });
      const after = this.#deadlines?.next();
      if (after !== undefined && after <= next) {
        this.#parts.log.error({ deadline: next }, "a tick did not move the deadline on");
        break;
      }
    }
    this.#setWake();
  }

  async #whoTrusts(): Promise<ClockWord> {
    return (await this.#parts.clockTrust?.look()) ?? "nobody";
  }

  async #lookForTrust(): Promise<void> {
    const why = await this.#whoTrusts();
    if (why === "nobody" || !this.#running || this.#stopping || clockTrusted(this.#state)) return;
    this.#take({ type: "clock-trust", trusted: true, why });
    this.#fireDue();
  }

  #checkClock(): void {
    const { clock } = this.#parts;
    const offset = clock.now() - clock.monotonic();
    const byMs = Math.round(offset - this.#clockOffsetMs);
    if (Math.abs(byMs) >= clockStepMs) {
      this.#clockOffsetMs = offset;
      this.#recompile();
      this.#take({ type: "clock-stepped", byMs });
      this.#fireDue();
      // At once: it may have been the time service who set it.
      this.#lookForTrustAt = 0;
    }
    if (!clockTrusted(this.#state) && clock.monotonic() >= this.#lookForTrustAt) {
      this.#lookForTrustAt = clock.monotonic() + lookForTrustEveryMs;
      void this.#lookForTrust();
    }
    if (Math.abs(clock.now() - this.#recompiledAt) >= recompileEveryMs) this.#recompile();
    // A clock that is disciplined drifts from the timer that was set: it is set anew.
    this.#wakesFor = undefined;
    this.#setWake();
  }

  #recompile(): void {
    const active = this.#active;
    if (!active) return;
    this.#recompiledAt = this.#parts.clock.now();
    this.#active = { ...active, site: active.recompile(this.#recompiledAt) };
    this.#deadlines = new DeadlineIndex(this.#active.site, this.#state);
    this.#wakesFor = undefined;
    this.#setWake();
  }
}

/** What one number at a keypad is for, at a door that belongs to a partition. */
function choiceOf(site: Site, door: string, digit: string): KeypadChoice | undefined {
  const { inside, outside } = site.doors.get(door)?.partitions ?? {};
  const choices: Readonly<Record<string, KeypadChoice>> = {
    "0": "disarm",
    "1": "away",
    "2": "home",
    "3": "night",
    "4": "custom",
    "5": "arm-later",
  };
  return inside === undefined && outside === undefined ? undefined : choices[digit];
}

/** An order to lock a lock that the next site leaves: its door goes, or gets another lock. */
function leavesLock(command: Command, before: Site | undefined, after: Site): boolean {
  if (!("door" in command)) return false;
  const next = after.doors.get(command.door);
  if (!next) return true;
  const point = before?.doors.get(command.door)?.lock.point;
  return command.type === "lock-door" && point !== undefined && !samePoint(point, next.lock.point);
}

/** Resolves when the work is done, or after this long. */
function within(ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    work.then(done, done);
  });
}

/** Notes the version of every row that the step reads, so that a replay can read the same. */
class ReadRecorder implements People {
  readonly versions: Record<string, number> = {};
  readonly #directory: Directory;

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  person(id: PersonId): Person | undefined {
    const row = this.#directory.person(id);
    if (row) this.versions[id] = row.version;
    return row;
  }

  credential(id: CredentialId): Credential | undefined {
    const row = this.#directory.credential(id);
    if (row) this.versions[id] = row.version;
    if (row?.hasPin) {
      // That there is a PIN is said by a row of its own.
      const pin = this.#directory.credential(pinIdOf(row.person));
      if (pin) this.versions[pin.id] = pin.version;
    }
    return row;
  }
}
