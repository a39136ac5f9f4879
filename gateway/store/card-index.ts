/**
 * People and credentials in memory: each a record of bytes, found through open addressing over typed arrays. What a million of
 * them take and what a look-up costs is measured by test/bench/card-index.ts.
 *
 * A person: id, flags, version, tenant, [from], [until], groups, name, [extra]. A credential: id, value, flags, version, person,
 * [from], [until], [printed], [extra]. Ids, values and printed numbers are packed, numbers are varints, an instant is a double; a
 * text has its length before it. What few have besides (`extras.ts`) is one text, and takes nothing where there is none.
 */
import {
  type Credential,
  type CredentialId,
  credentialStatuses,
  type Person,
  type PersonId,
} from "../core/people.js";
import type { GroupId } from "../core/site.js";
import type { CredentialRow } from "../ports.js";
import { Arena, Column, Shared } from "./columns.js";
import {
  credentialExtras,
  credentialExtraText,
  longestExtra,
  personExtras,
  personExtraText,
} from "./extras.js";
import { Hash, HashIndex } from "./hash-index.js";
import { keepsPrefix, pack, packedLonger, unpack } from "./packing.js";
import { coreKind, type StoredPerson } from "./people-types.js";

/** A longer value, name or printed number is refused before it gets here. */
export const longestTextBytes = 4_092;

/** Where a text lies in the bytes that a row is read from. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A person's row, its texts as places in `source`. */
export interface PersonBytes {
  readonly source: Buffer;
  readonly id: Span;
  readonly name: Span;
  readonly version: number;
  readonly tenant: string;
  readonly groups: readonly GroupId[];
  readonly blocked: boolean;
  readonly validFrom: number | undefined;
  readonly validUntil: number | undefined;
  readonly extra: Span | undefined;
}

export interface CredentialBytes {
  readonly source: Buffer;
  readonly id: Span;
  readonly person: Span;
  readonly value: Span;
  readonly printed: Span | undefined;
  readonly version: number;
  readonly status: number;
  readonly validFrom: number | undefined;
  readonly validUntil: number | undefined;
  readonly extra: Span | undefined;
}

const blockedFlag = 1;
const fromFlag = 1 << 4;
const untilFlag = 1 << 5;
const printedFlag = 1 << 6;
const extraFlag = 1 << 7;
/** The lower bits of a credential's flags. */
const statusMask = 0b111;
const activeStatus = credentialStatuses.indexOf("active");

const scratchBytes = 1 << 15;

export class CardIndex {
  readonly #arena = new Arena();
  readonly #hash = new Hash();
  readonly #groups = new Shared();
  /** How many people are in each group. */
  readonly #groupUses: number[] = [];
  readonly #tenants = new Shared();
  /** Where each record lies, by its number. */
  readonly #places = { people: new Column(), credentials: new Column() };
  readonly #personIds = new HashIndex((n) => this.#hashOfId(this.#places.people.get(n)));
  readonly #credentialIds = new HashIndex((n) => this.#hashOfId(this.#places.credentials.get(n)));
  readonly #values = new HashIndex((n) => this.#hashOfValue(this.#places.credentials.get(n)));
  #peopleCount = 0;
  #credentialCount = 0;
  #changes = 0;
  /** A record on its way in, its strings on their way to bytes, and a text that is sought. */
  readonly #record = Buffer.alloc(scratchBytes);
  readonly #texts = Buffer.alloc(scratchBytes);
  readonly #sought = Buffer.alloc(longestTextBytes + packedLonger + 4);
  readonly #double = new DataView(new ArrayBuffer(8));

  get people(): number {
    return this.#peopleCount;
  }

  get credentials(): number {
    return this.#credentialCount;
  }

  /** Counts up with every row that is put. */
  get changes(): number {
    return this.#changes;
  }

  /** Makes room before that many come, so that loading them is not growing again and again. */
  reserve(people: number, credentials: number): void {
    this.#personIds.reserve(people);
    this.#credentialIds.reserve(credentials);
    this.#values.reserve(credentials);
  }

