/** What a reader sends of a card, from how the card is written down in the people's list. */
import type { Random } from "./random.js";

/** As in the contract's `up/scan`: bits first bit first, the serial number in hex, or a text. */
export type RawCredential = { readonly bits: string } | { readonly uid: string } | { readonly code: string };

const facilityMax = 255;
const numberMax = 65_535;

function ones(bits: string): number {
  return bits.replaceAll("0", "").length;
}

/** A 26-bit frame (SIA AC-01): even parity over bits 1-12, facility in 8 bits, number in 16, odd parity over bits 13-24. */
export function frame26(facility: number, number: number): string {
  const data = facility.toString(2).padStart(8, "0") + number.toString(2).padStart(16, "0");
  const even = ones(data.slice(0, 12)) % 2;
  const odd = 1 - (ones(data.slice(12)) % 2);
  return `${even}${data}${odd}`;
}

function card26(facility: number, number: number): RawCredential | undefined {
  return facility <= facilityMax && number <= numberMax ? { bits: frame26(facility, number) } : undefined;
}

/** The spellings of a card in a people's list, in the order in which they are tried. */
const spellings: readonly (readonly [RegExp, (found: RegExpExecArray) => RawCredential | undefined])[] = [
  [/^H10301:(\d{1,3})\/(\d{1,5})$/i, ([, facility, number]) => card26(Number(facility), Number(number))],
  [/^(\d{1,3})[,/](\d{1,5})$/, ([, facility, number]) => card26(Number(facility), Number(number))],
  [/^uid:([0-9a-f]{8,20})$/i, ([, uid]) => ({ uid: (uid ?? "").toLowerCase() })],
  [/^[0-9a-f]{2}(:[0-9a-f]{2}){3,9}$/i, ([text]) => ({ uid: text.replaceAll(":", "").toLowerCase() })],
  [/^bits:([01]{4,256})$/, ([, bits]) => ({ bits: bits ?? "" })],
  [/^code:(.+)$/s, ([, code]) => ({ code: code ?? "" })],
  // What is printed on a 26-bit fob: facility and number read as one decimal, `0009357203` for 142,51091.
  [/^\d{6,10}$/, ([text]) => card26(Number(text) >>> 16, Number(text) & numberMax)],
];

/** undefined: no reader of the demo building would read such a card. */
export function asRead(written: string): RawCredential | undefined {
  for (const [pattern, read] of spellings) {
    const found = pattern.exec(written.trim());
    if (found) return read(found);
  }
  return undefined;
}

/** A card of another house: a 26-bit fob or a serial number that nobody here has. */
export function strangersCard(random: Random): RawCredential {
  // Facility 255 is not used in the demo's list, and neither is this maker's serial number range.
  if (random.chance(0.5)) return { bits: frame26(facilityMax, Math.floor(random.between(0, numberMax))) };
  const serial = Math.floor(random.between(0, 0xffffff));
  return { uid: `04ee11${serial.toString(16).padStart(8, "0")}` };
}
