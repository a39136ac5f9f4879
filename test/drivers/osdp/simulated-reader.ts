/**
 * An OSDP reader, written apart from the driver that it tests and sharing nothing with it: a mistake made twice the same way would
 * otherwise go unseen. It passes the published recordings by itself (`simulated-reader.test.ts`).
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

type Bytes = Buffer;

// ------------------------------------------------------------------------------------------------------------ the frame

export function crcOf(data: Bytes): number {
  let crc = 0x1d0f;
  for (const byte of data) {
    crc ^= byte << 8;
    for (let i = 0; i < 8; i++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc;
}

const sumOf = (data: Bytes) => (0x100 - (data.reduce((sum, byte) => sum + byte, 0) & 0xff)) & 0xff;

interface Heard {
  readonly raw: Bytes;
  readonly address: number;
  readonly sequence: number;
  readonly withCrc: boolean;
  readonly scs?: number;
  readonly scsData: Bytes;
  readonly code: number;
  readonly data: Bytes;
  readonly mac: Bytes;
}

/** Takes whole commands off the front of what has come; leaves the rest. */
export function commandsIn(buffer: Bytes): { readonly heard: Heard[]; readonly rest: Bytes } {
  const heard: Heard[] = [];
  let rest = buffer;
  for (;;) {
    const start = rest.indexOf(0x53);
    if (start < 0) return { heard, rest: Buffer.alloc(0) };
    rest = rest.subarray(start);
    if (rest.length < 6) return { heard, rest };
    const length = rest.readUInt16LE(2);
    if (length < 7 || length > 1440) {
      rest = rest.subarray(1);
      continue;
    }
    if (rest.length < length) return { heard, rest };
    const raw = rest.subarray(0, length);
    const one = commandOf(raw);
    if (one) heard.push(one);
    rest = rest.subarray(one ? length : 1);
  }
}

function commandOf(raw: Bytes): Heard | undefined {
  const control = raw.readUInt8(4);
  const withCrc = (control & 4) !== 0;
  const body = raw.subarray(0, raw.length - (withCrc ? 2 : 1));
  if (withCrc ? raw.readUInt16LE(body.length) !== crcOf(body) : raw.readUInt8(body.length) !== sumOf(body))
    return undefined;
  let at = 5;
  let scs: number | undefined;
  let scsData = Buffer.alloc(0) as Bytes;
  if (control & 8) {
    const length = body.readUInt8(5);
    scs = body.readUInt8(6);
    scsData = body.subarray(7, 5 + length);
    at = 5 + length;
  }
  const macLength = scs !== undefined && scs >= 0x15 ? 4 : 0;
  return {
    raw,
    address: raw.readUInt8(1),
    sequence: control & 3,
    withCrc,
    ...(scs === undefined ? {} : { scs }),
    scsData,
    code: body.readUInt8(at),
    data: body.subarray(at + 1, body.length - macLength),
    mac: body.subarray(body.length - macLength),
  };
}

// ---------------------------------------------------------------------------------------------------- the secure channel

const ecb = (key: Bytes, block: Bytes) =>
  createCipheriv("aes-128-ecb", key, null).setAutoPadding(false).update(block);
const derive = (key: Bytes, kind: number, rndA: Bytes) =>
  ecb(key, Buffer.concat([Buffer.from([1, kind]), rndA.subarray(0, 6), Buffer.alloc(8)]));
const flip = (data: Bytes) => Buffer.from(data.map((byte) => ~byte & 0xff));

interface Channel {
  readonly enc: Bytes;
  readonly mac1: Bytes;
  readonly mac2: Bytes;
  readonly own: boolean;
  chain: Bytes;
  up: boolean;
  rndA: Bytes;
  rndB: Bytes;
}

