/** Keys of the secure channel (OSDP 2.2, annex D): AES-128, single blocks. Nothing here is ever logged. */
import { createCipheriv, randomBytes, timingSafeEqual } from "node:crypto";

export const keyBytes = 16;

/** The published default key SCBK-D: a session under it protects nothing. */
export const defaultKey: Uint8Array = Uint8Array.from({ length: keyBytes }, (_, i) => 0x30 + i);

/** Of the system's generator. */
export function freshBytes(count: number): Uint8Array {
  return randomBytes(count);
}

/** A key that nobody has seen. */
export function freshKey(): Uint8Array {
  const key = freshBytes(keyBytes);
  return weakness(key) === undefined ? key : freshKey();
}

/** One block, AES-128. */
export function aesBlock(key: Uint8Array, block: Uint8Array): Uint8Array {
  const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
  return cipher.update(block);
}

export interface SessionKeys {
  readonly enc: Uint8Array;
  readonly mac1: Uint8Array;
  readonly mac2: Uint8Array;
}

/** Only six bytes of the panel's random number go into the keys (annex D.4.1): it must never repeat. */
export function sessionKeys(scbk: Uint8Array, rndA: Uint8Array): SessionKeys {
  const derived = (kind: number) => {
    const block = new Uint8Array(keyBytes);
    block[0] = 0x01;
    block[1] = kind;
    block.set(rndA.subarray(0, 6), 2);
    return aesBlock(scbk, block);
  };
  return { enc: derived(0x82), mac1: derived(0x01), mac2: derived(0x02) };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

/** By which the reader proves the key. */
export function clientCryptogram({ enc }: SessionKeys, rndA: Uint8Array, rndB: Uint8Array): Uint8Array {
  return aesBlock(enc, joined(rndA, rndB));
}

/** By which the panel proves it. */
export function serverCryptogram({ enc }: SessionKeys, rndA: Uint8Array, rndB: Uint8Array): Uint8Array {
  return aesBlock(enc, joined(rndB, rndA));
}

/** The start of the MAC chain. */
export function firstRMac({ mac1, mac2 }: SessionKeys, server: Uint8Array): Uint8Array {
  return aesBlock(mac2, aesBlock(mac1, server));
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Keys out of documents of others, besides those that the rules catch. */
const sampleKeys: readonly string[] = [
  // FIPS 197, appendix A.1.
  "2b7e151628aed2a6abf7158809cf4f3c",
  "0123456789abcdef0123456789abcdef",
  "0123456789abcdeffedcba9876543210",
  "deadbeefdeadbeefdeadbeefdeadbeef",
];

/** Why this key must not be used; undefined: nothing speaks against it. */
export function weakness(key: Uint8Array): string | undefined {
  if (key.length !== keyBytes) return `has ${key.length} bytes instead of ${keyBytes}`;
  const steps = new Set(Array.from({ length: keyBytes - 1 }, (_, i) => byteStep(key, i)));
  // All equal, counting up or down, the default key, 00112233…FF.
  if (steps.size === 1) return "counts up, counts down or repeats one byte";
  if (key.every((byte) => /[0-9A-Za-z]/.test(String.fromCharCode(byte))))
    return "is text that somebody typed";
  return sampleKeys.includes(Buffer.from(key).toString("hex")) ? "is a published sample" : undefined;
}

function byteStep(key: Uint8Array, i: number): number {
  return ((key[i + 1] as number) - (key[i] as number)) & 0xff;
}
