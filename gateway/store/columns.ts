/** Typed arrays that grow by chunks: nothing is copied when they grow, and no more than one chunk lies idle. */
import type { TextProbe } from "./hash-index.js";

const chunkBits = 16;
const chunkLength = 1 << chunkBits;
const chunkMask = chunkLength - 1;

type NumberArray = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** One field of every record, by the record's number. */
export class Column<A extends NumberArray> {
  readonly #make: (length: number) => A;
  readonly #chunks: A[] = [];

  constructor(make: (length: number) => A) {
    this.#make = make;
  }

  get(record: number): number {
    return this.#chunks[record >>> chunkBits]?.[record & chunkMask] ?? 0;
  }

  set(record: number, value: number): void {
    const chunk = record >>> chunkBits;
    while (this.#chunks.length <= chunk) this.#chunks.push(this.#make(chunkLength));
    const array = this.#chunks[chunk];
    if (array) array[record & chunkMask] = value;
  }

  get bytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  }
}

export function bytesColumn(): Column<Uint8Array> {
  return new Column((length) => new Uint8Array(length));
}

export function shortsColumn(): Column<Uint16Array> {
  return new Column((length) => new Uint16Array(length));
}

export function numbersColumn(): Column<Uint32Array> {
  return new Column((length) => new Uint32Array(length));
}

/** NaN stands for absent. */
function instantsColumn(): Column<Float64Array> {
  return new Column((length) => new Float64Array(length));
}

/** First and last instant of validity, kept only for the records that have one; number 0 is "always". */
export class Validities {
  readonly #from = instantsColumn();
  readonly #until = instantsColumn();
  #count = 1;

  /** Keeps a record's validity in the place that it already has, or in a new one; returns the place. */
  put(place: number, from: number | undefined, until: number | undefined): number {
    if (from === undefined && until === undefined) return 0;
    const at = place === 0 ? this.#count++ : place;
    this.#from.set(at, from ?? Number.NaN);
    this.#until.set(at, until ?? Number.NaN);
    return at;
  }

  get(place: number): { validFrom?: number; validUntil?: number } {
    if (place === 0) return {};
    const from = this.#from.get(place);
    const until = this.#until.get(place);
    return {
      ...(Number.isNaN(from) ? {} : { validFrom: from }),
      ...(Number.isNaN(until) ? {} : { validUntil: until }),
    };
  }

  get bytes(): number {
    return this.#from.bytes + this.#until.bytes;
  }
}

const arenaChunkBits = 20;
const arenaChunkBytes = 1 << arenaChunkBits;
const arenaMask = arenaChunkBytes - 1;

/** The longest text that is kept, in bytes of UTF-8: two bytes of length stand before each. */
export const longestText = 4_096;

/** Texts as bytes, one behind the other; a text never lies across two chunks. Place 0 holds none. */
export class Arena {
  readonly #chunks: Buffer[] = [];
  /** Where the next text goes in the last chunk. */
  #offset = arenaChunkBytes;

  /** Returns where it lies. */
  add(bytes: Uint8Array, length: number): number {
    const needed = length + (length < 0x80 ? 1 : 2);
    if (this.#offset + needed > arenaChunkBytes) {
      this.#chunks.push(Buffer.alloc(arenaChunkBytes));
      this.#offset = this.#chunks.length === 1 ? 1 : 0;
    }
    const start = (this.#chunks.length - 1) * arenaChunkBytes + this.#offset;
    const chunk = this.#chunkAt(start);
    let at = this.#offset;
    if (length < 0x80) chunk[at++] = length;
    else {
      chunk[at++] = 0x80 | (length >>> 8);
      chunk[at++] = length & 0xff;
    }
    // Byte by byte: a view for each short text would cost more than the copying.
    for (let i = 0; i < length; i++) chunk[at + i] = bytes[i] ?? 0;
    this.#offset += needed;
    return start;
  }

  equals(where: number, bytes: Uint8Array, length: number): boolean {
    const chunk = this.#chunkAt(where);
    let at = where & arenaMask;
    const first = chunk[at++] ?? 0;
    const stored = first < 0x80 ? first : ((first & 0x7f) << 8) | (chunk[at++] ?? 0);
    if (stored !== length) return false;
    for (let i = 0; i < length; i++) if (chunk[at + i] !== bytes[i]) return false;
    return true;
  }

  text(where: number): string {
    return this.#read(where, (chunk, at, length) => chunk.toString("utf8", at, at + length));
  }

  /** The hash of the text that lies there, left in `probe`. */
  hash(where: number, probe: TextProbe): void {
    this.#read(where, (chunk, at, length) => probe.hash(chunk, at, length));
  }

  #read<T>(where: number, use: (chunk: Buffer, at: number, length: number) => T): T {
    const chunk = this.#chunkAt(where);
    const at = where & arenaMask;
    const first = chunk[at] ?? 0;
    if (first < 0x80) return use(chunk, at + 1, first);
    return use(chunk, at + 2, ((first & 0x7f) << 8) | (chunk[at + 1] ?? 0));
  }

  get bytes(): number {
    return this.#chunks.length * arenaChunkBytes;
  }

  #chunkAt(where: number): Buffer {
    const chunk = this.#chunks[where >>> arenaChunkBits];
    if (!chunk) throw new RangeError(`no text lies at ${where}`);
    return chunk;
  }
}

/** Few different values shared by many records: each is kept once and known by its number. */
export class Shared<T> {
  readonly #numbers = new Map<string, number>();
  readonly #values: T[] = [];

  number(key: string, make: () => T): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#values.length;
    this.#numbers.set(key, number);
    this.#values.push(make());
    return number;
  }

  get size(): number {
    return this.#values.length;
  }

  value(number: number): T {
    const value = this.#values[number];
    if (value === undefined) throw new RangeError(`no shared value has the number ${number}`);
    return value;
  }
}
