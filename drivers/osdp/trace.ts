/**
 * The line as a person reads it, and as a file keeps it. Keys, PIN digits and card numbers are in neither: what carries them has its
 * payload blanked, in a session too where the published default key would open it.
 */
import type { LineEvent } from "./bus.js";
import { commandName, commands, hex, nakReason, replies, replyName } from "./codes.js";
import { type Frame, FrameParser } from "./frame.js";
import { carriesCredential } from "./replies.js";

/** One line of a capture: `at` in milliseconds of the line's own clock. */
export interface TraceEntry {
  readonly n: number;
  readonly at: number;
  readonly way: "to" | "from" | "noise" | "silence";
  readonly address?: number;
  readonly what: string;
  readonly secure?: boolean;
  readonly again?: boolean;
  /** As on the line, without its mark; `..` where it is kept back. */
  readonly bytes?: string;
}

const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex").toUpperCase();

/** Bytes of a frame with its payload, MAC and check kept back. */
function blanked(frame: Uint8Array): string {
  const withBlock = ((frame[4] ?? 0) & 0x08) !== 0;
  const head = 5 + (withBlock ? (frame[5] ?? 0) : 0) + 1;
  return toHex(frame.subarray(0, head)) + "..".repeat(Math.max(0, frame.length - head));
}

/** Commands whose payload nobody may read back. */
const secretCommands: readonly number[] = [commands.KEYSET, commands.SCRYPT, commands.CHLNG];
const secretReplies: readonly number[] = [replies.CCRYPT, replies.RMAC_I];

export function traceEntry(n: number, event: LineEvent): TraceEntry {
  const at = Math.round(event.at * 10) / 10;
  switch (event.is) {
    case "sent": {
      const frame = event.bytes.subarray(1);
      const { code } = event.command;
      return {
        n,
        at,
        way: "to",
        address: event.address,
        what: commandName(code),
        secure: event.secure,
        ...(event.again ? { again: true } : {}),
        bytes: secretCommands.includes(code) ? blanked(frame) : toHex(frame),
      };
    }
    case "heard": {
      const secret = secretReplies.includes(event.code) || (carriesCredential(event.code) && !event.secure);
      const name = replyName(event.code) ?? hex(event.code);
      const reason = event.code === replies.NAK && !event.secure ? `: ${nakReason(nakOf(event.bytes))}` : "";
      return {
        n,
        at,
        way: "from",
        address: event.address,
        what: `${name}${reason}${event.stray ? " (not an answer)" : ""}`,
        secure: event.secure,
        bytes: secret ? blanked(event.bytes) : toHex(event.bytes),
      };
    }
    case "spoilt":
      return { n, at, way: "noise", what: `wrong ${event.fault}` };
    case "silent":
      return { n, at, way: "silence", address: event.address, what: "no answer" };
  }
}

function nakOf(bytes: Uint8Array): number {
  return bytes[6] ?? 0;
}

export function traceText(entry: TraceEntry): string {
  const { at, way, address, what, secure, again, bytes } = entry;
  const arrow = { to: "->", from: "<-", noise: "~~", silence: "--" }[way];
  const place = address === undefined ? "   " : String(address).padStart(3);
  const marks = [secure ? "secure" : way === "to" || way === "from" ? "clear" : "", again ? "again" : ""];
  return [
    (at / 1000).toFixed(4).padStart(11),
    arrow,
    place,
    what.padEnd(10),
    marks.filter((mark) => mark !== "").join(" "),
    bytes ?? "",
  ]
    .join("  ")
    .trimEnd();
}

/** What a capture's bytes decode to, read again from nothing but the bytes; undefined: they are kept back, or no whole frame. */
export function decoded(bytes: string): Frame | undefined {
  if (bytes.includes(".") || bytes === "") return undefined;
  for (const parsed of new FrameParser().push(Buffer.from(bytes, "hex")))
    if (parsed.is === "frame") return parsed.frame;
  return undefined;
}

/** The last lines of a trace, while somebody looks. */
export class TraceRing {
  readonly #kept: TraceEntry[] = [];
  #n = 0;
  /** On the line's clock. */
  #until = Number.NEGATIVE_INFINITY;

  note(event: LineEvent): void {
    if (event.at > this.#until) return;
    this.#n++;
    this.#kept.push(traceEntry(this.#n, event));
    if (this.#kept.length > mostKept) this.#kept.splice(0, this.#kept.length - mostKept);
  }

  /** What came after `n`, and keeps looking for a minute. */
  after(n: number, now: number): readonly TraceEntry[] {
    if (now > this.#until) this.#kept.length = 0;
    this.#until = now + lookMs;
    return this.#kept.filter((entry) => entry.n > n);
  }
}

const mostKept = 5_000;
const lookMs = 60_000;
