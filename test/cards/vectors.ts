/** Worked frames of every format, computed and decoded again independently of this code: `test/fixtures/card-formats.json`. */
import { readFileSync } from "node:fs";
import type { CardFormatName } from "../../gateway/cards/formats.js";

interface Format {
  readonly bitLength: number;
  readonly fields: Readonly<Record<string, { readonly start: number; readonly length: number }>>;
  readonly parity: readonly {
    readonly bit: number;
    readonly type: "even" | "odd";
    readonly over: readonly number[];
  }[];
}

interface Frame {
  readonly name: string;
  readonly format: CardFormatName;
  readonly bitLength: number;
  readonly input: { readonly bits: string; readonly packedHex: string };
  readonly expected: Readonly<Record<string, number | boolean>>;
}

interface Ambiguous {
  readonly name: string;
  readonly input: { readonly bits: string };
  readonly expected: Readonly<Record<string, Readonly<Record<string, number | boolean>>>>;
}

interface SerialNumber {
  readonly name: string;
  readonly input: { readonly bits?: string; readonly packedHex: string };
  readonly expected: Readonly<Record<string, unknown>>;
}

export interface CardVectors {
  readonly formats: Readonly<Record<CardFormatName, Format>>;
  readonly decode: readonly Frame[];
  readonly reject: readonly Frame[];
  readonly ambiguous: readonly Ambiguous[];
  readonly csn: readonly SerialNumber[];
}

export const vectors = JSON.parse(
  readFileSync(new URL("../fixtures/card-formats.json", import.meta.url), "utf8"),
) as CardVectors;
