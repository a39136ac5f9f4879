/**
 * A journal of months, made in minutes: events of a building with 500 doors and 100,000 people, through the store's own rows, with
 * a chain that verifies. Only the syncing of each batch is left out. Run: `npx tsx test/bench/journal-fill.ts FOLDER EVENTS`.
 */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { v7 as newId } from "uuid";
import { type EventBody, eventCatalogue, type SiteEvent } from "../../gateway/core/events.js";
import type { Signal } from "../../gateway/core/signals.js";
import type { Change } from "../../gateway/core/state.js";
import type { JournalEntry } from "../../gateway/ports.js";
import { type Progress, writeBatch } from "../../gateway/store/batch.js";
import { digestOf, firstLink, linkOf, Salts, signHead } from "../../gateway/store/chain.js";
import { openHandle, Writer } from "../../gateway/store/database.js";
import { EventIndex } from "../../gateway/store/event-index.js";
import { folderPaths } from "../../gateway/store/folder.js";
import { type HeadsFile, openHeadsFile, signingKey } from "../../gateway/store/heads.js";
import type { PendingEntry, SealedEvent } from "../../gateway/store/pending.js";
import { openStore } from "../../gateway/store/store.js";

export interface FillOptions {
  readonly events: number;
  /** The instant of the last event. */
  readonly endsAt?: number;
  readonly days?: number;
  /** Share of what happens in which the clock is set back by four minutes. */
  readonly clockSetBack?: number;
  readonly onProgress?: (events: number) => void;
}

export const doors = 500;
export const people = 100_000;
export const tenants = ["main", "bakery", "dentist", "lawyers"] as const;
const areas = 120;
const sensors = 1_500;

const dayMs = 86_400_000;
const eventsABatch = 4_000;
const eventsAHead = 1_000;

/** Fills an empty data folder; resolves when everything is written and can be searched. */
export async function fillJournal(dir: string, options: FillOptions): Promise<void> {
  await (await openStore(dir)).close();
  const paths = folderPaths(dir);
  const handle = await openHandle(paths.database, { readOnly: false, busyTimeoutMs: 1000 });
  await handle.exec(
    "PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA wal_autocheckpoint = 50000; PRAGMA temp_store = MEMORY",
  );
  const writer = new Writer(handle);
  const { key } = signingKey(paths);
  const headsFile: HeadsFile = await openHeadsFile(paths);
  const building = new Building(options);
  let progress: Progress = { n: 0, seq: 0, link: firstLink, revision: 3, at: 0 };
  const salts = new Salts();
  let written: Promise<void> = Promise.resolve();
  while (progress.seq < options.events) {
    const batch: PendingEntry[] = [];
    const until = Math.min(progress.seq + eventsABatch, options.events);
    while (progress.seq < until) {
      const sealed = seal(building.next(until - progress.seq), progress, salts);
      batch.push(sealed.pending);
      progress = sealed.progress;
    }
    const reached = progress;
    // While SQLite writes one batch on its thread, the next is made here.
    await written;
    written = writer.transact(async (tx) => {
      await writeBatch(tx, batch, reached);
      for (const { seq, link, at } of headsOf(batch)) {
        const head = signHead(key, seq, link, at);
        await tx.run("INSERT INTO heads (seq, link, at, signature) VALUES (?, ?, ?, ?)", [
          seq,
          Buffer.from(link),
          at,
          Buffer.from(head.signature),
        ]);
        if (seq > options.events - 10 * eventsAHead) await headsFile.append(head);
      }
    });
    options.onProgress?.(progress.seq);
  }
  await written;
  await headsFile.close();
  const index = new EventIndex(writer, handle);
  await index.load(progress.seq);
  await index.settled();
  await handle.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  await handle.close();
}

/** Drawn many at a time: a call of the system for each would be most of the work. */
const randomness = { bytes: randomBytes(0), used: 0 };

