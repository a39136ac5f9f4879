/**
 * The index of the people as a file, so that a start need not read every row. It may be thrown away at any time: the rows are the
 * truth. It is taken only if it was written by this code on such a machine, whole, of this very database, and if no row that it
 * holds was rewritten or removed since; what was added since is then read from the rows.
 */
import { createHash } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { endianness } from "node:os";
import { dirname } from "node:path";
import { CardIndex, type IndexShape } from "./card-index.js";
import type { Handle } from "./database.js";
import { syncFolder } from "./folder.js";
import type { Marks } from "./people-load.js";

/** Counts up with every change of what the blocks mean. */
const format = 2;
const magic = Buffer.from("GWPEOPLE");
const digestBytes = 32;
const longestHeader = 16 * 1024 * 1024;
/** Bytes read or written between two turns of the loop: hashing them takes a millisecond. */
const bytesAtOnce = 1024 * 1024;
/** Synced so often: a hundred megabytes at once would keep the journal's own sync waiting. */
const bytesASync = 8 * 1024 * 1024;
/** Of `IOV_MAX` (1,024 on Linux and macOS). */
const buffersAtOnce = 512;
/** The more of the memory holds nothing any more, the better are the rows, which fill none in vain. */
const mostWasted = 0.25;
/** Rows whose content must be as it was. */
const fingerprintRows = 100;

/** Which rows a snapshot is of. */
export interface Basis {
  readonly marks: Marks;
  /** How often rows were rewritten or removed, which never happens but by an erasure or by hand. */
  readonly rewritten: number;
  /** Of the newest rows below the marks: another database, or an older one put back, has others. */
  readonly fingerprint: string;
}

interface Header {
  readonly format: number;
  readonly endianness: string;
  readonly basis: Basis;
  readonly shape: IndexShape;
}

/** What a snapshot up to these marks must be of. */
export async function basisOf(handle: Handle, marks: Marks): Promise<Basis> {
  const rewritten = await handle.first<{ times: number }>("SELECT times FROM people_rewritten");
  const hash = createHash("sha256");
  const newest = [
    [
      "person_versions",
      "id, version, name, tenant, groups, status, valid_from, valid_until, extra, at, by",
      marks.people,
    ],
    [
      "credential_versions",
      "id, version, person, status, value, printed, valid_from, valid_until, extra, at, by",
      marks.credentials,
    ],
  ] as const;
  for (const [table, columns, until] of newest) {
    const found = await handle.first<{ rows: string }>(
      `SELECT json_group_array(json_array(row, ${columns})) AS rows
       FROM (SELECT row, ${columns} FROM ${table} WHERE row <= ? ORDER BY row DESC LIMIT ${fingerprintRows})`,
      [until],
    );
    hash.update(found?.rows ?? "");
  }
  return { marks, rewritten: rewritten?.times ?? 0, fingerprint: hash.digest("hex") };
}

/**
 * Writes the index beside the file and puts it in its place when it is whole and on disk. `stillSo` is asked again and again: as
 * soon as it says no, the index has changed under way and what was written is thrown away. Returns whether it was written.
 */
