/**
 * Small files that vouch for themselves: what is in them is signed with a key that lies apart from them, so that nobody who can
 * only write to the data folder's files gives himself a badge. Written whole, synced and put in place.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** The file is there and cannot be believed. */
export class SignedFileRefused extends Error {
  readonly file: string;
  constructor(file: string, why: string) {
    super(`${file}: ${why}`);
    this.name = "SignedFileRefused";
    this.file = file;
  }
}

export interface SignedFiles {
  /** The body of a file of this folder; undefined: there is none. Throws SignedFileRefused. */
  read(name: string): unknown;
  write(name: string, body: unknown): void;
}

/** The signed files of a data folder; its key is made at the first run. */
export function signedFiles(dataDir: string): SignedFiles {
  const keyFile = join(dataDir, "keys", "emergency.key");
  return {
    read: (name) => {
      const file = join(dataDir, name);
      if (!existsSync(file)) return undefined;
      if (!existsSync(keyFile)) throw new SignedFileRefused(file, `its key ${keyFile} is gone`);
      return opened(file, createPublicKey(signingKey(keyFile)));
    },
    write: (name, body) => {
      const text = JSON.stringify(body);
      const signature = sign(null, Buffer.from(text), signingKey(keyFile)).toString("base64");
      replaceFile(join(dataDir, name), `${JSON.stringify({ body, signature }, undefined, 1)}\n`);
    },
  };
}

function signingKey(file: string): KeyObject {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync("ed25519");
    replaceFile(file, privateKey.export({ type: "pkcs8", format: "pem" }) as string);
  }
  return createPrivateKey(readFileSync(file));
}

function opened(file: string, key: KeyObject): unknown {
  let raw: { readonly body?: unknown; readonly signature?: unknown } | null;
  try {
    raw = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new SignedFileRefused(file, `cannot be read: ${(error as Error).message}`);
  }
  const { body, signature } = raw ?? {};
  const text = Buffer.from(JSON.stringify(body) ?? "");
  if (typeof signature !== "string" || !verify(null, text, key, Buffer.from(signature, "base64")))
    throw new SignedFileRefused(file, "its signature is wrong: somebody changed it");
  return body;
}

/** Written whole beside it, synced and put in its place: there is always the old one or the new one. */
function replaceFile(file: string, text: string): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const beside = `${file}.new`;
  const descriptor = openSync(beside, "w", 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  chmodSync(beside, 0o600);
  renameSync(beside, file);
  const held = openSync(folder, "r");
  try {
    fsyncSync(held);
  } finally {
    closeSync(held);
  }
}
