/**
 * Ids and card values in few bytes. What a million of them take is most of what the people take in memory, and most have one of
 * a few shapes. The first byte says which; whatever fits none is kept as it is, so that every text comes back as it was.
 */

const asItIs = 0;
/** `[a-z0-9-]*`, as ids are: three characters in two bytes. */
const idLike = 1;
/** `uid:` and pairs of hex digits: a byte a pair. */
const serialNumber = 2;
/** `H10301:142/51091`: the commonest card, its numbers in three bytes (SIA AC-01, 26-bit: 8 and 16 bits). */
const h10301 = 3;
/** Digits, as numbers printed on cards are: two in a byte, the last one filled up with `filler`. */
const digits = 4;
const filler = 0xf;

const alphabet = "\0abcdefghijklmnopqrstuvwxyz0123456789-";
const letters = alphabet.length;
const numberOf = new Uint8Array(256);
for (let i = 1; i < letters; i++) numberOf[alphabet.charCodeAt(i)] = i;

const uidPrefix = Buffer.from("uid:");
const h10301Prefix = Buffer.from("H10301:");

/** A packed text is at most so much longer than the text. */
export const packedLonger = 2;

/** Packs the UTF-8 text in `from[start, end)` into `to` from `at` on; returns where it ends there. */
export function pack(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  const packed =
    packDigits(from, start, end, to, at) ??
    packUid(from, start, end, to, at) ??
    packH10301(from, start, end, to, at) ??
    packId(from, start, end, to, at);
  if (packed !== undefined) return packed;
  to[at++] = asItIs;
  for (let i = start; i < end; i++) to[at++] = from[i] ?? 0;
  return at;
}

/** The text that was packed in `bytes[start, end)`. */
export function unpack(bytes: Buffer, start: number, end: number): string {
  switch (bytes[start]) {
    case idLike:
      return unpackId(bytes, start + 1, end);
    case serialNumber:
      return `uid:${bytes.toString("hex", start + 1, end)}`;
    case h10301:
      return `H10301:${bytes[start + 1]}/${((bytes[start + 2] ?? 0) << 8) | (bytes[start + 3] ?? 0)}`;
    case digits: {
      const text = bytes.toString("hex", start + 1, end);
      return text.endsWith("f") ? text.slice(0, -1) : text;
    }
    default:
      return bytes.toString("utf8", start + 1, end);
  }
}

/** Whether the text may begin with a word of its own and a colon, as in `pin:…`: `uid:` and `H10301:` are packed. */
export function keepsPrefix(bytes: Uint8Array, start: number): boolean {
  return bytes[start] === asItIs;
}

function startsWith(prefix: Uint8Array, from: Uint8Array, start: number, end: number): boolean {
  if (end - start < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (from[start + i] !== prefix[i]) return false;
  return true;
}

function packId(
  from: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  at: number,
): number | undefined {
  for (let i = start; i < end; i++) if (numberOf[from[i] ?? 0] === 0) return undefined;
  to[at++] = idLike;
  for (let i = start; i < end; i += 3) {
    let three = (numberOf[from[i] ?? 0] ?? 0) * letters;
    if (i + 1 < end) three += numberOf[from[i + 1] ?? 0] ?? 0;
    three *= letters;
    if (i + 2 < end) three += numberOf[from[i + 2] ?? 0] ?? 0;
    to[at++] = three >>> 8;
    to[at++] = three & 0xff;
  }
  return at;
}

const unpacked = Buffer.alloc(8_192);

function unpackId(bytes: Uint8Array, start: number, end: number): string {
  let length = 0;
  for (let i = start; i < end; i += 2) {
    const three = ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
    const third = three % letters;
    const rest = (three - third) / letters;
    const second = rest % letters;
    unpacked[length++] = alphabet.charCodeAt((rest - second) / letters);
    if (second > 0) unpacked[length++] = alphabet.charCodeAt(second);
    if (third > 0) unpacked[length++] = alphabet.charCodeAt(third);
  }
  return unpacked.toString("latin1", 0, length);
}

function packDigits(
  from: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  at: number,
): number | undefined {
  if (start === end) return undefined;
  let place = at;
  to[place++] = digits;
  for (let i = start; i < end; i += 2) {
    const high = (from[i] ?? 0) - 0x30;
    const low = i + 1 < end ? (from[i + 1] ?? 0) - 0x30 : filler;
    if (high < 0 || high > 9 || low < 0 || (low > 9 && i + 1 < end)) return undefined;
    to[place++] = (high << 4) | low;
  }
  return place;
}

function packUid(
  from: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  at: number,
): number | undefined {
  if (!startsWith(uidPrefix, from, start, end) || (end - start) % 2 !== 0) return undefined;
  let to2 = at;
  to[to2++] = serialNumber;
  for (let i = start + uidPrefix.length; i < end; i += 2) {
    const high = hexDigit(from[i] ?? 0);
    const low = hexDigit(from[i + 1] ?? 0);
    if (high < 0 || low < 0) return undefined;
    to[to2++] = (high << 4) | low;
  }
  return to2;
}

/** -1: none, or a capital one, which would come back as a small one. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
}

function packH10301(
  from: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  at: number,
): number | undefined {
  if (!startsWith(h10301Prefix, from, start, end)) return undefined;
  let slash = start + h10301Prefix.length;
  while (slash < end && from[slash] !== 0x2f) slash++;
  const facility = decimal(from, start + h10301Prefix.length, slash, 0xff);
  const number = decimal(from, slash + 1, end, 0xffff);
  if (facility < 0 || number < 0) return undefined;
  to[at] = h10301;
  to[at + 1] = facility;
  to[at + 2] = number >>> 8;
  to[at + 3] = number & 0xff;
  return at + 4;
}

/** -1: not a number as it would be written again, or more than `most`. */
function decimal(from: Uint8Array, start: number, end: number, most: number): number {
  if (end <= start || end - start > 5 || (from[start] === 0x30 && end - start > 1)) return -1;
  let number = 0;
  for (let i = start; i < end; i++) {
    const digit = (from[i] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number > most ? -1 : number;
}
