/** Walks the whole journal, read-only, also while a gateway is running, and names the first thing that is not as it was signed. */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { categoryOf } from "./batch.js";
import { digestOf, firstLink, type Head, headIsGenuine, linkOf } from "./chain.js";
import { type Handle, openHandle } from "./database.js";
import { type FolderPaths, folderPaths } from "./folder.js";
import { readHeads, verifyingKey } from "./heads.js";
import { type Hidden, IndexWalk } from "./verify-index.js";

interface Break {
  readonly seq: number;
  readonly why: string;
}

export interface Verified {
  readonly ok: boolean;
  /** Events walked, expired ones among them. */
  readonly events: number;
  /** Of these, how many have no body any more. */
  readonly expired: number;
  /** Signed heads met on the way. */
  readonly heads: number;
  /** First and last number walked; both 0 in an empty journal. */
  readonly from: number;
  readonly to: number;
  /** Ranges that a failing disk lost; each is told of by a `system.lost` that is part of the chain. */
  readonly lost: readonly { readonly from: number; readonly to: number }[];
  readonly firstBreak?: Break;
}

/** There is no journal, or no key to verify it with. */
export class NothingToVerify extends Error {
  constructor(what: string) {
    super(what);
    this.name = "NothingToVerify";
  }
}

interface EventRow {
  readonly seq: number;
  readonly id: string | null;
  readonly at: number | null;
  readonly type: string | null;
  readonly category: string | null;
  readonly severity: string | null;
  readonly door: string | null;
  readonly area: string | null;
  readonly person: string | null;
  readonly device: string | null;
  readonly sensor: string | null;
  readonly credential: string | null;
  readonly reason: string | null;
  readonly tenant: string | null;
  readonly body: string | null;
  readonly salt: Buffer | null;
  readonly digest: Buffer;
  readonly link: Buffer;
}

const rowsAPage = 1_000;
const busyTimeoutMs = 5_000;
/** A gap is told of in the batch after it; a gateway that is just writing that one is waited for. */
const untoldPatienceMs = 3_000;

export interface VerifyProgress {
  /** Walked so far. */
  readonly events: number;
  /** The last number there is, as the journal says itself. */
  readonly of: number;
}

/** Throws NothingToVerify, or DatabaseFailed where the file itself cannot be read. */
export async function verifyJournal(
  dir: string,
  onProgress: (progress: VerifyProgress) => void = () => {},
): Promise<Verified> {
  const paths = folderPaths(dir);
  if (!existsSync(paths.database)) throw new NothingToVerify(`${dir}: there is no journal here`);
  const handle = await openHandle(paths.database, { readOnly: true, busyTimeoutMs });
  try {
    const walk = new Walk(handle, paths, onProgress);
    await walk.start();
    return await walk.run();
  } finally {
    await handle.close();
  }
}

class Walk {
  readonly #handle: Handle;
  readonly #paths: FolderPaths;
  /** By number; where database and file disagree, both are here. */
  #heads = new Map<number, readonly HeadSeen[]>();
  /** What the journal must reach at least. */
  #reach = 0;
  #reachedBy = "";
  #events = 0;
  #expired = 0;
  #headsMet = 0;
  #from = 0;
  #last = 0;
  #link: Uint8Array = firstLink;
  readonly #lost: { readonly from: number; readonly to: number }[] = [];
  #unreadableHeads = 0;

  readonly #index: IndexWalk;
  readonly #onProgress: (progress: VerifyProgress) => void;

  constructor(handle: Handle, paths: FolderPaths, onProgress: (progress: VerifyProgress) => void) {
    this.#handle = handle;
    this.#paths = paths;
    this.#onProgress = onProgress;
    this.#index = new IndexWalk(handle);
  }

