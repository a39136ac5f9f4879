/** The published and recorded frames of `test/fixtures/osdp`: data, made by other code than ours. */
import { readFileSync } from "node:fs";

export function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../fixtures/osdp/${name}.json`, import.meta.url), "utf8")) as T;
}

export const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
export const hex = (of: Uint8Array): string => Buffer.from(of).toString("hex").toUpperCase();

export interface RecordedExchange {
  readonly name: string;
  readonly sequence?: number;
  readonly commandHex: string;
  readonly command?: string;
  readonly commandPayloadHex?: string;
  readonly commandCrypto?: {
    readonly icv: string;
    readonly iv?: string;
    readonly padded?: string;
    readonly mac16: string;
  };
  readonly replyHex: string | null;
  readonly reply: string | null;
  readonly replyPayloadHex?: string;
  readonly replySecurityBlockHex?: string;
  readonly replyCrypto?: { readonly icv: string; readonly mac16: string };
}
