/**
 * The chain that proves the journal. digest = H(seq ‖ salt ‖ body), link = H(previous link ‖ digest). The salt keeps a short
 * body from being guessed from its digest after the body was deleted; seq and digest stay, so that the chain still verifies.
 */
import { createPublicKey, hash, type KeyObject, randomBytes, sign, verify } from "node:crypto";

/** The link before the first event. */
export const firstLink: Uint8Array = new Uint8Array(32);

const saltBytes = 16;

export interface Head {
  readonly seq: number;
  readonly link: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly signature: Uint8Array;
}

export function digestOf(seq: number, salt: Uint8Array, body: string): Buffer {
  // Every UTF-16 unit is at most three bytes.
  const hashed = Buffer.allocUnsafe(8 + salt.length + 3 * body.length);
  hashed.writeBigUInt64BE(BigInt(seq));
  hashed.set(salt, 8);
  const length = hashed.write(body, 8 + salt.length, "utf8");
  return hash("sha256", hashed.subarray(0, 8 + salt.length + length), "buffer");
}

export function linkOf(previous: Uint8Array, digest: Uint8Array): Buffer {
  const hashed = Buffer.allocUnsafe(previous.length + digest.length);
  hashed.set(previous);
  hashed.set(digest, previous.length);
  return hash("sha256", hashed, "buffer");
}

export function signHead(key: KeyObject, seq: number, link: Uint8Array, at: number): Head {
  return { seq, link, at, signature: sign(null, headText(seq, link, at), key) };
}

export function headIsGenuine(key: KeyObject, head: Head): boolean {
  return verify(null, headText(head.seq, head.link, head.at), key, head.signature);
}

export function publicHalf(key: KeyObject): KeyObject {
  return createPublicKey(key);
}

/** Names its purpose, so that a signature of this key means nothing anywhere else. */
function headText(seq: number, link: Uint8Array, at: number): Buffer {
  return Buffer.from(`gatewarden journal head\n${seq}\n${Buffer.from(link).toString("hex")}\n${at}\n`);
}

/** Salts, drawn from the system's randomness many at a time. */
export class Salts {
  #pool = Buffer.alloc(0);
  #used = 0;

  next(): Buffer {
    if (this.#used >= this.#pool.length) {
      this.#pool = randomBytes(saltBytes * 256);
      this.#used = 0;
    }
    const salt = this.#pool.subarray(this.#used, this.#used + saltBytes);
    this.#used += saltBytes;
    return salt;
  }
}
