import type { AccountRow, AccountRows } from "../../gateway/accounts/accounts.js";

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
