import type { AccountRow, AccountRows } from "../../gateway/accounts/accounts.js";
import type { AccountPart, AccountPartRows } from "../../gateway/accounts/parts.js";

export interface KeptRows extends AccountRows {
  readonly rows: Map<string, AccountRow>;
  /** What was written, in order: `put front-reader`. */
  readonly writes: string[];
  /** Runs before each write, as a slow or failing disk does. */
  before: (write: string) => Promise<void>;
}

/** Rows that outlive a book, as a database does. */
export function keptRows(): KeptRows {
  const rows = new Map<string, AccountRow>();
  const kept: KeptRows = {
    rows,
    writes: [],
    before: () => Promise.resolve(),
    all: async () => [...rows.values()],
    put: async (row) => {
      await kept.before(`put ${row.id}`);
      kept.writes.push(`put ${row.id}`);
      rows.set(row.id, structuredClone(row));
    },
    remove: async (id) => {
      await kept.before(`remove ${id}`);
      kept.writes.push(`remove ${id}`);
      rows.delete(id);
    },
  };
  return kept;
}

export interface KeptParts extends AccountPartRows {
  readonly parts: Map<string, AccountPart>;
  /** Runs before each write, as a slow or failing disk does. */
  before: (write: string) => Promise<void>;
}

/** Parts of accounts that outlive who keeps them, as a database does. */
export function keptParts(): KeptParts {
  const parts = new Map<string, AccountPart>();
  const kept: KeptParts = {
    parts,
    before: () => Promise.resolve(),
    all: async () => [...parts.values()],
    put: async (part) => {
      await kept.before(`put ${part.kind} ${part.id}`);
      parts.set(`${part.kind} ${part.id}`, structuredClone(part));
    },
    remove: async (kind, id) => {
      await kept.before(`remove ${kind} ${id}`);
      parts.delete(`${kind} ${id}`);
    },
  };
  return kept;
}

/** A clock that only goes when told to. */
export function setClock(now = Date.parse("2026-11-24T09:00:00Z")) {
  const clock = {
    at: now,
    now: () => clock.at,
    monotonic: () => clock.at,
    pass: (ms: number) => {
      clock.at += ms;
    },
  };
  return clock;
}