export function macOf(mac1: Bytes, mac2: Bytes, icv: Bytes, message: Bytes): Bytes {
  const fill = (16 - (message.length % 16)) % 16;
  const padded = fill === 0 ? message : Buffer.concat([message, Buffer.from([0x80]), Buffer.alloc(fill - 1)]);
  const head = padded.subarray(0, padded.length - 16);
  const iv =
    head.length === 0
      ? icv
      : createCipheriv("aes-128-cbc", mac1, icv).setAutoPadding(false).update(head).subarray(-16);
  return createCipheriv("aes-128-cbc", mac2, iv).setAutoPadding(false).update(padded.subarray(-16));
}

export function openChannel(key: Bytes, own: boolean, rndA: Bytes, rndB: Bytes): Channel {
  return {
    enc: derive(key, 0x82, rndA),
    mac1: derive(key, 0x01, rndA),
    mac2: derive(key, 0x02, rndA),
    own,
    chain: Buffer.alloc(16),
    up: false,
    rndA,
    rndB,
  };
}

export const readerProof = (channel: Channel) =>
  ecb(channel.enc, Buffer.concat([channel.rndA, channel.rndB]));
export const panelProof = (channel: Channel) => ecb(channel.enc, Buffer.concat([channel.rndB, channel.rndA]));

// -------------------------------------------------------------------------------------------------------------- a reader

export const defaultKey = Buffer.from("303132333435363738393A3B3C3D3E3F", "hex");

export interface ReaderSketch {
  readonly address: number;
  /** Hex; absent: only the default key. */
  readonly key?: string;
  /** Speaks no secure channel at all. */
  readonly plain?: boolean;
  readonly serial?: number;
  /** Hex of the next random numbers, for the vectors. */
  readonly rndB?: string;
}

interface Answer {
  readonly code: number;
  readonly data: Bytes;
  readonly scs?: number;
  readonly scsData?: Bytes;
}

const ack: Answer = { code: 0x40, data: Buffer.alloc(0) };
const nak = (reason: number): Answer => ({ code: 0x41, data: Buffer.from([reason]) });

export class SimulatedReader {
  readonly sketch: ReaderSketch;
  key: Bytes | undefined;
  silent = false;
  /** Says no to every order, in whatever way it is asked. */
  refuses = false;
  inputs: readonly number[] = [0, 0, 0, 0];
  /** Where it listens: COMSET moves it. */
  address: number;
  /** What it was sent of a file. */
  file: Bytes = Buffer.alloc(0);
  busyTimes = 0;
  /** Answers in the clear as if there were no session: an attacker in the line. */
  injectClear: Answer | undefined;
  tamper = false;
  readonly waiting: Answer[] = [];
  readonly done: { readonly code: number; readonly data: string }[] = [];
  channel: Channel | undefined;
  #lastRaw: Bytes | undefined;
  #lastAnswer: Bytes | undefined;
  #lastAt = 0;

  constructor(sketch: ReaderSketch) {
    this.sketch = sketch;
    this.address = sketch.address;
    this.key = sketch.key === undefined ? undefined : Buffer.from(sketch.key, "hex");
  }

