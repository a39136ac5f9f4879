/**
 * A set of places in one segment of the journal, as bytes. Three ways of writing it down, the shortest is taken: the places, the
 * places that are missing, or a bit for each. Two bytes a place, the low one first.
 */

/** Numbers that one segment covers: small enough that a set is at most 4 kB, large enough that 10 million events have 305. */
export const segmentEvents = 32_768;

const setBytes = segmentEvents / 8;

const are = 0;
const areMissing = 1;
const bits = 2;

/** A bit for each place, the lowest bit of the first byte for the first. */
export type Places = Uint8Array;

export function noPlaces(): Places {
  return new Uint8Array(setBytes);
}

export function addPlace(places: Places, place: number): void {
  const byte = place >> 3;
  places[byte] = (places[byte] ?? 0) | (1 << (place & 7));
}

/** Each whole number of `17,3,250` as SQLite's `group_concat` writes it, without making an array of texts first. */
export function forEachListed(list: string, told: (value: number) => void): void {
  let value = 0;
  for (let i = 0; i < list.length; i++) {
    const code = list.charCodeAt(i);
    if (code === 44) {
      told(value);
      value = 0;
    } else value = value * 10 + (code - 48);
  }
  if (list.length > 0) told(value);
}

export function countPlaces(places: Places): number {
  let count = 0;
  for (let byte of places) {
    for (; byte !== 0; byte &= byte - 1) count++;
  }
  return count;
}

/** Writes down the set that is listed as `17,3,250`, in any order. */
export function writeListed(list: string): Buffer {
  let count = 0;
  forEachListed(list, (place) => {
    scratch[count++ % segmentEvents] = place;
  });
  const listed = scratch.subarray(0, count);
  if (2 * count >= setBytes) {
    const places = noPlaces();
    for (const place of listed) addPlace(places, place);
    return writePlaces(places);
  }
  const written = Buffer.allocUnsafe(1 + 2 * count);
  written[0] = are;
  let at = 1;
  for (const place of listed.sort()) at = written.writeUInt16LE(place, at);
  return written;
}

const scratch = new Uint16Array(segmentEvents);

export function writePlaces(places: Places): Buffer {
  const count = countPlaces(places);
  const missing = segmentEvents - count;
  if (2 * Math.min(count, missing) >= setBytes) return Buffer.concat([Buffer.of(bits), places]);
  const wanted = count <= missing ? 1 : 0;
  const written = Buffer.allocUnsafe(1 + 2 * Math.min(count, missing));
  written[0] = wanted === 1 ? are : areMissing;
  let at = 1;
  for (let place = 0; place < segmentEvents; place++) {
    if ((((places[place >> 3] ?? 0) >> (place & 7)) & 1) === wanted) at = written.writeUInt16LE(place, at);
  }
  return written;
}

export class PlacesUnreadable extends Error {
  constructor(kind: number | undefined, length: number) {
    super(`the log's index holds a set of kind ${kind} with ${length} bytes, which nothing here writes`);
    this.name = "PlacesUnreadable";
  }
}

/** Adds a written set to `places`; throws PlacesUnreadable. */
export function addWritten(places: Places, written: Uint8Array): void {
  const kind = written[0];
  if (kind === bits && written.length === 1 + setBytes) {
    for (let i = 0; i < setBytes; i++) places[i] = (places[i] ?? 0) | (written[i + 1] ?? 0);
    return;
  }
  if ((kind !== are && kind !== areMissing) || written.length % 2 !== 1) {
    throw new PlacesUnreadable(kind, written.length);
  }
  if (kind === are) {
    forEachWritten(written, (place) => addPlace(places, place));
    return;
  }
  const without = noPlaces().fill(255);
  forEachWritten(written, (place) => {
    without[place >> 3] = (without[place >> 3] ?? 0) & ~(1 << (place & 7));
  });
  for (let i = 0; i < setBytes; i++) places[i] = (places[i] ?? 0) | (without[i] ?? 0);
}

function forEachWritten(written: Uint8Array, told: (place: number) => void): void {
  for (let i = 1; i < written.length; i += 2) {
    told(((written[i] ?? 0) | ((written[i + 1] ?? 0) << 8)) & (segmentEvents - 1));
  }
}

/** Leaves in `places` only what is in `others` as well; false: nothing is left. */
export function keepCommon(places: Places, others: Places): boolean {
  let left = 0;
  for (let i = 0; i < setBytes; i++) {
    const common = (places[i] ?? 0) & (others[i] ?? 0);
    places[i] = common;
    left |= common;
  }
  return left !== 0;
}

export function hasPlace(places: Places, place: number): boolean {
  return (((places[place >> 3] ?? 0) >> (place & 7)) & 1) === 1;
}

/** The places from `first` to `last`, in this order or, where `first` is the larger, backwards; at most `limit`. */
export function listPlaces(places: Places, first: number, last: number, limit: number): number[] {
  const found: number[] = [];
  const step = first <= last ? 1 : -1;
  for (let place = first; found.length < limit; place += step) {
    // A byte without any is passed at once.
    if (places[place >> 3] === 0) place = step > 0 ? place | 7 : place & ~7;
    else if (hasPlace(places, place)) found.push(place);
    if (step > 0 ? place >= last : place <= last) break;
  }
  return found;
}
