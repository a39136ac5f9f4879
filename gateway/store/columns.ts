/** Memory in blocks: nothing is copied when it grows, no more than one block lies idle, and it is written to a file as it is. */

const chunkBits = 16;
const chunkLength = 1 << chunkBits;
const chunkMask = chunkLength - 1;

/** One number of every record, by the record's number; 0 where none was set. */
export class Column {
  readonly #chunks: Uint32Array[] = [];

  get(record: number): number {
    return this.#chunks[record >>> chunkBits]?.[record & chunkMask] ?? 0;
  }

  set(record: number, value: number): void {
    const chunk = record >>> chunkBits;
    while (this.#chunks.length <= chunk) this.#chunks.push(new Uint32Array(chunkLength));
    const array = this.#chunks[chunk];
    if (array) array[record & chunkMask] = value;
  }

  get bytes(): number {
    return this.#chunks.length * chunkLength * 4;
  }

  /** The memory itself, in order. */
  get blocks(): readonly Uint8Array[] {
    return this.#chunks.map(bytesOf);
  }

  /** Fresh memory of as many blocks, to be filled. */
  allocate(blocks: number): readonly Uint8Array[] {
    for (let i = 0; i < blocks; i++) this.#chunks.push(new Uint32Array(chunkLength));
    return this.blocks;
  }
}

/** The bytes of a typed array, not a copy of them. */
export function bytesOf(array: Uint8Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

const arenaChunkBits = 20;
const arenaChunkBytes = 1 << arenaChunkBits;
const arenaMask = arenaChunkBytes - 1;

/** The longest record, in bytes. */
export const longestRecord = 1 << 14;

/**
 * Records as bytes, one behind the other; none lies across two chunks. Before each stands the room that it has (one or two
 * bytes), so that it can be written anew where it lies. Place 0 holds none.
 */
export class Arena {
  readonly #chunks: Buffer[] = [];
  /** Where the next record goes in the last chunk. */
  #offset = arenaChunkBytes;
  #waste = 0;

  /** Writes a record where it lies, if it has the room there, else in a new place; returns the place. */
  put(place: number, bytes: Uint8Array, length: number): number {
    if (place !== 0) {
      const chunk = this.chunk(place);
      const at = place & arenaMask;
      const room = roomAt(chunk, at);
      if (length <= room) {
        copy(bytes, length, chunk, at + (room < 0x80 ? 1 : 2));
        return place;
      }
      this.#waste += room;
    }
    if (length > longestRecord) throw new RangeError(`a record of ${length} bytes is too long to keep`);
    const needed = length + (length < 0x80 ? 1 : 2);
    if (this.#offset + needed > arenaChunkBytes) {
      this.#chunks.push(Buffer.alloc(arenaChunkBytes));
      this.#offset = this.#chunks.length === 1 ? 1 : 0;
    }
    const start = (this.#chunks.length - 1) * arenaChunkBytes + this.#offset;
    const chunk = this.chunk(start);
    let at = this.#offset;
    if (length < 0x80) chunk[at++] = length;
    else {
      chunk[at++] = 0x80 | (length >>> 8);
      chunk[at++] = length & 0xff;
    }
    copy(bytes, length, chunk, at);
    this.#offset += needed;
    return start;
  }

  /** The memory in which the record lies … */
  chunk(place: number): Buffer {
    const chunk = this.#chunks[place >>> arenaChunkBits];
    if (!chunk) throw new RangeError(`no record lies at ${place}`);
    return chunk;
  }

  /** … and where in it. */
  start(place: number): number {
    const at = place & arenaMask;
    return at + ((this.chunk(place)[at] ?? 0) < 0x80 ? 1 : 2);
  }

  get bytes(): number {
    return this.#chunks.length * arenaChunkBytes;
  }

  /** Bytes of places that were given up. */
  get waste(): number {
    return this.#waste;
  }

  get offset(): number {
    return this.#offset;
  }

  get blocks(): readonly Uint8Array[] {
    return this.#chunks;
  }

  allocate(blocks: number, offset: number, waste: number): readonly Uint8Array[] {
    for (let i = 0; i < blocks; i++) this.#chunks.push(Buffer.allocUnsafeSlow(arenaChunkBytes));
    this.#offset = offset;
    this.#waste = waste;
    return this.#chunks;
  }
}

function roomAt(chunk: Uint8Array, at: number): number {
  const first = chunk[at] ?? 0;
  return first < 0x80 ? first : ((first & 0x7f) << 8) | (chunk[at + 1] ?? 0);
}

/** Byte by byte: a view for each short record would cost more than the copying. */
function copy(from: Uint8Array, length: number, to: Uint8Array, at: number): void {
  for (let i = 0; i < length; i++) to[at + i] = from[i] ?? 0;
}

/** Few different values shared by many records: each is kept once and known by its number. */
export class Shared {
  readonly #numbers = new Map<string, number>();
  readonly #values: string[] = [];

  number(value: string): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    const number = this.#values.length;
    this.#numbers.set(value, number);
    this.#values.push(value);
    return number;
  }

  value(number: number): string {
    const value = this.#values[number];
    if (value === undefined) throw new RangeError(`no shared value has the number ${number}`);
    return value;
  }

  get values(): readonly string[] {
    return this.#values;
  }
}
