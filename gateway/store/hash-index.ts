/**
 * From a text's hash to records, by open addressing with linear probing. It is cut into shards that grow each on its own, so
 * that growing never holds the loop for long. Equal hashes are told apart by the caller, who compares the whole text.
 */
import { randomBytes } from "node:crypto";
import { bytesOf } from "./columns.js";

const shardBits = 8;
const shardCount = 1 << shardBits;
const firstSlots = 8;
/** A shard grows when more of it is taken, tombstones included. */
const fullest = 0.88;
const growth = 1.2;
/** Entries do not spread evenly over the shards: room for them all leaves some for the fullest. */
const reservedFullness = 0.82;

const empty = 0;
const removed = 0xffff_ffff;

/** The 64-bit hash of some bytes; the next call overwrites it. */
export class Hash {
  /** Lower and upper half. */
  low = 0;
  high = 0;
  #seeds: readonly [low: number, high: number] = [randomBytes(4).readInt32LE(), randomBytes(4).readInt32LE()];

  /** What every hash depends on: kept with an index that is written to a file. */
  get seeds(): readonly [low: number, high: number] {
    return this.#seeds;
  }

  set seeds(seeds: readonly [low: number, high: number]) {
    this.#seeds = seeds;
  }

  /** Two lanes of MurmurHash3's mixing with random seeds: chosen card values cannot be made to collide from outside. */
  of(bytes: Uint8Array, from: number, length: number): void {
    let [low, high] = this.#seeds;
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
  /** Eight bits of the upper half of each slot's hash: a miss hardly ever touches a record. */
  tags: Uint8Array;
  taken: number;
}

/** The hash of a record's text, to place it anew when its shard grows. */
type HashOf = (record: number) => { readonly low: number; readonly high: number };

export class HashIndex {
  readonly #shards: Shard[];
  readonly #hashOf: HashOf;

  constructor(hashOf: HashOf) {
    this.#hashOf = hashOf;
    this.#shards = Array.from({ length: shardCount }, () => ({
      slots: new Uint32Array(firstSlots),
      tags: new Uint8Array(firstSlots),
      taken: 0,
    }));
  }

  /** Makes room for so many entries at once, before they come. */
  reserve(entries: number): void {
    const slots = Math.ceil(entries / shardCount / reservedFullness);
    for (const shard of this.#shards) if (shard.slots.length < slots) this.#resize(shard, slots);
  }

  /** The first record for which `matches` says true, of those with this hash and of some others. */
  find(low: number, high: number, matches: (record: number) => boolean): number | undefined {
    const shard = this.#shardOf(low);
    const { slots, tags } = shard;
    const tag = high & 0xff;
    for (let at = placeOf(low, slots.length); ; at = at + 1 === slots.length ? 0 : at + 1) {
      const slot = slots[at] ?? empty;
      if (slot === empty) return undefined;
      if (slot === removed || tags[at] !== tag) continue;
      if (matches(slot - 1)) return slot - 1;
    }
  }

  add(low: number, high: number, record: number): void {
    const shard = this.#shardOf(low);
    if (shard.taken + 1 > shard.slots.length * fullest) this.#grow(shard);
    place(shard, low, high, record);
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

  /** The memory itself, in order. */
  get blocks(): readonly Uint8Array[] {
    return this.#shards.flatMap(({ slots, tags }) => [bytesOf(slots), tags]);
  }

  /** Slots and slots taken of each shard: with `blocks` the whole index. */
  get sizes(): readonly (readonly [slots: number, taken: number])[] {
    return this.#shards.map(({ slots, taken }) => [slots.length, taken]);
  }

  /** Fresh memory of these sizes, to be filled. */
  allocate(sizes: readonly (readonly [slots: number, taken: number])[]): readonly Uint8Array[] {
    if (sizes.length !== shardCount) throw new RangeError(`${sizes.length} shards, not ${shardCount}`);
    for (const [i, [slots, taken]] of sizes.entries()) {
      const shard = this.#shards[i];
      if (!shard) continue;
      shard.slots = new Uint32Array(slots);
      shard.tags = new Uint8Array(slots);
      shard.taken = taken;
    }
    return this.blocks;
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
    shard.tags = new Uint8Array(length);
    shard.taken = 0;
    for (const record of records) {
      const { low, high } = this.#hashOf(record);
      place(shard, low, high, record);
    }
  }
}

function place(shard: Shard, low: number, high: number, record: number): void {
  const { slots, tags } = shard;
  let at = placeOf(low, slots.length);
  while (slots[at] !== empty) at = at + 1 === slots.length ? 0 : at + 1;
  slots[at] = record + 1;
  tags[at] = high & 0xff;
  shard.taken++;
}

/** The hash's bits below the shard's, spread over any length. */
function placeOf(low: number, length: number): number {
  return Math.floor((((low << shardBits) >>> 0) / 0x1_0000_0000) * length);
}