  card(bits: string, format = 1): void {
    const filled = bits.padEnd(Math.ceil(bits.length / 8) * 8, "0");
    const packed = (filled.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
    const count = Buffer.alloc(2);
    count.writeUInt16LE(bits.length);
    this.waiting.push({
      code: 0x50,
      data: Buffer.concat([Buffer.from([0, format]), count, Buffer.from(packed)]),
    });
  }

  setInputs(states: readonly number[]): void {
    this.inputs = states;
    this.waiting.push({ code: 0x49, data: Buffer.from(states) });
  }

  keys(text: string): void {
    const codes = [...text].map((key) => (key === "#" ? 0x0d : key === "*" ? 0x7f : key.charCodeAt(0)));
    this.waiting.push({ code: 0x53, data: Buffer.from([0, codes.length, ...codes]) });
  }

  /** The bytes of the answer; undefined: silence. */
  hear(command: Heard, now: number): Bytes | undefined {
    if (this.silent || (command.address !== this.address && command.address !== 0x7f)) return undefined;
    if (now - this.#lastAt > 8_000) this.channel = undefined;
    this.#lastAt = now;
    if (this.busyTimes > 0 && command.sequence !== 0) {
      this.busyTimes--;
      return this.#framed(command, { code: 0x79, data: Buffer.alloc(0) }, 0, false);
    }
    // A repeat is answered as before, byte for byte, and done once.
    if (command.sequence !== 0 && this.#lastRaw?.equals(command.raw) && this.#lastAnswer)
      return this.#lastAnswer;
    if (command.sequence === 0) this.channel = undefined;
    const answer = this.#answer(command);
    this.#lastRaw = Buffer.from(command.raw);
    this.#lastAnswer = answer;
    return answer;
  }

  #answer(command: Heard): Bytes {
    const { channel } = this;
    if (command.scs !== undefined && command.scs >= 0x15) {
      if (!channel?.up) return this.#framed(command, nak(6), command.sequence, false);
      const mac = macOf(
        channel.mac1,
        channel.mac2,
        channel.chain,
        command.raw.subarray(0, command.raw.length - 6),
      );
      if (!mac.subarray(0, 4).equals(command.mac)) {
        this.channel = undefined;
        return this.#framed(command, nak(5), command.sequence, false);
      }
      const data = command.scs === 0x17 ? unsealed(channel, command.data) : command.data;
      channel.chain = mac;
      const answer = data ? this.#do(command.code, data) : nak(9);
      if (this.injectClear) {
        const clear = this.injectClear;
        this.injectClear = undefined;
        return this.#framed(command, clear, command.sequence, false);
      }
      const sealed = this.#framed(command, answer, command.sequence, true);
      if (command.code === 0x75 && data) this.key = Buffer.from(data.subarray(2));
      return sealed;
    }
    if (command.code === 0x76 || command.code === 0x77) return this.#shake(command);
    const clearAllowed =
      this.sketch.plain || this.key === undefined || command.code === 0x61 || command.code === 0x62;
    return this.#framed(
      command,
      clearAllowed ? this.#do(command.code, command.data) : nak(6),
      command.sequence,
      false,
    );
  }

  #shake(command: Heard): Bytes {
    if (this.sketch.plain) return this.#framed(command, nak(5), command.sequence, false);
    if (command.code === 0x76) {
      const own = command.scsData[0] === 1;
      const key = own ? this.key : defaultKey;
      if (!key) return this.#framed(command, nak(5), command.sequence, false);
      const rndB = this.sketch.rndB ? Buffer.from(this.sketch.rndB, "hex") : randomBytes(8);
      this.channel = openChannel(key, own, Buffer.from(command.data), rndB);
      const data = Buffer.concat([this.#clientId(), rndB, readerProof(this.channel)]);
      return this.#framed(
        command,
        { code: 0x76, data, scs: 0x12, scsData: command.scsData },
        command.sequence,
        false,
      );
    }
    const { channel } = this;
    if (!channel || !panelProof(channel).equals(command.data)) {
      return this.#framed(command, nak(5), command.sequence, false);
    }
    channel.chain = ecb(channel.mac2, ecb(channel.mac1, command.data));
    channel.up = true;
    const answer = { code: 0x78, data: channel.chain, scs: 0x14, scsData: Buffer.from([1]) };
    return this.#framed(command, answer, command.sequence, false);
  }

  #serial(): Bytes {
    const serial = Buffer.alloc(4);
    serial.writeUInt32LE(this.sketch.serial ?? 0x01020304);
    return serial;
  }

