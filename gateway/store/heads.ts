/** The signing key and the signed heads, both kept apart from the database that they vouch for. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { type Head, headIsGenuine, publicHalf } from "./chain.js";
import { type FolderPaths, syncFolder } from "./folder.js";

export interface SigningKey {
  readonly key: KeyObject;
  readonly publicKey: KeyObject;
  /** Made just now: there was none. */
  readonly fresh: boolean;
}

/** Reads the Ed25519 key, or makes it at the first run (0600). */
export function signingKey(paths: FolderPaths): SigningKey {
  const fresh = !existsSync(paths.privateKey);
  const key = fresh
    ? generateKeyPairSync("ed25519").privateKey
    : createPrivateKey(readFileSync(paths.privateKey));
  const publicKey = publicHalf(key);
  if (fresh)
    replaceFile(paths.privateKey, key.export({ type: "pkcs8", format: "pem" }) as string, paths.keys);
  if (fresh || !existsSync(paths.publicKey)) {
    replaceFile(paths.publicKey, publicKey.export({ type: "spki", format: "pem" }) as string, paths.keys);
  }
  return { key, publicKey, fresh };
}

/** The half that verifies; undefined where there is none. */
export function verifyingKey(paths: FolderPaths): KeyObject | undefined {
  if (existsSync(paths.publicKey)) return createPublicKey(readFileSync(paths.publicKey));
  if (existsSync(paths.privateKey)) return createPublicKey(readFileSync(paths.privateKey));
  return undefined;
}

export interface HeadsOnFile {
  /** In the order written. */
  readonly heads: readonly Head[];
  /** Lines that are no heads; a line that a power cut tore off at the end does not count. */
  readonly unreadable: number;
}

export function readHeads(paths: FolderPaths): HeadsOnFile {
  const lines = wholeLines(paths);
  const heads = lines.flatMap((line) => parseHead(line) ?? []);
  return { heads, unreadable: lines.length - heads.length };
}

function wholeLines(paths: FolderPaths): string[] {
  if (!existsSync(paths.heads)) return [];
  return readFileSync(paths.heads, "utf8").split("\n").slice(0, -1);
}

/** The newest head whose signature is right. */
export function lastGenuineHead(heads: readonly Head[], publicKey: KeyObject): Head | undefined {
  return heads.filter((head) => headIsGenuine(publicKey, head)).reduce<Head | undefined>(newer, undefined);
}

function newer(best: Head | undefined, head: Head): Head {
  return best && best.seq >= head.seq ? best : head;
}

type WrittenFile = Pick<FileHandle, "appendFile" | "datasync" | "truncate" | "close">;

/** Appends signed heads, each on disk before `append` resolves. */
export class HeadsFile {
  readonly #file: WrittenFile;
  /** Bytes of whole lines. */
  #length: number;
  #torn = false;

  constructor(file: WrittenFile, length: number) {
    this.#file = file;
    this.#length = length;
  }

  /** Where the disk fails, half a line may be left: it is cut off before the next. */
  async append(head: Head): Promise<void> {
    const line = headLine(head);
    if (this.#torn) await this.#file.truncate(this.#length);
    this.#torn = true;
    await this.#file.appendFile(line);
    await this.#file.datasync();
    this.#torn = false;
    this.#length += Buffer.byteLength(line);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** The database has every head; the file needs the newest ones only, and must not grow for ever. */
const keptHeads = 1_000;
const longestFileHeads = 10_000;

/** Opens the file for appending, rid of a torn line and of all but its newest heads if it has grown long. */
export async function openHeadsFile(paths: FolderPaths): Promise<HeadsFile> {
  const lines = wholeLines(paths);
  const kept = lines.length > longestFileHeads ? lines.slice(-keptHeads) : lines;
  const text = kept.map((line) => `${line}\n`).join("");
  if (!existsSync(paths.heads) || readFileSync(paths.heads, "utf8") !== text) {
    replaceFile(paths.heads, text, paths.keys);
  }
  return new HeadsFile(await open(paths.heads, "a", 0o600), Buffer.byteLength(text));
}

/** Written whole beside it, synced and put in its place: there is always the old one or the new one. */
function replaceFile(file: string, text: string, folder: string): void {
  const beside = `${file}.new`;
  const descriptor = openSync(beside, "w", 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(beside, file);
  syncFolder(folder);
}

function headLine(head: Head): string {
  const link = Buffer.from(head.link).toString("hex");
  const signature = Buffer.from(head.signature).toString("base64");
  return `${JSON.stringify({ seq: head.seq, link, at: head.at, signature })}\n`;
}

function parseHead(line: string): Head | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof raw !== "object" || raw === null) return undefined;
  const { seq, link, at, signature } = raw as Record<string, unknown>;
  if (typeof seq !== "number" || typeof at !== "number") return undefined;
  if (typeof link !== "string" || typeof signature !== "string") return undefined;
  return { seq, at, link: Buffer.from(link, "hex"), signature: Buffer.from(signature, "base64") };
}