  /** Memory of the arrays, in bytes. */
  get bytes(): number {
    const parts: readonly { readonly bytes: number }[] = [
      this.#places.people,
      this.#places.credentials,
      this.#personIds,
      this.#credentialIds,
      this.#values,
      this.#arena,
    ];
    return parts.reduce((sum, part) => sum + part.bytes, 0);
  }

  /** How many people are in each group; groups without anybody are left out. */
  groupsInUse(): ReadonlyMap<GroupId, number> {
    const people = new Map<GroupId, number>();
    this.#groupUses.forEach((uses, number) => {
      if (uses > 0) people.set(this.#groups.value(number), uses);
    });
    return people;
  }

  // ------------------------------------------------------------------------------------------------------------ reading

  /** Without its name, which is never made a string here: what a decision reads, at every card. */
  person(id: PersonId): Person | undefined {
    const n = this.#numberOf("people", id);
    if (n === undefined) return undefined;
    const read = this.#reader(this.#places.people.get(n));
    read.skip();
    return this.#person(id, read, (after) => after.skip());
  }

  /** Without its value: what a decision reads. Only a value that may not be a card's is looked into. */
  credential(id: CredentialId): Credential | undefined {
    const n = this.#numberOf("credentials", id);
    if (n === undefined) return undefined;
    const read = this.#reader(this.#places.credentials.get(n));
    read.skip();
    const kind = read.kind();
    return this.#credential(id, read, (after) => after.skip(), kind);
  }

  nameOf(id: PersonId): string | undefined {
    return this.personRow(id)?.name;
  }

  has(id: PersonId): boolean {
    return this.#numberOf("people", id) !== undefined;
  }

  personRow(id: PersonId): StoredPerson | undefined {
    const n = this.#numberOf("people", id);
    if (n === undefined) return undefined;
    const read = this.#reader(this.#places.people.get(n));
    read.skip();
    let name = "";
    const person = this.#person(id, read, (after) => {
      name = after.text();
    });
    return { ...person, name };
  }

  /** @param named takes the name, where the reading has come to it */
  #person(id: PersonId, read: RecordReader, named: (read: RecordReader) => void): Person {
    const flags = read.byte();
    const version = read.varint();
    const tenant = this.#tenants.value(read.varint());
    const validFrom = flags & fromFlag ? read.double() : undefined;
    const validUntil = flags & untilFlag ? read.double() : undefined;
    const groups: GroupId[] = [];
    for (let left = read.varint(); left > 0; left--) groups.push(this.#groups.value(read.varint()));
    named(read);
    const person: { -readonly [K in keyof Person]: Person[K] } = {
      id,
      version,
      tenant,
      groups,
      status: flags & blockedFlag ? "blocked" : "active",
    };
    if (validFrom !== undefined) person.validFrom = validFrom;
    if (validUntil !== undefined) person.validUntil = validUntil;
    return flags & extraFlag ? Object.assign(person, personExtras(read.text())) : person;
  }

  credentialRow(id: CredentialId): CredentialRow | undefined {
    const n = this.#numberOf("credentials", id);
    if (n === undefined) return undefined;
    const read = this.#reader(this.#places.credentials.get(n));
    read.skip();
    const value = read.packed();
    let printed: string | undefined;
    const credential = this.#credential(id, read, (after) => {
      printed = after.packed();
    });
    return { ...credential, value, ...(printed === undefined ? {} : { printed }) };
  }

  /** @param printed takes the printed number, where there is one and the reading has come to it */
  #credential(
    id: CredentialId,
    read: RecordReader,
    printed: (read: RecordReader) => void,
    kind?: Credential["kind"],
  ): Credential {
    const flags = read.byte();
    const version = read.varint();
    const person = this.#reader(this.#places.people.get(read.varint())).packed();
    const status = credentialStatuses[flags & statusMask] ?? "suspended";
    const credential: { -readonly [K in keyof Credential]: Credential[K] } = { id, version, person, status };
    if (flags & fromFlag) credential.validFrom = read.double();
    if (flags & untilFlag) credential.validUntil = read.double();
    if (kind !== undefined) credential.kind = kind;
    if (flags & printedFlag) printed(read);
    return flags & extraFlag ? Object.assign(credential, credentialExtras(read.text())) : credential;
  }

  /** The credential with this value: an active one if there is one, else any. */
  byValue(value: string): CredentialId | undefined {
    const length = this.#seek(value);
    if (length === undefined) return undefined;
    const { low, high } = this.#hash;
    let other: number | undefined;
    const active = this.#values.find(low, high, (n) => {
      const place = this.#places.credentials.get(n);
      const chunk = this.#arena.chunk(place);
      const at = this.#valueAt(place);
      if (!this.#equals(chunk, at, length)) return false;
      if (((chunk[at + lengthBytes(length) + length] ?? 0) & statusMask) === activeStatus) return true;
      other ??= n;
      return false;
    });
    const found = active ?? other;
    return found === undefined ? undefined : this.#reader(this.#places.credentials.get(found)).packed();
  }

  // ------------------------------------------------------------------------------------------------------------ writing

  putPerson(person: StoredPerson): void {
    const source = this.#texts;
    const extra = personExtraText(person);
    const [id, name, more] = this.#written(person.id, person.name, extra ?? "");
    this.putPersonBytes({
      source,
      id,
      name,
      version: person.version,
      tenant: person.tenant,
      groups: person.groups,
      blocked: person.status === "blocked",
      validFrom: person.validFrom,
      validUntil: person.validUntil,
      extra: extra === undefined ? undefined : more,
    });
  }

  putPersonBytes(person: PersonBytes): void {
    this.#changes++;
    const record = this.#record;
    const idEnd = this.#putPacked(person.source, person.id, 0);
    const known = this.#numberOfRecord("people", idEnd);
    const { low, high } = this.#hash;
    let at = idEnd;
    const { validFrom, validUntil, extra } = person;
    record[at++] =
      (person.blocked ? blockedFlag : 0) |
      (validFrom === undefined ? 0 : fromFlag) |
      (validUntil === undefined ? 0 : untilFlag) |
      (extra === undefined ? 0 : extraFlag);
    at = this.#putVarint(person.version, at);
    at = this.#putVarint(this.#tenants.number(person.tenant), at);
    at = this.#putInstant(validFrom, at);
    at = this.#putInstant(validUntil, at);
    at = this.#putVarint(person.groups.length, at);
    if (known !== undefined) this.#leaveGroups(known);
    for (const group of person.groups) {
      const number = this.#groups.number(group);
      this.#groupUses[number] = (this.#groupUses[number] ?? 0) + 1;
      at = this.#putVarint(number, at);
    }
    at = this.#putText(person.source, person.name, at, longestTextBytes);
    if (extra !== undefined) at = this.#putText(person.source, extra, at, longestExtra);
    const n = known ?? this.#peopleCount++;
    this.#places.people.set(n, this.#arena.put(this.#places.people.get(n), record, at));
    if (known === undefined) this.#personIds.add(low, high, n);
  }

  /** Its person must be known. */
  putCredential(credential: CredentialRow): void {
    const source = this.#texts;
    const { printed } = credential;
    const extra = credentialExtraText(credential);
    const [id, person, value, print, more] = this.#written(
      credential.id,
      credential.person,
      credential.value,
      printed ?? "",
      extra ?? "",
    );
    this.putCredentialBytes({
      source,
      id,
      person,
      value,
      printed: printed === undefined ? undefined : print,
      version: credential.version,
      status: credentialStatuses.indexOf(credential.status),
      validFrom: credential.validFrom,
      validUntil: credential.validUntil,
      extra: extra === undefined ? undefined : more,
    });
  }

  putCredentialBytes(credential: CredentialBytes): void {
    const { source } = credential;
    const person = this.#numberOfRecord("people", this.#putPacked(source, credential.person, 0));
    if (person === undefined) {
      const text = (span: Span) => source.toString("utf8", span.from, span.to);
      throw new Error(`credential ${text(credential.id)}: person ${text(credential.person)} is not known`);
    }
    this.#changes++;
    const record = this.#record;
    const idEnd = this.#putPacked(source, credential.id, 0);
    const known = this.#numberOfRecord("credentials", idEnd);
    const { low, high } = this.#hash;
    const valueEnd = this.#putPacked(source, credential.value, idEnd);
    let at = valueEnd;
    const { validFrom, validUntil, printed, extra } = credential;
    record[at++] =
      credential.status |
      (validFrom === undefined ? 0 : fromFlag) |
      (validUntil === undefined ? 0 : untilFlag) |
      (printed === undefined ? 0 : printedFlag) |
      (extra === undefined ? 0 : extraFlag);
    at = this.#putVarint(credential.version, at);
    at = this.#putVarint(person, at);
    at = this.#putInstant(validFrom, at);
    at = this.#putInstant(validUntil, at);
    if (printed !== undefined) at = this.#putPacked(source, printed, at);
    if (extra !== undefined) at = this.#putText(source, extra, at, longestExtra);

    const n = known ?? this.#credentialCount++;
    const places = this.#places.credentials;
    const before = places.get(n);
    const sameValue = before !== 0 && this.#sameText(this.#valueAt(before), before, idEnd, valueEnd);
    if (before !== 0 && !sameValue) this.#values.remove(this.#hashOfValue(before).low, n);
    places.set(n, this.#arena.put(before, record, at));
    if (known === undefined) this.#credentialIds.add(low, high, n);
    if (sameValue) return;
    const hash = this.#hashOfValue(places.get(n));
    this.#values.add(hash.low, hash.high, n);
  }

  #leaveGroups(person: number): void {
    const read = this.#reader(this.#places.people.get(person));
    read.skip();
    const flags = read.byte();
    read.varint();
    read.varint();
    this.#validity(read, flags);
    for (let left = read.varint(); left > 0; left--) {
      const group = read.varint();
      this.#groupUses[group] = (this.#groupUses[group] ?? 0) - 1;
    }
  }

  // -------------------------------------------------------------------------------------------------------------- bytes

  /** The texts as bytes in `#texts`, one behind the other. */
  #written<T extends readonly string[]>(...texts: T): { readonly [I in keyof T]: Span } {
    let at = 0;
    const spans = texts.map((text) => {
      if (text.length * 3 > scratchBytes - at) {
        throw new RangeError(`a text of ${text.length} characters is too long to keep`);
      }
      const from = at;
      at += this.#texts.write(text, at, "utf8");
      return { from, to: at };
    });
    return spans as unknown as { readonly [I in keyof T]: Span };
  }

  /** A packed text with its length before it, in the record from `at` on. */
  #putPacked(source: Buffer, { from, to }: Span, at: number): number {
    if (to - from > longestTextBytes)
      throw new RangeError(`a text of ${to - from} bytes is too long to keep`);
    const length = pack(source, from, to, this.#record, at + 2) - (at + 2);
    const after = this.#putVarint(length, at);
    // The length turned out to be of one byte, as nearly always.
    if (after === at + 1) this.#record.copyWithin(after, at + 2, at + 2 + length);
    return after + length;
  }

  #putText(source: Buffer, { from, to }: Span, at: number, longest: number): number {
    if (to - from > longest) throw new RangeError(`a text of ${to - from} bytes is too long to keep`);
    let end = this.#putVarint(to - from, at);
    for (let i = from; i < to; i++) this.#record[end++] = source[i] ?? 0;
    return end;
  }

  #putVarint(number: number, at: number): number {
    let rest = number;
    while (rest > 0x7f) {
      this.#record[at++] = (rest & 0x7f) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#record[at++] = rest;
    return at;
  }

  #putInstant(at: number | undefined, place: number): number {
    if (at === undefined) return place;
    this.#double.setFloat64(0, at);
    for (let i = 0; i < 8; i++) this.#record[place + i] = this.#double.getUint8(i);
    return place + 8;
  }

  #validity(read: RecordReader, flags: number): { validFrom?: number; validUntil?: number } {
    return {
      ...(flags & fromFlag ? { validFrom: read.double() } : {}),
      ...(flags & untilFlag ? { validUntil: read.double() } : {}),
    };
  }

  #reader(place: number): RecordReader {
    return new RecordReader(this.#arena.chunk(place), this.#arena.start(place));
  }

  // -------------------------------------------------------------------------------------------------------------- search

  /** Packs a text to look for and takes its hash; returns its packed length, undefined: longer than any that is kept. */
  #seek(text: string): number | undefined {
    if (text.length > longestTextBytes) return undefined;
    const length = this.#texts.write(text, 0, "utf8");
    if (length > longestTextBytes) return undefined;
    const end = pack(this.#texts, 0, length, this.#sought, 0);
    this.#hash.of(this.#sought, 0, end);
    return end;
  }

  #numberOf(kind: "people" | "credentials", id: string): number | undefined {
    const length = this.#seek(id);
    return length === undefined ? undefined : this.#find(kind, length);
  }

  /** The number of the record with the id that stands, packed and behind its length, at the beginning of `#record`. */
  #numberOfRecord(kind: "people" | "credentials", idEnd: number): number | undefined {
    const from = (this.#record[0] ?? 0) < 0x80 ? 1 : 2;
    const length = idEnd - from;
    for (let i = 0; i < length; i++) this.#sought[i] = this.#record[from + i] ?? 0;
    this.#hash.of(this.#sought, 0, length);
    return this.#find(kind, length);
  }

  #find(kind: "people" | "credentials", length: number): number | undefined {
    const places = this.#places[kind];
    const index = kind === "people" ? this.#personIds : this.#credentialIds;
    return index.find(this.#hash.low, this.#hash.high, (n) => {
      const place = places.get(n);
      return this.#equals(this.#arena.chunk(place), this.#arena.start(place), length);
    });
  }

  /** Whether the text with its length before it, at `at`, is the one that is sought. */
  #equals(chunk: Uint8Array, at: number, length: number): boolean {
    let start = at;
    const first = chunk[start++] ?? 0;
    const stored = first < 0x80 ? first : (first & 0x7f) | ((chunk[start++] ?? 0) << 7);
    if (stored !== length) return false;
    for (let i = 0; i < length; i++) if (chunk[start + i] !== this.#sought[i]) return false;
    return true;
  }

  /** Whether the text at `at` in the record at `place` is that in `#record[from, to)`, lengths included. */
  #sameText(at: number, place: number, from: number, to: number): boolean {
    const chunk = this.#arena.chunk(place);
    for (let i = 0; i < to - from; i++) if (chunk[at + i] !== this.#record[from + i]) return false;
    return true;
  }

  /** Where a credential's value begins, behind its id. */
  #valueAt(place: number): number {
    const chunk = this.#arena.chunk(place);
    return afterText(chunk, this.#arena.start(place));
  }

  #hashOfId(place: number): Hash {
    return this.#hashAt(this.#arena.chunk(place), this.#arena.start(place));
  }

  #hashOfValue(place: number): Hash {
    return this.#hashAt(this.#arena.chunk(place), this.#valueAt(place));
  }

  #hashAt(chunk: Uint8Array, at: number): Hash {
    const start = at + ((chunk[at] ?? 0) < 0x80 ? 1 : 2);
    this.#hash.of(chunk, start, afterText(chunk, at) - start);
    return this.#hash;
  }

  // -------------------------------------------------------------------------------------------------- to and from a file

  /** The share of the records' memory that holds nothing any more. */
  get wasted(): number {
    return this.#arena.bytes === 0 ? 0 : this.#arena.waste / this.#arena.bytes;
  }

  /** All that there is: numbers and words as JSON keeps them, and the memory itself. Both are of one moment. */
  dump(): { readonly shape: IndexShape; readonly blocks: readonly Uint8Array[] } {
    const { people, credentials } = this.#places;
    return {
      shape: {
        seeds: this.#hash.seeds,
        people: this.#peopleCount,
        credentials: this.#credentialCount,
        groups: this.#groups.values,
        groupUses: this.#groupUses,
        tenants: this.#tenants.values,
        arena: {
          blocks: this.#arena.blocks.length,
          offset: this.#arena.offset,
          waste: this.#arena.waste,
        },
        places: [people.blocks.length, credentials.blocks.length],
        personIds: this.#personIds.sizes,
        credentialIds: this.#credentialIds.sizes,
        values: this.#values.sizes,
      },
      blocks: [
        ...this.#arena.blocks,
        ...people.blocks,
        ...credentials.blocks,
        ...this.#personIds.blocks,
        ...this.#credentialIds.blocks,
        ...this.#values.blocks,
      ],
    };
  }

  /** Makes an empty index one of this shape; the blocks returned are then to be filled, in order. */
  take(shape: IndexShape): readonly Uint8Array[] {
    this.#hash.seeds = shape.seeds;
    this.#peopleCount = shape.people;
    this.#credentialCount = shape.credentials;
    for (const group of shape.groups) this.#groups.number(group);
    this.#groupUses.push(...shape.groupUses);
    for (const tenant of shape.tenants) this.#tenants.number(tenant);
    const [people, credentials] = shape.places;
    return [
      ...this.#arena.allocate(shape.arena.blocks, shape.arena.offset, shape.arena.waste),
      ...this.#places.people.allocate(people),
      ...this.#places.credentials.allocate(credentials),
      ...this.#personIds.allocate(shape.personIds),
      ...this.#credentialIds.allocate(shape.credentialIds),
      ...this.#values.allocate(shape.values),
    ];
  }
}

