import type { Handle } from "./database.js";

export class SchemaTooNew extends Error {
  constructor(file: string, found: number, known: number) {
    super(
      `${file}: written by a newer Gatewarden (schema ${found}, this one knows up to ${known}); use that version or restore a backup`,
    );
    this.name = "SchemaTooNew";
  }
}

/** Applied in order, each once; never edited after a release, only added to. The number is the place in the list, from 1. */
const migrations: readonly string[] = [
  `
  -- What the core was told, in order; kept for replay.
  CREATE TABLE signals (
    n INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    read TEXT,
    first_seq INTEGER,
    events INTEGER NOT NULL
  );
  CREATE INDEX signals_at ON signals(at);

  -- body is the very text that was hashed. After expiry only seq, digest and link are left.
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    id BLOB, at INTEGER, type TEXT, category TEXT, severity TEXT,
    door TEXT, area TEXT, person TEXT, device TEXT, sensor TEXT,
    body TEXT, salt BLOB,
    digest BLOB NOT NULL, link BLOB NOT NULL
  );
  CREATE INDEX events_id ON events(id) WHERE id IS NOT NULL;
  CREATE INDEX events_at ON events(at) WHERE at IS NOT NULL;
  CREATE INDEX events_type ON events(type) WHERE type IS NOT NULL;
  CREATE INDEX events_category ON events(category) WHERE category IS NOT NULL;
  CREATE INDEX events_severity ON events(severity) WHERE severity IS NOT NULL;
  CREATE INDEX events_door ON events(door) WHERE door IS NOT NULL;
  CREATE INDEX events_area ON events(area) WHERE area IS NOT NULL;
  CREATE INDEX events_person ON events(person) WHERE person IS NOT NULL;
  CREATE INDEX events_device ON events(device) WHERE device IS NOT NULL;
  CREATE INDEX events_sensor ON events(sensor) WHERE sensor IS NOT NULL;

  CREATE TABLE heads (seq INTEGER PRIMARY KEY, link BLOB NOT NULL, at INTEGER NOT NULL, signature BLOB NOT NULL);

  -- Numbers that no event row has: lost by a failing disk, or cut away by somebody. link is that of to_seq.
  CREATE TABLE gaps (
    from_seq INTEGER PRIMARY KEY, to_seq INTEGER NOT NULL, link BLOB NOT NULL,
    why TEXT NOT NULL CHECK (why IN ('lost', 'truncated')), told_by INTEGER
  );

  -- Where the journal stands; one row, written with every batch.
  CREATE TABLE progress (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    n INTEGER NOT NULL, seq INTEGER NOT NULL, link BLOB NOT NULL, revision INTEGER, at INTEGER
  );
  INSERT INTO progress VALUES (1, 0, 0, zeroblob(32), NULL, NULL);

  CREATE TABLE state (kind TEXT NOT NULL, id TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;

  CREATE TABLE answers (
    client TEXT NOT NULL, request TEXT NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (client, request)
  ) WITHOUT ROWID;
  CREATE INDEX answers_at ON answers(at);

  CREATE TABLE snapshots (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, changes TEXT NOT NULL);
  CREATE INDEX snapshots_at ON snapshots(at);

  CREATE TABLE sites (
    revision INTEGER PRIMARY KEY, document TEXT NOT NULL, by TEXT NOT NULL, note TEXT, at INTEGER NOT NULL
  );

  -- Every version of every row; the newest is the one in force.
  CREATE TABLE person_versions (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL, version INTEGER NOT NULL, newest INTEGER NOT NULL,
    name TEXT NOT NULL, sought TEXT NOT NULL, tenant TEXT NOT NULL, groups TEXT NOT NULL, status TEXT NOT NULL,
    valid_from INTEGER, valid_until INTEGER,
    at INTEGER NOT NULL, by TEXT NOT NULL, why TEXT,
    UNIQUE (id, version)
  );
  CREATE INDEX person_names ON person_versions(sought, id) WHERE newest = 1;

  CREATE TABLE credential_versions (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL, version INTEGER NOT NULL, newest INTEGER NOT NULL,
    person TEXT NOT NULL, status TEXT NOT NULL, value TEXT NOT NULL, printed TEXT,
    valid_from INTEGER, valid_until INTEGER,
    at INTEGER NOT NULL, by TEXT NOT NULL, why TEXT,
    UNIQUE (id, version)
  );
  CREATE INDEX credentials_of ON credential_versions(person) WHERE newest = 1;
  CREATE INDEX credentials_printed ON credential_versions(printed) WHERE newest = 1 AND printed IS NOT NULL;

  CREATE TABLE accounts (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, role TEXT NOT NULL, discreet INTEGER NOT NULL, disabled INTEGER NOT NULL,
    secret_kind TEXT NOT NULL, secret TEXT NOT NULL, created_at INTEGER NOT NULL, extra TEXT NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE sessions (
    digest TEXT PRIMARY KEY, account TEXT NOT NULL,
    created_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  `,
  `
  -- Sessions say when somebody last proved who they are, and from where they signed in. Those that are open end.
  DROP TABLE sessions;
  CREATE TABLE sessions (
    digest TEXT PRIMARY KEY, account TEXT NOT NULL,
    created_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    fresh_at INTEGER NOT NULL, address TEXT NOT NULL, agent TEXT NOT NULL
  ) WITHOUT ROWID;

  -- What an account has besides its row: second factors, invites, tokens. Whatever is secret in value is a digest, but for TOTP.
  CREATE TABLE IF NOT EXISTS account_parts (
    kind TEXT NOT NULL, id TEXT NOT NULL, account TEXT NOT NULL, created_at INTEGER NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (kind, id)
  ) WITHOUT ROWID;
  `,
  `
  -- People are sought in a database of its own, index/search.db, which is made from these rows.
  DROP INDEX person_names;
  DROP INDEX credentials_printed;

  -- How often versions were removed or rewritten: whatever was made from the rows before is made anew.
  CREATE TABLE people_rewritten (one INTEGER PRIMARY KEY CHECK (one = 1), times INTEGER NOT NULL);
  INSERT INTO people_rewritten VALUES (1, 0);
  CREATE TRIGGER person_removed AFTER DELETE ON person_versions
    BEGIN UPDATE people_rewritten SET times = times + 1; END;
  CREATE TRIGGER person_rewritten AFTER UPDATE OF row, id, version, name, sought, tenant, groups, status, valid_from, valid_until
    ON person_versions BEGIN UPDATE people_rewritten SET times = times + 1; END;
  CREATE TRIGGER person_renewed AFTER UPDATE OF newest ON person_versions WHEN new.newest = 1
    BEGIN UPDATE people_rewritten SET times = times + 1; END;
  CREATE TRIGGER credential_removed AFTER DELETE ON credential_versions
    BEGIN UPDATE people_rewritten SET times = times + 1; END;
  CREATE TRIGGER credential_rewritten AFTER UPDATE OF row, id, version, person, status, value, printed, valid_from, valid_until
    ON credential_versions BEGIN UPDATE people_rewritten SET times = times + 1; END;
  CREATE TRIGGER credential_renewed AFTER UPDATE OF newest ON credential_versions WHEN new.newest = 1
    BEGIN UPDATE people_rewritten SET times = times + 1; END;
  `,
  `
  -- Events are found by sets of places, a set for each value in each 32,768 numbers, and no longer by an index a column.
  ALTER TABLE events ADD COLUMN credential TEXT;
  ALTER TABLE events ADD COLUMN reason TEXT;
  ALTER TABLE events ADD COLUMN tenant TEXT;
  UPDATE events SET credential = body->>'credential', reason = body->>'reason', tenant = body->>'tenant'
    WHERE body IS NOT NULL;
  DROP INDEX events_type;
  DROP INDEX events_category;
  DROP INDEX events_severity;
  DROP INDEX events_door;
  DROP INDEX events_area;
  DROP INDEX events_device;
  DROP INDEX events_sensor;
  CREATE INDEX events_credential ON events(credential) WHERE credential IS NOT NULL;

  CREATE TABLE event_values (id INTEGER PRIMARY KEY, field TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (field, value));
  CREATE TABLE event_places (
    value INTEGER NOT NULL, segment INTEGER NOT NULL, places BLOB NOT NULL, PRIMARY KEY (value, segment)
  ) WITHOUT ROWID;
  -- Segments that are whole and have their sets. in_order: their instants run with their numbers.
  CREATE TABLE event_segments (
    segment INTEGER PRIMARY KEY, events INTEGER NOT NULL, from_at INTEGER, to_at INTEGER, in_order INTEGER NOT NULL
  );
  `,
  `
  -- What few people and cards have besides, as one JSON text; NULL where there is none.
  ALTER TABLE person_versions ADD COLUMN extra TEXT;
  ALTER TABLE credential_versions ADD COLUMN extra TEXT;
  CREATE INDEX person_companies ON person_versions(extra->>'company' COLLATE NOCASE)
    WHERE newest = 1 AND extra IS NOT NULL;

  DROP TRIGGER person_rewritten;
  CREATE TRIGGER person_rewritten
    AFTER UPDATE OF row, id, version, name, sought, tenant, groups, status, valid_from, valid_until, extra
    ON person_versions BEGIN UPDATE people_rewritten SET times = times + 1; END;
  DROP TRIGGER credential_rewritten;
  CREATE TRIGGER credential_rewritten
    AFTER UPDATE OF row, id, version, person, status, value, printed, valid_from, valid_until, extra
    ON credential_versions BEGIN UPDATE people_rewritten SET times = times + 1; END;
  `,
  `
  -- Acts on many people at once: which rows they changed, so that they can be undone.
  CREATE TABLE people_acts (
    id TEXT PRIMARY KEY, at INTEGER NOT NULL, by TEXT NOT NULL, note TEXT, rows TEXT NOT NULL, undone_at INTEGER
  ) WITHOUT ROWID;
  `,
];

const newestSchema = migrations.length;

/** Brings the database to the newest schema, or to an older one, each step in a transaction; throws SchemaTooNew. */
export async function migrate(handle: Handle, file: string, until = newestSchema): Promise<void> {
  const [row] = await handle.allOnce<{ user_version: number }>("PRAGMA user_version");
  const found = row?.user_version ?? 0;
  if (found > newestSchema) throw new SchemaTooNew(file, found, newestSchema);
  for (let version = found; version < until; version++) {
    try {
      await handle.exec(
        `BEGIN IMMEDIATE; ${migrations[version]} PRAGMA user_version = ${version + 1}; COMMIT`,
      );
    } catch (error) {
      await handle.exec("ROLLBACK").catch(() => {});
      throw error;
    }
  }
}
