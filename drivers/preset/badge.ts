/**
 * A badge in the spellings that makers use, as one of the three kinds that the house knows; `gateway/cards` then finds it under
 * every spelling. A number becomes the serial number that it is, first byte highest.
 */
import type { RawCredential } from "../driver.js";

type Spelling = "hex" | "number" | "bits" | "code";

/** undefined: it is none. */
export function badge(value: unknown, as: Spelling, length: unknown): RawCredential | undefined {
  switch (as) {
    case "hex":
      return typeof value === "string" ? serial(value) : undefined;
    case "number":
      return numbered(value);
    case "bits":
      return bitsOf(value, length);
    case "code":
      return typeof value === "string" && value.length >= 1 && value.length <= 1024
        ? { kind: "code", code: value }
        : undefined;
  }
}

function serial(text: string): RawCredential | undefined {
  if (text.length > 100) return undefined;
  const hex = text
    .trim()
    .replace(/^0x|h$/gi, "")
    .replaceAll(/[: -]/g, "")
    .toLowerCase();
  return /^([0-9a-f]{2}){1,32}$/.test(hex) ? { kind: "uid", uid: hex } : undefined;
}

function numbered(value: unknown): RawCredential | undefined {
  // Above 2^53 a JSON number has lost its last digits: it could be another card.
  if (typeof value === "number")
    return Number.isSafeInteger(value) && value > 0 ? serialOf(BigInt(value)) : undefined;
  if (typeof value !== "string" || value.length > 40) return undefined;
  const text = value.trim();
  const pair = /^([0-9]{1,3})\s*,\s*([0-9]{1,5})$/.exec(text);
  if (pair) {
    const facility = Number(pair[1]);
    const number = Number(pair[2]);
    return facility <= 255 && number <= 65_535 ? serialOf(BigInt(facility * 65_536 + number)) : undefined;
  }
  if (/^[0-9]{1,25}$/.test(text)) return serialOf(BigInt(text));
  const hex = /^(?:0x([0-9a-f]{1,20})|([0-9a-f]{1,20})h)$/i.exec(text);
  return hex ? serialOf(BigInt(`0x${hex[1] ?? hex[2]}`)) : undefined;
}

/** Serial numbers have 4, 7 or 10 bytes. */
function serialOf(number: bigint): RawCredential | undefined {
  const bytes = [4, 7, 10].find((size) => number < 1n << BigInt(8 * size));
  if (bytes === undefined || number <= 0n) return undefined;
  return { kind: "uid", uid: number.toString(16).padStart(2 * bytes, "0") };
}

const longestBits = 512;

function bitsOf(value: unknown, length: unknown): RawCredential | undefined {
  if (length === undefined) {
    return typeof value === "string" && value.length <= longestBits && /^[01]+$/.test(value)
      ? { kind: "bits", bits: value }
      : undefined;
  }
  const count = typeof length === "number" ? length : Number.NaN;
  if (!Number.isInteger(count) || count < 1 || count > longestBits) return undefined;
  const digits = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof digits !== "string" || !/^[0-9]{1,160}$/.test(digits)) return undefined;
  const bits = BigInt(digits).toString(2);
  return bits.length <= count ? { kind: "bits", bits: bits.padStart(count, "0") } : undefined;
}