function idAt(msecs: number): string {
  if (randomness.used >= randomness.bytes.length) {
    randomness.bytes = randomBytes(16 * 4096);
    randomness.used = 0;
  }
  const random = randomness.bytes.subarray(randomness.used, randomness.used + 16);
  randomness.used += 16;
  return newId({ msecs, random });
}

/** As the journal stamps it (`SqliteJournal`), but with ids of the event's own time. */
function seal(
  entry: JournalEntry,
  before: Progress,
  salts: Salts,
): { readonly pending: PendingEntry; readonly progress: Progress } {
  let { seq, link } = before;
  const { at } = entry.signal;
  const events = entry.events.map((body): SealedEvent => {
    seq++;
    const event: SiteEvent = {
      v: 1,
      id: idAt(at),
      seq,
      at,
      site: "hq",
      ...body,
      tenant: body.tenant ?? "main",
      severity: eventCatalogue[body.type].severity,
      revision: entry.revision,
      signal: entry.signal.id,
    };
    const text = JSON.stringify(event);
    const salt = salts.next();
    const digest = digestOf(seq, salt, text);
    link = linkOf(link, digest);
    return { event, body: text, salt, digest, link };
  });
  const n = before.n + 1;
  return {
    pending: {
      is: "entry",
      n,
      entry,
      signal: JSON.stringify(entry.signal),
      events,
      settle: { written: () => {}, lost: () => {} },
    },
    progress: { n, seq, link, revision: entry.revision, at },
  };
}

function headsOf(batch: readonly PendingEntry[]) {
  return batch
    .flatMap(({ events }) => events)
    .filter(({ event }) => event.seq % eventsAHead === 0)
    .map(({ event, link }) => ({ seq: event.seq, link, at: event.at }));
}

/** What happens there: entries one after the other, by day and night. The same each time but for the stamps. */
class Building {
  readonly #random = randomFrom(20261123);
  readonly #meanMs: number;
  readonly #clockSetBack: number;
  #at: number;
  #n = 0;
  #waiting: JournalEntry[] = [];

  constructor({ events, endsAt = Date.UTC(2026, 10, 23), days = 120, clockSetBack = 1e-5 }: FillOptions) {
    this.#meanMs = (days * dayMs) / events;
    this.#at = endsAt - days * dayMs;
    this.#clockSetBack = clockSetBack;
  }

