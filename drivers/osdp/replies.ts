/** What readers answer, parsed at the edge: a payload that does not fit its own counts is no answer (OSDP 2.2, clause 7). */
import { type ReplyName, replies, replyName } from "./codes.js";

export interface Capability {
  readonly compliance: number;
  readonly number: number;
}

export type Reply =
  | { readonly is: "ack" | "busy" }
  | { readonly is: "nak"; readonly reason: number }
  | {
      readonly is: "identity";
      /** The maker's OUI, model, hardware version, serial number and firmware, as they are compared and shown. */
      readonly maker: string;
      readonly model: number;
      readonly version: number;
      readonly serial: string;
      readonly firmware: string;
    }
  | { readonly is: "capabilities"; readonly functions: ReadonlyMap<number, Capability> }
  | { readonly is: "local-status"; readonly tamper: boolean; readonly powerFailed: boolean }
  /** 0 inactive, 1 active, 2 short, 3 open, 4 fault, 5 unknown. */
  | { readonly is: "inputs"; readonly states: readonly number[] }
  | { readonly is: "outputs"; readonly states: readonly number[] }
  /** 0 normal, 1 not connected, 2 tamper. */
  | { readonly is: "readers"; readonly states: readonly number[] }
  /** `format` 0 unspecified bits, 1 Wiegand with its parity. Bits as received, first bit first. */
  | { readonly is: "card"; readonly reader: number; readonly format: number; readonly bits: string }
  /** Obsolete form: characters as the reader made them. */
  | { readonly is: "characters"; readonly reader: number; readonly text: string }
  | { readonly is: "keys"; readonly reader: number; readonly keys: string }
  | { readonly is: "line"; readonly address: number; readonly speed: number }
  | {
      readonly is: "challenged";
      readonly clientId: Uint8Array;
      readonly rndB: Uint8Array;
      readonly cryptogram: Uint8Array;
    }
  | { readonly is: "first-mac"; readonly rMac: Uint8Array }
  | {
      readonly is: "file-status";
      readonly action: number;
      readonly delayMs: number;
      readonly status: number;
      readonly mostBytes: number;
    }
  | { readonly is: "maker"; readonly maker: string; readonly data: Uint8Array };

const ascii = (bytes: Uint8Array) => String.fromCharCode(...bytes);
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const at = (bytes: Uint8Array, index: number) => bytes[index] ?? 0;
const word = (bytes: Uint8Array, index: number) => at(bytes, index) | (at(bytes, index + 1) << 8);
const signedWord = (bytes: Uint8Array, index: number) => (word(bytes, index) << 16) >> 16;

/** Keys as readers name them: 7F is `*`, 0D is `#`; function keys 41 to 44 are A to D. */
function key(byte: number): string {
  if (byte === 0x7f) return "*";
  if (byte === 0x0d) return "#";
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x44) ? String.fromCharCode(byte) : "";
}

type Parser = (payload: Uint8Array) => Reply | undefined;

/** Undefined: the payload is not as long as it says, or as it must be. */
const parsers: Readonly<Record<ReplyName, Parser>> = {
  ACK: (payload) => (payload.length === 0 ? { is: "ack" } : undefined),
  BUSY: (payload) => (payload.length === 0 ? { is: "busy" } : undefined),
  NAK: (payload) => (payload.length >= 1 ? { is: "nak", reason: at(payload, 0) } : undefined),
  PDID: (payload) =>
    payload.length === 12
      ? {
          is: "identity",
          maker: hexOf(payload.subarray(0, 3)),
          model: at(payload, 3),
          version: at(payload, 4),
          serial: hexOf(payload.slice(5, 9).reverse()),
          firmware: [...payload.subarray(9, 12)].join("."),
        }
      : undefined,
  PDCAP: (payload) => {
    if (payload.length % 3 !== 0) return undefined;
    const functions = new Map<number, Capability>();
    for (let i = 0; i < payload.length; i += 3)
      functions.set(at(payload, i), { compliance: at(payload, i + 1), number: at(payload, i + 2) });
    return { is: "capabilities", functions };
  },
  LSTATR: (payload) =>
    payload.length === 2
      ? { is: "local-status", tamper: at(payload, 0) !== 0, powerFailed: at(payload, 1) !== 0 }
      : undefined,
  ISTATR: (payload) => ({ is: "inputs", states: [...payload] }),
  OSTATR: (payload) => ({ is: "outputs", states: [...payload] }),
  RSTATR: (payload) => ({ is: "readers", states: [...payload] }),
  RAW: (payload) => {
    const count = word(payload, 2);
    if (payload.length < 4 || payload.length !== 4 + Math.ceil(count / 8)) return undefined;
    const bits = [...payload.subarray(4)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
    return { is: "card", reader: at(payload, 0), format: at(payload, 1), bits: bits.slice(0, count) };
  },
  FMT: (payload) =>
    // The direction byte means one thing in some readers and the other in others: it is not looked at.
    payload.length >= 3 && payload.length === 3 + at(payload, 2)
      ? { is: "characters", reader: at(payload, 0), text: ascii(payload.subarray(3)) }
      : undefined,
  KEYPAD: (payload) =>
    payload.length >= 2 && payload.length === 2 + at(payload, 1)
      ? { is: "keys", reader: at(payload, 0), keys: [...payload.subarray(2)].map(key).join("") }
      : undefined,
  COM: (payload) =>
    payload.length === 5
      ? { is: "line", address: at(payload, 0), speed: word(payload, 1) + word(payload, 3) * 0x10000 }
      : undefined,
  CCRYPT: (payload) =>
    payload.length === 32
      ? {
          is: "challenged",
          clientId: payload.subarray(0, 8),
          rndB: payload.subarray(8, 16),
          cryptogram: payload.subarray(16),
        }
      : undefined,
  RMAC_I: (payload) => (payload.length === 16 ? { is: "first-mac", rMac: payload } : undefined),
  FTSTAT: (payload) =>
    payload.length === 7
      ? {
          is: "file-status",
          action: at(payload, 0),
          delayMs: word(payload, 1),
          status: signedWord(payload, 3),
          mostBytes: word(payload, 5),
        }
      : undefined,
  MFGREP: (payload) =>
    payload.length >= 3
      ? { is: "maker", maker: hexOf(payload.subarray(0, 3)), data: payload.subarray(3) }
      : undefined,
};

export type ParsedReply =
  | Reply
  | { readonly is: "unknown"; readonly code: number }
  | { readonly is: "malformed"; readonly code: number };

/** The payload in the clear. Never throws. */
export function parseReply(code: number, payload: Uint8Array): ParsedReply {
  const name = replyName(code);
  if (name === undefined) return { is: "unknown", code };
  return parsers[name](payload) ?? { is: "malformed", code };
}

/** Replies that somebody is let in by: in a session they must have come encrypted. */
export function carriesCredential(code: number): boolean {
  return code === replies.RAW || code === replies.FMT || code === replies.KEYPAD;
}
