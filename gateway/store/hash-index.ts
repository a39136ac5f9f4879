/**
 * From a text's hash to records, by open addressing with linear probing. It is cut into shards that grow each on its own, so
 * that growing never holds the loop for long. Equal hashes are told apart by the caller, who compares the whole text.
 */
import { randomBytes } from "node:crypto";

const shardBits = 8;
const shardCount = 1 << shardBits;
const firstSlots = 8;
/** A shard grows when more of it is taken, tombstones included. */
const fullest = 0.78;
const growth = 1.35;
/** Entries do not spread evenly over the shards: room for them all leaves some for the fullest. */
const reservedFullness = 0.72;

const empty = 0;
const removed = 0xffff_ffff;

/** A text as bytes with its 64-bit hash, in a buffer that the next text overwrites. */
export class TextProbe {
  readonly bytes: Buffer;
  length = 0;
  /** Lower and upper half of the hash. */
  low = 0;
  high = 0;
  readonly #seedLow = randomBytes(4).readInt32LE();
  readonly #seedHigh = randomBytes(4).readInt32LE();

  constructor(longest: number) {
    this.bytes = Buffer.alloc(longest + 4);
  }

  /** false: the text is longer than any that is kept. */
  read(text: string): boolean {
    if (text.length + 4 > this.bytes.length) return false;
    this.length = this.bytes.write(text, "utf8");
    if (this.length + 4 > this.bytes.length) return false;
    this.hash(this.bytes, 0, this.length);
    return true;
  }

  /**
   * Takes only the hash, of bytes that lie elsewhere. Two lanes of MurmurHash3's mixing with random seeds: chosen card values
   * cannot be made to collide from outside.
   */
  hash(bytes: Uint8Array, from: number, length: number): void {
    let low = this.#seedLow;
    let high = this.#seedHigh;
    for (let i = from; i < from + length; i++) {
      const byte = bytes[i] ?? 0;
      low = Math.imul(low ^ byte, 0x5bd1e995);
      low ^= low >>> 15;
      high = Math.imul(high ^ byte, 0x27d4eb2f) + low;
      high ^= high >>> 13;
    }
    this.low = finish(low ^ length) >>> 0;
    this.high = finish(high) >>> 0;
  }
}

function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

interface Shard {
  /** Record + 1; 0: empty. */
  slots: Uint32Array;
  /** Upper half of each slot's hash; empty where the index keeps none. */
  tags: Uint32Array;
  taken: number;
}

export interface HashIndexOptions {
  /** Keeps half of each hash beside it: 4 bytes an entry more, and a miss touches no record. */
  readonly tagged: boolean;
  /** Puts a record's text in the probe, to place it anew when its shard grows. */
  readonly load: (record: number) => { readonly low: number; readonly high: number };
}

export class HashIndex {
  readonly #shards: Shard[];
  readonly #options: HashIndexOptions;

  constructor(options: HashIndexOptions) {
    this.#options = options;
    this.#shards = Array.from({ length: shardCount }, () => ({
      slots: new Uint32Array(firstSlots),
      tags: new Uint32Array(options.tagged ? firstSlots : 0),
      taken: 0,
    }));
  }

  /** Makes room for so many entries at once, before they come. */
  reserve(entries: number): void {
    const slots = Math.ceil(entries / shardCount / reservedFullness);
    for (const shard of this.#shards) if (shard.slots.length < slots) this.#resize(shard, slots);
  }

  /** The first record for which `matches` says true, of those with this hash (and, untagged, of some others). */
  find(low: number, high: number, matches: (record: number) => boolean): number | undefined {
    const shard = this.#shardOf(low);
    const { slots, tags } = shard;
    const { tagged } = this.#options;
    for (let at = placeOf(low, slots.length); ; at = at + 1 === slots.length ? 0 : at + 1) {
      const slot = slots[at] ?? empty;
      if (slot === empty) return undefined;
      if (slot === removed || (tagged && tags[at] !== high)) continue;
      if (matches(slot - 1)) return slot - 1;
    }
  }

  add(low: number, high: number, record: number): void {
    const shard = this.#shardOf(low);
    if (shard.taken + 1 > shard.slots.length * fullest) this.#grow(shard);
    place(shard, low, high, record, this.#options.tagged);
  }

  remove(low: number, record: number): void {
    const { slots } = this.#shardOf(low);
    for (
      let at = placeOf(low, slots.length);
      slots[at] !== empty;
      at = at + 1 === slots.length ? 0 : at + 1
    ) {
      if (slots[at] !== record + 1) continue;
      slots[at] = removed;
      return;
    }
  }

  get bytes(): number {
    return this.#shards.reduce((sum, { slots, tags }) => sum + slots.byteLength + tags.byteLength, 0);
  }

  #shardOf(low: number): Shard {
    const shard = this.#shards[low >>> (32 - shardBits)];
    if (!shard) throw new RangeError(`no shard for hash ${low}`);
    return shard;
  }

  #grow(shard: Shard): void {
    let entries = 1;
    for (const slot of shard.slots) if (slot !== empty && slot !== removed) entries++;
    this.#resize(shard, Math.max(firstSlots, Math.ceil(entries * (growth / fullest))));
  }

  #resize(shard: Shard, length: number): void {
    const records: number[] = [];
    for (const slot of shard.slots) if (slot !== empty && slot !== removed) records.push(slot - 1);
    shard.slots = new Uint32Array(length);
    shard.tags = new Uint32Array(this.#options.tagged ? length : 0);
    shard.taken = 0;
    for (const record of records) {
      const { low, high } = this.#options.load(record);
      place(shard, low, high, record, this.#options.tagged);
    }
  }
}

function place(shard: Shard, low: number, high: number, record: number, tagged: boolean): void {
  const { slots, tags } = shard;
  let at = placeOf(low, slots.length);
  while (slots[at] !== empty) at = at + 1 === slots.length ? 0 : at + 1;
  slots[at] = record + 1;
  if (tagged) tags[at] = high;
  shard.taken++;
}

/** The hash's bits below the shard's, spread over any length. */
function placeOf(low: number, length: number): number {
  return Math.floor((((low << shardBits) >>> 0) / 0x1_0000_0000) * length);
}