export async function writeSnapshot(
  file: string,
  index: CardIndex,
  basis: Basis,
  stillSo: () => boolean,
): Promise<boolean> {
  if (index.wasted > mostWasted) return false;
  const beside = `${file}.new`;
  const { shape, blocks } = index.dump();
  const header = Buffer.from(
    JSON.stringify({ format, endianness: endianness(), basis, shape } satisfies Header),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const hash = createHash("sha256");
  await rm(beside, { force: true });
  const handle = await open(beside, "wx", 0o600);
  try {
    let unsynced = 0;
    for (const piece of piecesOf([magic, length, header, ...blocks])) {
      if (!stillSo()) return false;
      for (const block of piece) hash.update(block);
      unsynced += (await handle.writev(piece as Uint8Array[])).bytesWritten;
      if (unsynced < bytesASync) continue;
      await handle.datasync();
      unsynced = 0;
    }
    if (!stillSo()) return false;
    await handle.write(hash.digest());
    await handle.sync();
  } finally {
    await handle.close();
  }
  // Nothing is awaited from here to the rename's begin: what is put in place is of this moment, or older by rows alone.
  if (!stillSo()) {
    await rm(beside, { force: true });
    return false;
  }
  await rename(beside, file);
  syncFolder(dirname(file));
  return true;
}

/** Blocks of together about `bytesAtOnce`; larger ones are cut. */
function* piecesOf(blocks: readonly Uint8Array[]): Generator<readonly Uint8Array[]> {
  let piece: Uint8Array[] = [];
  let bytes = 0;
  for (const block of blocks) {
    for (let at = 0; at < block.length; at += bytesAtOnce) {
      const part = block.subarray(at, at + bytesAtOnce);
      piece.push(part);
      bytes += part.length;
      if (bytes < bytesAtOnce && piece.length < buffersAtOnce) continue;
      yield piece;
      piece = [];
      bytes = 0;
    }
  }
  if (piece.length > 0) yield piece;
}

export interface Snapshot {
  readonly index: CardIndex;
  readonly marks: Marks;
}

/** The snapshot in `file`, if it may be taken, else why not; undefined: there is none. */
export async function readSnapshot(
  file: string,
  basis: (marks: Marks) => Promise<Basis>,
  newest: Marks,
): Promise<Snapshot | { readonly why: string } | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(file, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return await readFrom(handle, basis, newest);
  } catch (error) {
    return { why: (error as Error).message };
  } finally {
    await handle.close();
  }
}

async function readFrom(
  handle: FileHandle,
  basis: (marks: Marks) => Promise<Basis>,
  newest: Marks,
): Promise<Snapshot | { readonly why: string }> {
  const hash = createHash("sha256");
  const start = await filled(handle, Buffer.alloc(magic.length + 4), hash);
  if (!start.subarray(0, magic.length).equals(magic)) return { why: "it is no snapshot" };
  const headerBytes = start.readUInt32LE(magic.length);
  if (headerBytes > longestHeader) return { why: "its header is too long" };
  const header = JSON.parse((await filled(handle, Buffer.alloc(headerBytes), hash)).toString()) as Header;
  if (header.format !== format || header.endianness !== endianness()) {
    return { why: "another version or another machine wrote it" };
  }
  const { marks } = header.basis;
  if (marks.people > newest.people || marks.credentials > newest.credentials) {
    return { why: "it holds rows that the database does not have" };
  }
  const now = await basis(marks);
  if (now.rewritten !== header.basis.rewritten) return { why: "rows were rewritten since" };
  if (now.fingerprint !== header.basis.fingerprint) return { why: "it is of another database" };
  const index = new CardIndex();
  await filledAll(handle, piecesOf(index.take(header.shape)), hash);
  const digest = await filled(handle, Buffer.alloc(digestBytes), undefined);
  if (!digest.equals(hash.digest())) return { why: "it is damaged" };
  return { index, marks };
}

async function filled(
  handle: FileHandle,
  buffer: Buffer,
  hash: ReturnType<typeof createHash> | undefined,
): Promise<Buffer> {
  await filledAll(handle, [[buffer]], hash);
  return buffer;
}

/** While one piece is read, the one before it is hashed. */
async function filledAll(
  handle: FileHandle,
  pieces: Iterable<readonly Uint8Array[]>,
  hash: ReturnType<typeof createHash> | undefined,
): Promise<void> {
  let before: readonly Uint8Array[] = [];
  for (const piece of pieces) {
    const reading = handle.readv(piece as Uint8Array[]);
    for (const buffer of before) hash?.update(buffer);
    const { bytesRead } = await reading;
    if (bytesRead !== piece.reduce((sum, { length }) => sum + length, 0)) {
      throw new Error("it ends too early");
    }
    before = piece;
  }
  for (const buffer of before) hash?.update(buffer);
}
