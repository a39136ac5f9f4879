/**
 * MQTT 3.1.1 with as little in between as can be, for the process that makes the load: a client library costs more a packet than
 * some of what is measured here. Clean sessions, QoS 0 and 1; acknowledgements of one read leave in one write.
 */
import { connect, type Socket } from "node:net";

export interface WireOptions {
  readonly host: string;
  readonly port: number;
  readonly id: string;
  readonly key: string;
  readonly will?: { readonly topic: string; readonly payload: string };
}

const connack = 2;
const publish = 3;
const suback = 9;
const connectWithinMs = 10_000;
const pingEveryMs = 60_000;
/** Twice what it takes for a ping (3.1.2.10), in seconds. */
const keepAliveS = 150;

export class WireClient {
  onMessage: (topic: string, payload: Buffer) => void = () => {};
  /** The other side ended it, or it broke. */
  onGone: () => void = () => {};
  readonly #socket: Socket;
  #rest: Buffer | undefined;
  #nextId = 0;
  #greeted: ((code: number) => void) | undefined;
  #granted: ((code: number) => void) | undefined;
  #ping: NodeJS.Timeout | undefined;
  #ended = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Resolves when CONNACK has come; rejects if it says no or does not come. */
  static connect({ host, port, id, key, will }: WireOptions): Promise<WireClient> {
    const socket = connect({ host, port, noDelay: true });
    const client = new WireClient(socket);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`${id}: no CONNACK within ${connectWithinMs} ms`));
        socket.destroy();
      }, connectWithinMs);
      client.#greeted = (code) => {
        clearTimeout(timer);
        if (code === 0) resolve(client);
        else reject(new Error(`${id}: refused with return code ${code}`));
      };
      socket.on("error", reject);
      socket.on("close", () => {
        clearTimeout(timer);
        clearInterval(client.#ping);
        reject(new Error(`${id}: closed before CONNACK`));
        if (!client.#ended) client.onGone();
      });
      socket.on("data", (chunk) => client.#take(chunk));
      socket.once("connect", () => socket.write(connectPacket(id, key, will)));
      client.#ping = setInterval(() => socket.write(Buffer.from([0xc0, 0])), pingEveryMs);
    });
  }

  /** Resolves when the filter is granted. */
  subscribe(filter: string, qos: 0 | 1): Promise<void> {
    const body = Buffer.concat([number(this.#newId()), text(filter), Buffer.from([qos])]);
    return new Promise((resolve, reject) => {
      this.#granted = (code) => (code === 0x80 ? reject(new Error(`${filter} was not granted`)) : resolve());
      this.#socket.write(packet(0x82, body));
    });
  }

  publish(topic: string, payload: string, qos: 0 | 1 = 1, retain = false): void {
    const topicBytes = Buffer.byteLength(topic);
    const payloadBytes = Buffer.byteLength(payload);
    const length = 2 + topicBytes + (qos > 0 ? 2 : 0) + payloadBytes;
    const lengthBytes = length < 128 ? 1 : length < 16_384 ? 2 : 3;
    const whole = Buffer.allocUnsafe(1 + lengthBytes + length);
    whole[0] = 0x30 | (qos << 1) | (retain ? 1 : 0);
    let at = 1;
    for (let left = length; ; left >>= 7) {
      const more = left > 127;
      whole[at++] = (left & 0x7f) | (more ? 0x80 : 0);
      if (!more) break;
    }
    at = whole.writeUInt16BE(topicBytes, at);
    at += whole.write(topic, at);
    if (qos > 0) at = whole.writeUInt16BE(this.#newId(), at);
    whole.write(payload, at);
    if (!this.#socket.destroyed) this.#socket.write(whole);
  }

  end(): void {
    this.#ended = true;
    clearInterval(this.#ping);
    this.#socket.end(Buffer.from([0xe0, 0]));
    this.#socket.destroySoon();
  }

  #newId(): number {
    this.#nextId = (this.#nextId % 0xffff) + 1;
    return this.#nextId;
  }

  #take(chunk: Buffer): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    const acks: number[] = [];
    let at = 0;
    for (;;) {
      const header = headerAt(bytes, at);
      if (!header || header.end > bytes.length) break;
      this.#hear((bytes[at] ?? 0) & 0xff, bytes, header.body, header.end, acks);
      at = header.end;
    }
    this.#rest = at < bytes.length ? bytes.subarray(at) : undefined;
    if (acks.length > 0 && !this.#socket.destroyed) this.#socket.write(Buffer.from(acks));
  }

  #hear(first: number, bytes: Buffer, body: number, end: number, acks: number[]): void {
    switch (first >> 4) {
      case publish: {
        const qos = (first >> 1) & 3;
        const topicEnd = body + 2 + bytes.readUInt16BE(body);
        const topic = bytes.toString("latin1", body + 2, topicEnd);
        let from = topicEnd;
        if (qos > 0) {
          acks.push(0x40, 2, bytes[from] ?? 0, bytes[from + 1] ?? 0);
          from += 2;
        }
        this.onMessage(topic, bytes.subarray(from, end));
        return;
      }
      case connack:
        this.#greeted?.(bytes[body + 1] ?? 0xff);
        return;
      case suback:
        this.#granted?.(bytes[body + 2] ?? 0x80);
    }
  }
}

/** Where the body of the packet at `at` begins and ends (2.2.3); undefined: its length is not here yet. */
function headerAt(bytes: Buffer, at: number): { readonly body: number; readonly end: number } | undefined {
  let length = 0;
  for (let i = 0; i < 4; i++) {
    const byte = bytes[at + 1 + i];
    if (byte === undefined) return undefined;
    length |= (byte & 0x7f) << (7 * i);
    if ((byte & 0x80) === 0) return { body: at + 2 + i, end: at + 2 + i + length };
  }
  throw new Error("the length of a packet cannot be read");
}

function connectPacket(id: string, key: string, will: WireOptions["will"]): Buffer {
  // User name, password, clean session; the will with QoS 1, retained (3.1.2.3).
  const flags = 0xc2 | (will ? 0x2c : 0);
  return packet(
    0x10,
    Buffer.concat([
      text("MQTT"),
      Buffer.from([4, flags]),
      number(keepAliveS),
      text(id),
      ...(will ? [text(will.topic), text(will.payload)] : []),
      text(id),
      text(key),
    ]),
  );
}

function packet(first: number, body: Buffer): Buffer {
  const length: number[] = [];
  for (let left = body.length; ; left >>= 7) {
    const more = left > 127;
    length.push((left & 0x7f) | (more ? 0x80 : 0));
    if (!more) break;
  }
  return Buffer.concat([Buffer.from([first, ...length]), body]);
}

function text(of: string): Buffer {
  const bytes = Buffer.from(of);
  return Buffer.concat([number(bytes.length), bytes]);
}

function number(of: number): Buffer {
  return Buffer.from([of >> 8, of & 0xff]);
}