  /** The next entry, with at most `most` events. */
  next(most: number): JournalEntry {
    if (this.#waiting.length === 0) this.#waiting = this.#story();
    const entry = this.#waiting.shift();
    if (!entry) throw new Error("a story without an entry");
    return entry.events.length <= most ? entry : { ...entry, events: entry.events.slice(0, most) };
  }

  #story(): JournalEntry[] {
    const r = this.#random();
    if (this.#random() < this.#clockSetBack) {
      this.#at -= 4 * 60_000;
      return [this.#noted({ type: "system.clock-stepped", data: { seconds: -240 } })];
    }
    if (r < 0.62) return this.#passage();
    if (r < 0.67) return this.#denial();
    if (r < 0.82) return this.#exit();
    if (r < 0.9) return this.#sensor();
    if (r < 0.93) return this.#device();
    if (r < 0.95) return this.#heldOpen();
    if (r < 0.96) return [this.#audit()];
    return [this.#rare()];
  }

  #passage(): JournalEntry[] {
    const { door, scan, who, signal } = this.#scan();
    const granted: EventBody = { type: "access.granted", ...who, trace: granting };
    const opened = this.#moved(door, "open");
    const passed: EventBody = {
      type: "access.passed",
      tenant: door.tenant,
      door: door.id,
      side: "outside",
      area: door.area,
      person: who.person,
      credential: who.credential,
      scan,
      data: { how: "contact" },
    };
    return [
      this.#entry(signal, [granted], this.#read(who), doorState(door.id, signal.at)),
      { ...opened, events: [...opened.events, passed] },
      this.#moved(door, "closed"),
    ];
  }

  #denial(): JournalEntry[] {
    const { who, signal } = this.#scan();
    const reason = denials[Math.floor(this.#random() ** 3 * denials.length)] ?? denials[0];
    if (reason === "unknown-card") {
      const { person: _person, credential: _credential, ...unknown } = who;
      const event: EventBody = {
        type: "access.denied",
        ...unknown,
        shown: "…c793",
        reason,
        remedy: "would be let in if the card were given to a person",
        trace: [["known-card", "the card is not known here"]],
      };
      return [this.#entry(signal, [event], {}, [])];
    }
    const event: EventBody = {
      type: "access.denied",
      ...who,
      reason,
      remedy: "would be let in from 07:00 on Tuesday",
      trace: [...granting.slice(0, 5), ["within-schedule", "outside the hours of the person's groups"]],
    };
    return [this.#entry(signal, [event], this.#read(who), [])];
  }

  #exit(): JournalEntry[] {
    const door = this.#door();
    const signal = { ...this.#stamp(), type: "exit-requested", door: door.id } as const;
    const event: EventBody = { type: "door.exit-requested", tenant: door.tenant, door: door.id };
    return [
      this.#entry(signal, [event], {}, doorState(door.id, signal.at)),
      this.#moved(door, "open"),
      this.#moved(door, "closed"),
    ];
  }

  #sensor(): JournalEntry[] {
    const sensor = `sensor-${Math.floor(this.#random() ** 2 * sensors)}`;
    return [true, false].map((active) => {
      const signal = {
        ...this.#stamp(),
        type: "sensor-changed",
        sensor,
        active,
        fault: null,
        edge: true,
      } as const;
      const type = active ? "device.sensor-active" : "device.sensor-restored";
      return this.#entry(signal, [{ type, tenant: "main", sensor }], {}, []);
    });
  }

  #device(): JournalEntry[] {
    const device = `${this.#random() < 0.5 ? "reader" : "lock"}-${Math.floor(this.#random() * doors)}`;
    return [false, true].map((online) => {
      const signal = { ...this.#stamp(), type: "device-presence", device, online } as const;
      const change: Change = { kind: "devices", id: device, value: { online, since: signal.at } };
      return this.#entry(signal, [{ type: online ? "device.online" : "device.lost", device }], {}, [change]);
    });
  }

  #heldOpen(): JournalEntry[] {
    const door = this.#door();
    return (["door.held-open", "door.held-open-ended"] as const).map((type) =>
      this.#noted({ type, tenant: door.tenant, door: door.id }),
    );
  }

  #audit(): JournalEntry {
    const by = { kind: "operator", id: `operator-${Math.floor(this.#random() * 12)}` } as const;
    const type = this.#random() < 0.7 ? "audit.signed-in" : "audit.people-changed";
    return this.#noted({ type, by, data: { from: "192.0.2.17" } });
  }

  #rare(): JournalEntry {
    const r = this.#random();
    const door = this.#door();
    if (r < 0.001) return this.#noted({ type: "safety.fire", sensor: "sensor-7" });
    if (r < 0.01) return this.#noted({ type: "door.forced", tenant: door.tenant, door: door.id });
    if (r < 0.05) return this.#noted({ type: "system.released-early", data: { waitedMs: 60, seqs: [1] } });
    if (r < 0.06)
      return this.#noted({ type: "device.battery-low", device: "reader-13", data: { battery: 9 } });
    const by = { kind: "operator", id: `operator-${Math.floor(r * 12)}` } as const;
    return this.#noted({
      type: "door.unlocked",
      tenant: door.tenant,
      door: door.id,
      by,
      data: { seconds: 5 },
    });
  }

  #scan() {
    const door = this.#door();
    const n = Math.floor(this.#random() ** 2 * people);
    const person = `p${n}`;
    const credential = `c${n}-${this.#random() < 0.9 ? 1 : 2}`;
    const stamp = this.#stamp();
    const scan = `scan-${this.#n.toString(36)}`;
    const device = `reader-${door.n}`;
    const shown = "…c793";
    const signal = {
      ...stamp,
      type: "credential-presented",
      door: door.id,
      side: "outside",
      scan,
      device,
      credential,
      shown,
    } as const;
    const who = {
      tenant: door.tenant,
      door: door.id,
      side: "outside",
      device,
      scan,
      credential,
      person,
    } as const;
    return { door, scan, signal, who };
  }

  #moved(door: Door, position: "open" | "closed"): JournalEntry {
    const signal = {
      ...this.#stamp(),
      type: "contact-changed",
      door: door.id,
      position,
      edge: true,
      fault: null,
    } as const;
    const type = position === "open" ? "door.opened" : "door.closed";
    const event: EventBody = { type, tenant: door.tenant, door: door.id };
    return this.#entry(signal, [event], {}, doorState(door.id, signal.at));
  }

  #noted(event: EventBody): JournalEntry {
    return this.#entry({ ...this.#stamp(), type: "noted", event }, [event], {}, []);
  }

  #entry(
    signal: Signal,
    events: readonly EventBody[],
    read: Readonly<Record<string, number>>,
    changes: readonly Change[],
  ): JournalEntry {
    return { signal, revision: 3, read, changes, events };
  }

  #read(who: { readonly person: string; readonly credential: string }): Readonly<Record<string, number>> {
    return { [who.person]: 1, [who.credential]: 1 };
  }

  #stamp(): { readonly id: string; readonly at: number } {
    const hour = (this.#at / 3_600_000) % 24;
    const busy = hour > 6 && hour < 19 ? 1.7 : 0.24;
    this.#at += (-Math.log(1 - this.#random()) * this.#meanMs * 1.24) / busy;
    this.#n++;
    return { id: idAt(this.#at), at: Math.floor(this.#at) };
  }

  #door(): Door {
    const n = Math.floor(this.#random() ** 2 * doors);
    return {
      n,
      id: `door-${n}`,
      area: `area-${n % areas}`,
      tenant: tenants[n % 7 === 0 ? n % 4 : 0] ?? "main",
    };
  }
}

interface Door {
  readonly n: number;
  readonly id: string;
  readonly area: string;
  readonly tenant: string;
}

const granting = [
  ["known-card", "ok"],
  ["card-active", "ok"],
  ["not-blocked", "ok"],
  ["within-validity", "ok"],
  ["group-has-door", "ok"],
  ["within-schedule", "ok"],
] as const;

const denials = [
  "outside-schedule",
  "no-access",
  "unknown-card",
  "card-suspended",
  "card-lost",
  "card-expired",
  "person-blocked",
  "card-stolen",
] as const;

function doorState(id: string, at: number): readonly Change[] {
  return [
    { kind: "doors", id, value: { condition: { is: "closed" }, position: "closed" } },
    { kind: "devices", id: `lock-of-${id}`, value: { online: true, since: at } },
  ];
}

/** Mulberry32: small, quick, good enough for a building. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

if (process.argv[1] === import.meta.filename) {
  const [, , folder, count] = process.argv;
  const events = Number(count);
  if (!folder || !Number.isInteger(events) || events < 1) {
    process.stderr.write("usage: npx tsx test/bench/journal-fill.ts FOLDER EVENTS\n");
    process.exitCode = 2;
  } else {
    const begun = performance.now();
    const said = { at: 0 };
    await fillJournal(resolve(folder), {
      events,
      onProgress: (done) => {
        if (done - said.at < 500_000) return;
        said.at = done;
        process.stderr.write(`${done} events, ${Math.round((performance.now() - begun) / 1000)} s\n`);
      },
    });
    process.stdout.write(
      `${events} events in ${Math.round((performance.now() - begun) / 1000)} s: ${resolve(folder)}\n`,
    );
  }
}