type Sizes = readonly (readonly [slots: number, taken: number])[];

/** What an index has besides its memory. */
export interface IndexShape {
  readonly seeds: readonly [low: number, high: number];
  readonly people: number;
  readonly credentials: number;
  readonly groups: readonly GroupId[];
  readonly groupUses: readonly number[];
  readonly tenants: readonly string[];
  readonly arena: { readonly blocks: number; readonly offset: number; readonly waste: number };
  readonly places: readonly [people: number, credentials: number];
  readonly personIds: Sizes;
  readonly credentialIds: Sizes;
  readonly values: Sizes;
}

/** Bytes of the length before a text of that length: a varint of at most two. */
function lengthBytes(length: number): number {
  return length < 0x80 ? 1 : 2;
}

function afterText(chunk: Uint8Array, at: number): number {
  const first = chunk[at] ?? 0;
  return first < 0x80 ? at + 1 + first : at + 2 + ((first & 0x7f) | ((chunk[at + 1] ?? 0) << 7));
}

/** Reads a record from its beginning on. */
class RecordReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  varint(): number {
    let number = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.byte();
      number += (byte & 0x7f) * scale;
      if (byte < 0x80) return number;
    }
  }

  double(): number {
    const number = this.#bytes.readDoubleBE(this.#at);
    this.#at += 8;
    return number;
  }

  skip(): void {
    this.#at = afterText(this.#bytes, this.#at);
  }

  text(): string {
    const length = this.varint();
    this.#at += length;
    return this.#bytes.toString("utf8", this.#at - length, this.#at);
  }

  packed(): string {
    const length = this.varint();
    this.#at += length;
    return unpack(this.#bytes, this.#at - length, this.#at);
  }

  /** Of what kind a packed value is; undefined: a card's. */
  kind(): Credential["kind"] {
    const length = this.varint();
    this.#at += length;
    const from = this.#at - length;
    return keepsPrefix(this.#bytes, from) ? coreKind(unpack(this.#bytes, from, this.#at)) : undefined;
  }
}
