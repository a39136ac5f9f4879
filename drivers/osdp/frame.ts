/**
 * One frame on the line (OSDP 2.2, 5.5 to 5.9):
 *
 *     [FF] 53 ADDR LENL LENH CTRL [block: length type data…] CODE payload… [MAC ×4] CRCL CRCH | SUM
 *
 * This file knows bytes and nothing of sequence, session or meaning. Frames that are read share no memory with the port's buffer.
 */
import { checksum, crc16 } from "./integrity.js";

const som = 0x53;
/** A byte of marks before a frame lets the line settle (OSDP 2.2, 5.7); it counts in nothing. */
const mark = 0xff;
const replyBit = 0x80;
export const longestFrameBytes = 1440;
const headerBytes = 5;
const macBytes = 4;

const crcBit = 0x04;
const blockBit = 0x08;
const sequenceBits = 0x03;

export type Sequence = 0 | 1 | 2 | 3;

/** Types 11 to 14 make a session, 15 to 18 are in it; the latter carry a MAC. */
export interface SecurityBlock {
  readonly type: number;
  readonly data: Uint8Array;
}

export interface Frame {
  /** 0 to 7E a reader, 7F all of them; without the reply bit. */
  readonly address: number;
  /** false: a command of a panel, maybe our own heard back. */
  readonly reply: boolean;
  readonly sequence: Sequence;
  readonly check: "crc" | "sum";
  readonly block?: SecurityBlock;
  readonly code: number;
  /** As on the line: ciphertext in a session, without the MAC. */
  readonly payload: Uint8Array;
  /** The four bytes that travel, in a session. */
  readonly mac?: Uint8Array;
  /** What the MAC covers, of a frame that was read: SOM up to the byte before the MAC. */
  readonly covered?: Uint8Array;
}

export function carriesMac(block: SecurityBlock | undefined): boolean {
  return block !== undefined && block.type >= 0x15 && block.type <= 0x18;
}

function bodyBytes({ block, payload }: Pick<Frame, "block" | "payload">): number {
  return headerBytes + (block ? 2 + block.data.length : 0) + 1 + payload.length;
}

/** The bytes that a MAC covers: all before it, with the final length. */
export function coveredBytes(frame: Omit<Frame, "mac">): Uint8Array {
  const bytes = laidOut(frame);
  return bytes.subarray(0, bodyBytes(frame));
}

function laidOut(frame: Omit<Frame, "mac">): Uint8Array {
  const { address, reply, sequence, check, block, code, payload } = frame;
  const body = bodyBytes(frame);
  const length = body + (carriesMac(block) ? macBytes : 0) + (check === "crc" ? 2 : 1);
  if (length > longestFrameBytes) throw new FrameTooLong(length);
  const bytes = new Uint8Array(length);
  bytes[0] = som;
  bytes[1] = reply ? address | replyBit : address;
  bytes[2] = length & 0xff;
  bytes[3] = length >> 8;
  bytes[4] = sequence | (check === "crc" ? crcBit : 0) | (block ? blockBit : 0);
  let at = headerBytes;
  if (block) {
    bytes[at] = 2 + block.data.length;
    bytes[at + 1] = block.type;
    bytes.set(block.data, at + 2);
    at += 2 + block.data.length;
  }
  bytes[at] = code;
  bytes.set(payload, at + 1);
  return bytes;
}

/** A frame as it is sent, with its mark. `mac` is needed exactly where the block's type asks for one. */
export function encodeFrame(frame: Frame): Uint8Array {
  if (carriesMac(frame.block) !== (frame.mac !== undefined))
    throw new Error(
      `a frame of block type ${frame.block?.type ?? "none"} ${frame.mac ? "has a" : "lacks its"} MAC`,
    );
  const bytes = laidOut(frame);
  if (frame.mac) bytes.set(frame.mac.subarray(0, macBytes), bodyBytes(frame));
  const checked = bytes.length - (frame.check === "crc" ? 2 : 1);
  if (frame.check === "crc") {
    const crc = crc16(bytes, checked);
    bytes[checked] = crc & 0xff;
    bytes[checked + 1] = crc >> 8;
  } else bytes[checked] = checksum(bytes, checked);
  const sent = new Uint8Array(bytes.length + 1);
  sent[0] = mark;
  sent.set(bytes, 1);
  return sent;
}

/** A promise was broken: a frame was to be sent that no reader takes. */
export class FrameTooLong extends Error {
  constructor(length: number) {
    super(`a frame of ${length} bytes was to be sent, at most ${longestFrameBytes} are allowed`);
    this.name = "FrameTooLong";
  }
}