  #clientId(): Bytes {
    return Buffer.concat([Buffer.from("B0B09900", "hex"), this.#serial()]);
  }

  #do(code: number, data: Bytes): Answer {
    switch (code) {
      case 0x60:
        return this.waiting.shift() ?? ack;
      case 0x61:
        return {
          code: 0x45,
          data: Buffer.concat([Buffer.from("B0B0B09901", "hex"), this.#serial(), Buffer.from([1, 2, 3])]),
        };
      case 0x62:
        return { code: 0x46, data: Buffer.from("010104020104030100040402050201060201080100090100", "hex") };
      case 0x64:
        return { code: 0x48, data: Buffer.from([this.tamper ? 1 : 0, 0]) };
      case 0x65:
        return { code: 0x49, data: Buffer.from(this.inputs) };
      case 0x66:
        return { code: 0x4a, data: Buffer.alloc(4) };
      case 0x67:
        return { code: 0x4b, data: Buffer.alloc(1) };
      case 0x68:
      case 0x69:
      case 0x6a:
      case 0x6b:
      case 0x75:
      case 0x7b:
        if (this.refuses && code === 0x68) return nak(9);
        this.done.push({ code, data: code === 0x75 ? "" : data.toString("hex") });
        return ack;
      case 0x6e:
        // It answers where it was, and changes then.
        setImmediate(() => {
          this.address = data.readUInt8(0);
          this.channel = undefined;
        });
        return { code: 0x54, data: Buffer.from(data) };
      case 0x7c:
        return this.#piece(data);
      default:
        return nak(3);
    }
  }

  /** Takes at most 100 bytes of a file at a time, and finishes when it has all of it. */
  #piece(data: Bytes): Answer {
    const total = data.readUInt32LE(1);
    const offset = data.readUInt32LE(5);
    if (offset === this.file.length) this.file = Buffer.concat([this.file, data.subarray(11)]);
    const status = Buffer.alloc(7);
    status.writeInt16LE(this.file.length >= total ? 1 : 0, 3);
    status.writeUInt16LE(100, 5);
    return { code: 0x7a, data: status };
  }

  #framed(command: Heard, answer: Answer, sequence: number, inSession: boolean): Bytes {
    const { channel } = this;
    const sealed = inSession && channel !== undefined;
    const data = sealed && answer.data.length > 0 ? sealedData(channel, answer.data) : answer.data;
    const scs = sealed ? (answer.data.length > 0 ? 0x18 : 0x16) : answer.scs;
    const scsData = sealed ? Buffer.alloc(0) : (answer.scsData ?? Buffer.alloc(0));
    const block =
      scs === undefined ? Buffer.alloc(0) : Buffer.concat([Buffer.from([2 + scsData.length, scs]), scsData]);
    const withCrc = command.withCrc;
    const length = 5 + block.length + 1 + data.length + (sealed ? 4 : 0) + (withCrc ? 2 : 1);
    const head = Buffer.from([
      0x53,
      command.address | 0x80,
      length & 0xff,
      length >> 8,
      sequence | (withCrc ? 4 : 0) | (scs === undefined ? 0 : 8),
    ]);
    let body = Buffer.concat([head, block, Buffer.from([answer.code]), data]);
    if (sealed) {
      channel.chain = macOf(channel.mac1, channel.mac2, channel.chain, body);
      body = Buffer.concat([body, channel.chain.subarray(0, 4)]);
    }
    const check = withCrc ? Buffer.alloc(2) : Buffer.alloc(1);
    if (withCrc) check.writeUInt16LE(crcOf(body));
    else check.writeUInt8(sumOf(body));
    return Buffer.concat([body, check]);
  }
}

function sealedData(channel: Channel, data: Bytes): Bytes {
  const fill = 15 - (data.length % 16);
  const padded = Buffer.concat([data, Buffer.from([0x80]), Buffer.alloc(fill)]);
  return createCipheriv("aes-128-cbc", channel.enc, flip(channel.chain)).setAutoPadding(false).update(padded);
}

function unsealed(channel: Channel, data: Bytes): Bytes | undefined {
  if (data.length === 0 || data.length % 16 !== 0) return undefined;
  const clear = createDecipheriv("aes-128-cbc", channel.enc, flip(channel.chain))
    .setAutoPadding(false)
    .update(data);
  const end = clear.lastIndexOf(0x80);
  return end < 0 ? undefined : clear.subarray(0, end);
}