  /** Heads and the journal's own count first: what is written meanwhile can only be more. */
  async start(): Promise<void> {
    const key = verifyingKey(this.#paths);
    if (!key)
      throw new NothingToVerify(`${this.#paths.publicKey}: the key to verify the journal with is missing`);
    const onFile = readHeads(this.#paths);
    this.#unreadableHeads = onFile.unreadable;
    const progress = await this.#handle.first<{ seq: number }>("SELECT seq FROM progress");
    const inTable = await this.#handle.all<{ seq: number; link: Buffer; at: number; signature: Buffer }>(
      "SELECT seq, link, at, signature FROM heads",
    );
    for (const [place, heads] of [
      ["the database", inTable],
      [this.#paths.heads, onFile.heads],
    ] as const) {
      for (const head of heads) {
        const seen = { head, genuine: headIsGenuine(key, head), place };
        this.#heads.set(head.seq, [...(this.#heads.get(head.seq) ?? []), seen]);
      }
    }
    this.#reach = progress?.seq ?? 0;
    this.#reachedBy = "its own count";
    for (const head of [...this.#heads.values()].flat()) {
      if (!head.genuine || head.head.seq < this.#reach) continue;
      this.#reach = head.head.seq;
      this.#reachedBy = "its last signed head";
    }
  }

  async run(): Promise<Verified> {
    const first = await this.#handle.first<{ seq: number | null }>("SELECT min(seq) AS seq FROM events");
    const broken =
      (first?.seq == null ? undefined : await this.#startAt(first.seq)) ??
      (await this.#walk()) ??
      this.#end();
    return {
      ok: broken === undefined,
      events: this.#events,
      expired: this.#expired,
      heads: this.#headsMet,
      from: this.#from,
      to: this.#events === 0 ? 0 : this.#last,
      lost: this.#lost,
      ...(broken ? { firstBreak: broken } : {}),
    };
  }

  /** A journal whose beginning was cut off starts behind a signed head, or behind what a failing disk lost. */
  async #startAt(seq: number): Promise<Break | undefined> {
    this.#from = seq;
    if (seq === 1) return undefined;
    const base = this.#heads.get(seq - 1)?.find(({ genuine }) => genuine);
    if (base) {
      this.#last = seq - 1;
      this.#link = base.head.link;
      this.#headsMet++;
      return undefined;
    }
    return this.#bridge(seq);
  }

  async #walk(): Promise<Break | undefined> {
    for (;;) {
      const rows: EventRow[] = await this.#handle.all<EventRow>(
        `SELECT seq, lower(hex(id)) AS id, at, type, category, severity, door, area, person, device, sensor,
           credential, reason, tenant, body, salt, digest, link FROM events WHERE seq > ? ORDER BY seq LIMIT ${rowsAPage}`,
        [this.#last],
      );
      for (const row of rows) {
        // Awaited only where there is something to wait for: ten million rows come by here.
        const gap = row.seq === this.#last + 1 ? undefined : await this.#bridge(row.seq);
        const broken = gap ?? this.#check(row);
        if (broken) return broken;
        const hidden = this.#index.isOver(row.seq) ? hiddenBreak(await this.#index.end()) : undefined;
        if (hidden) return hidden;
        this.#index.take(row);
      }
      this.#onProgress({ events: this.#events, of: Math.max(this.#reach, this.#last) });
      if (rows.length < rowsAPage) return hiddenBreak(await this.#index.end());
    }
  }

  /** Over numbers that are missing, if a `system.lost` in the chain explains them. */
  async #bridge(next: number): Promise<Break | undefined> {
    if (next !== this.#last + 1) await this.#followCut(next);
    while (next !== this.#last + 1) {
      const missing = this.#last + 1;
      const gap = await this.#gapAt(missing);
      if (gap?.why === "truncated") {
        return {
          seq: missing,
          why: `events ${missing} to ${gap.to_seq} are missing: the journal was cut short`,
        };
      }
      if (!gap || gap.to_seq >= next || !(await this.#isTold(gap))) {
        const which = next - missing === 1 ? `event ${missing} is` : `events ${missing} to ${next - 1} are`;
        return { seq: missing, why: `${which} missing` };
      }
      this.#lost.push({ from: gap.from_seq, to: gap.to_seq });
      this.#last = gap.to_seq;
      this.#link = gap.link;
    }
    return undefined;
  }

  /** The gateway has just cut the beginning off, at a signed head: what was walked is gone, and the walk goes on behind. */
  async #followCut(next: number): Promise<void> {
    const first = await this.#handle.first<{ seq: number }>("SELECT seq FROM events ORDER BY seq LIMIT 1");
    if (first?.seq !== next || this.#last === 0) return;
    const base = this.#heads.get(next - 1)?.find(({ genuine }) => genuine);
    if (!base) return;
    this.#last = next - 1;
    this.#link = base.head.link;
  }

  async #gapAt(seq: number): Promise<GapRow | undefined> {
    const until = Date.now() + untoldPatienceMs;
    for (;;) {
      const gap = await this.#handle.first<GapRow>(
        "SELECT from_seq, to_seq, link, why, told_by FROM gaps WHERE from_seq = ?",
        [seq],
      );
      if (!gap || gap.why === "truncated" || gap.told_by !== null || Date.now() > until) return gap;
      await sleep(100);
    }
  }

  /** The event that tells of it names the same numbers and the link to go on from; the walk comes to it later. */
  async #isTold(gap: GapRow): Promise<boolean> {
    const row = await this.#handle.first<{ body: string | null }>(
      "SELECT body FROM events WHERE seq = ? AND type = 'system.lost'",
      [gap.told_by],
    );
    if (!row?.body) return false;
    const { data } = JSON.parse(row.body) as { data?: Record<string, unknown> };
    return data?.from === gap.from_seq && data.to === gap.to_seq && data.link === gap.link.toString("hex");
  }

  #check(row: EventRow): Break | undefined {
    const { seq } = row;
    this.#last = seq;
    this.#events++;
    if (row.body === null) this.#expired++;
    else if (row.salt === null || !digestOf(seq, row.salt, row.body).equals(row.digest)) {
      return { seq, why: `the body of event ${seq} is not the one that was written` };
    } else {
      const column = alteredColumn(row, row.body);
      if (column) return { seq, why: `event ${seq} is filed under another ${column} than it has` };
    }
    const link = linkOf(this.#link, row.digest);
    if (!link.equals(row.link))
      return { seq, why: `the link of event ${seq} does not follow from the one before` };
    this.#link = link;
    for (const { head, genuine, place } of this.#heads.get(seq) ?? []) {
      if (!genuine) return { seq, why: `the signature of head ${seq} in ${place} is wrong` };
      if (!link.equals(head.link))
        return { seq, why: `the chain up to event ${seq} is not the one that was signed` };
      this.#headsMet++;
    }
    return undefined;
  }

  #end(): Break | undefined {
    if (this.#last < this.#reach) {
      const missing = this.#last + 1;
      return {
        seq: missing,
        why: `events ${missing} to ${this.#reach} are missing: the journal is shorter than ${this.#reachedBy}`,
      };
    }
    const beyond = [...this.#heads.values()]
      .flat()
      .find(({ head, genuine }) => !genuine && head.seq > this.#last);
    if (beyond) {
      return {
        seq: beyond.head.seq,
        why: `the signature of head ${beyond.head.seq} in ${beyond.place} is wrong`,
      };
    }
    if (this.#unreadableHeads === 0) return undefined;
    return {
      seq: this.#last,
      why: `${this.#paths.heads}: ${this.#unreadableHeads} of its lines cannot be read`,
    };
  }
}

function hiddenBreak(hidden: Hidden | undefined): Break | undefined {
  if (!hidden) return undefined;
  const { seq, field } = hidden;
  const what = field === "any" ? "no search of the log finds it" : `no search for its ${field} finds it`;
  return { seq, why: `event ${seq} is left out of the index: ${what}` };
}

interface HeadSeen {
  readonly head: Head;
  readonly genuine: boolean;
  readonly place: string;
}

interface GapRow {
  readonly from_seq: number;
  readonly to_seq: number;
  readonly link: Buffer;
  readonly why: "lost" | "truncated";
  readonly told_by: number | null;
}

/** The columns that questions are answered by must say what the body says, or an event could be hidden from every filter. */
function alteredColumn(row: EventRow, body: string): string | undefined {
  const event = JSON.parse(body) as Record<string, unknown>;
  const expected: Readonly<Record<string, unknown>> = {
    id: String(event.id).replaceAll("-", ""),
    at: event.at,
    type: event.type,
    category: categoryOf(String(event.type)),
    severity: event.severity,
    door: event.door ?? null,
    area: event.area ?? null,
    person: event.person ?? null,
    device: event.device ?? null,
    sensor: event.sensor ?? null,
    credential: event.credential ?? null,
    reason: event.reason ?? null,
    tenant: event.tenant ?? null,
  };
  const stored = row as unknown as Readonly<Record<string, unknown>>;
  return Object.keys(expected).find((column) => stored[column] !== expected[column]);
}