export type FrameFault = "length" | "crc" | "checksum" | "block";

export type Parsed =
  | { readonly is: "frame"; readonly frame: Frame; readonly skipped: number }
  | { readonly is: "fault"; readonly fault: FrameFault; readonly skipped: number };

/**
 * Finds frames in what comes from the line, in whatever pieces it comes. Holds at most one frame's bytes; after a fault it hunts
 * on from the byte after that SOM, so that a frame that follows, or hides in, garbage is found.
 */
export class FrameParser {
  readonly #held = new Uint8Array(longestFrameBytes);
  #length = 0;
  /** Bytes before the next SOM that belonged to nothing. */
  #skipped = 0;

  /** Bytes of a frame that has begun and not ended; when the gap allowed within a frame has passed, it is `drop`ped. */
  get pending(): number {
    return this.#length;
  }

  *push(bytes: Uint8Array): Generator<Parsed, void, void> {
    for (let at = 0; at < bytes.length; ) {
      at += this.#take(bytes, at);
      for (let parsed = this.#parse(); parsed; parsed = this.#parse()) yield parsed;
    }
  }

  /** The line fell silent within a frame: true if something was thrown away. What follows its SOM is looked through again. */
  *drop(): Generator<Parsed, void, void> {
    while (this.#length > 0) {
      this.#forget(1);
      for (let parsed = this.#parse(); parsed; parsed = this.#parse()) yield parsed;
    }
    this.#skipped = 0;
  }

  /** Takes what fits; how many bytes that were. */
  #take(bytes: Uint8Array, from: number): number {
    const count = Math.min(bytes.length - from, longestFrameBytes - this.#length);
    this.#held.set(bytes.subarray(from, from + count), this.#length);
    this.#length += count;
    return count;
  }

  #forget(count: number): void {
    this.#held.copyWithin(0, count, this.#length);
    this.#length -= count;
  }

  #hunt(): boolean {
    const found = this.#held.subarray(0, this.#length).indexOf(som);
    const noise = found === -1 ? this.#length : found;
    if (noise > 0) {
      this.#skipped += noise;
      this.#forget(noise);
    }
    return found !== -1;
  }

  #parse(): Parsed | undefined {
    if (!this.#hunt() || this.#length < headerBytes) return undefined;
    const held = this.#held;
    const length = (held[2] as number) | ((held[3] as number) << 8);
    const control = held[4] as number;
    const checkBytes = control & crcBit ? 2 : 1;
    if (length < headerBytes + 1 + checkBytes || length > longestFrameBytes) return this.#fault("length");
    if (this.#length < length) return undefined;
    const checked = length - checkBytes;
    if (control & crcBit) {
      const crc = (held[checked] as number) | ((held[checked + 1] as number) << 8);
      if (crc16(held, checked) !== crc) return this.#fault("crc");
    } else if (checksum(held, checked) !== held[checked]) return this.#fault("checksum");
    const frame = read(held.slice(0, checked));
    if (!frame) return this.#fault("block");
    const skipped = this.#skipped;
    this.#skipped = 0;
    this.#forget(length);
    return { is: "frame", frame, skipped };
  }

  #fault(fault: FrameFault): Parsed {
    const skipped = this.#skipped;
    this.#skipped = 0;
    this.#forget(1);
    return { is: "fault", fault, skipped };
  }
}

/** A frame whose check is right, without its check bytes; undefined: its security block does not fit in it. */
function read(bytes: Uint8Array): Frame | undefined {
  const address = bytes[1] as number;
  const control = bytes[4] as number;
  let at = headerBytes;
  let block: SecurityBlock | undefined;
  if (control & blockBit) {
    const blockLength = bytes[at] ?? 0;
    if (blockLength < 2 || at + blockLength >= bytes.length) return undefined;
    block = { type: bytes[at + 1] as number, data: bytes.subarray(at + 2, at + blockLength) };
    at += blockLength;
  }
  const code = bytes[at];
  if (code === undefined) return undefined;
  const end = carriesMac(block) ? bytes.length - macBytes : bytes.length;
  if (end < at + 1) return undefined;
  return {
    address: address & ~replyBit,
    reply: (address & replyBit) !== 0,
    sequence: (control & sequenceBits) as Sequence,
    check: control & crcBit ? "crc" : "sum",
    ...(block ? { block } : {}),
    code,
    payload: bytes.subarray(at + 1, end),
    ...(carriesMac(block) ? { mac: bytes.subarray(end), covered: bytes.subarray(0, end) } : {}),
  };
}
