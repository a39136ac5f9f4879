/**
 * One exchange: a command that waits for its answer, and what to make of a frame that comes. Pure; the same frame is sent again
 * until it is answered, so that neither a lost command nor a lost answer moves the sequence or the MAC chain.
 */
import { replies } from "./codes.js";
import { encodeFrame, type Frame, type Sequence } from "./frame.js";
import type { Command } from "./orders.js";
import { type ParsedReply, parseReply } from "./replies.js";
import { open, type Sealed, type Session, type SessionFault, seal } from "./secure-channel.js";

export interface Exchange {
  readonly command: Command;
  readonly address: number;
  readonly sequence: Sequence;
  /** The bytes that are sent, and sent again. */
  readonly bytes: Uint8Array;
  readonly session?: Session;
  readonly sealed?: Sealed;
}

/** A command in the clear: before a session, or to a reader that an operator has set to clear text. */
export function clearExchange(
  address: number,
  sequence: Sequence,
  command: Command,
  block?: Frame["block"],
): Exchange {
  const frame: Frame = {
    address,
    reply: false,
    sequence,
    check: "crc",
    ...(block ? { block } : {}),
    ...command,
  };
  return { command, address, sequence, bytes: encodeFrame(frame) };
}

export function sealedExchange(
  session: Session,
  address: number,
  sequence: Sequence,
  command: Command,
): Exchange {
  const sealed = seal(session, address, sequence, command);
  return { command, address, sequence, bytes: encodeFrame(sealed.frame), session, sealed };
}

/** A link begins with 0 and then counts 1, 2, 3, 1… (OSDP 2.2, 5.9). */
export function following(sequence: Sequence): Sequence {
  return sequence === 3 ? 1 : ((sequence + 1) as Sequence);
}

export type Verdict =
  /** The answer; in a session, the chain has moved on. */
  | { readonly is: "answer"; readonly reply: ParsedReply; readonly frame: Frame; readonly session?: Session }
  /** Not now: the same bytes again after a pause; sequence and chain stay. */
  | { readonly is: "busy" }
  /** The reader restarted, or wants to: begin with sequence 0, and with a new session. */
  | { readonly is: "restart"; readonly why: "reader asks for a link reset" | "unexpected sequence" }
  /** The reader has no session: shake hands again, never go on in the clear. */
  | { readonly is: "session-lost" }
  /** Not the answer; it may still come. */
  | { readonly is: "stray"; readonly why: "not a reply" | "address" | "sequence" }
  /** Authentic and worthless: nothing happens, and the exchange is over. */
  | { readonly is: "unfit"; readonly why: SessionFault; readonly session: Session }
  /** Somebody interferes, or the reader lost the thread: the session ends, nothing of the frame counts. */
  | { readonly is: "broken"; readonly why: SessionFault };

/** NAK reasons (OSDP 2.2, 7.3) that a reader may give outside of its session. */
const nakCheck = 1;
const nakSequence = 4;
const nakEncryption = 6;

/** Checked in this order: direction, address, then what may come out of turn, sequence, security block. */
export function receive(exchange: Exchange, frame: Frame): Verdict {
  if (!frame.reply) return { is: "stray", why: "not a reply" };
  if (frame.address !== exchange.address) return { is: "stray", why: "address" };
  const clearNak = frame.block === undefined && frame.code === replies.NAK ? frame.payload[0] : undefined;
  if (frame.code === replies.BUSY && frame.block === undefined && frame.sequence === 0) return { is: "busy" };
  // The frame was noise to the reader: it has not moved its chain, so ours is sent again as it is.
  if (clearNak === nakCheck) return { is: "busy" };
  if (clearNak === nakSequence) return { is: "restart", why: "unexpected sequence" };
  if (frame.sequence === 0 && exchange.sequence !== 0)
    return { is: "restart", why: "reader asks for a link reset" };
  if (frame.sequence !== exchange.sequence) return { is: "stray", why: "sequence" };
  if (!exchange.session || !exchange.sealed) {
    return { is: "answer", reply: parseReply(frame.code, frame.payload), frame };
  }
  if (clearNak === nakEncryption) return { is: "session-lost" };
  const opened = open(exchange.session, exchange.sealed.cMac, frame);
  if (opened.is === "broken") return { is: "broken", why: opened.fault };
  if (opened.is === "unfit") return { is: "unfit", why: opened.fault, session: opened.session };
  const reply = parseReply(frame.code, opened.payload);
  return { is: "answer", reply, frame, session: opened.session };
}
