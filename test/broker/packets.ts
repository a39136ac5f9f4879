/** Packets of MQTT 3.1.1 byte by byte, for what no client library would send. */

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

/** The remaining length (2.2.3), seven bits a byte. */
export function remainingLength(length: number): Buffer {
  const bytes: number[] = [];
  let left = length;
  do {
    bytes.push((left % 128) | (left >= 128 ? 0x80 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Buffer.from(bytes);
}

export function packet(firstByte: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([firstByte]), remainingLength(body.length), body]);
}

export interface Will {
  readonly topic: string;
  readonly payload: string;
  readonly qos?: 0 | 1 | 2;
  readonly retain?: boolean;
}

/** CONNECT (3.1) with user name and password, keep-alive in seconds. */
export function connectPacket(
  id: string,
  {
    key = `${id}-key`,
    keepAliveS = 60,
    level = 4,
    username = id,
    clean = true,
    will,
  }: {
    key?: string;
    keepAliveS?: number;
    level?: number;
    username?: string;
    clean?: boolean;
    will?: Will;
  } = {},
): Buffer {
  const willFlags = will ? 4 | ((will.qos ?? 0) << 3) | (will.retain ? 0x20 : 0) : 0;
  const flags = 0b1100_0000 | (clean ? 2 : 0) | willFlags;
  const head = Buffer.from([level, flags, keepAliveS >> 8, keepAliveS & 0xff]);
  const last = will ? [text(will.topic), text(will.payload)] : [];
  return packet(0x10, text("MQTT"), head, text(id), ...last, text(username), text(key));
}

/** PUBLISH (3.3); with an id it is QoS 1, if not told otherwise. */
export function publishPacket(
  topic: string,
  payload: string | Buffer,
  {
    id,
    qos = id === undefined ? 0 : 1,
    retain = false,
    dup = false,
  }: { id?: number; qos?: 0 | 1 | 2; retain?: boolean; dup?: boolean } = {},
): Buffer {
  const first = 0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0);
  const number = id === undefined ? Buffer.alloc(0) : Buffer.from([id >> 8, id & 0xff]);
  return packet(first, text(topic), number, Buffer.from(payload));
}

/** SUBSCRIBE (3.8) with packet id 1. */
export function subscribePacket(filter: string | readonly string[], qos = 0): Buffer {
  const filters = [filter].flat().flatMap((one) => [text(one), Buffer.from([qos])]);
  return packet(0x82, Buffer.from([0, 1]), ...filters);
}

/** UNSUBSCRIBE (3.10) with packet id 1. */
export function unsubscribePacket(filter: string): Buffer {
  return packet(0xa2, Buffer.from([0, 1]), text(filter));
}

/** PUBACK, PUBREC, PUBREL or PUBCOMP (3.4 to 3.7). */
export function receiptPacket(type: 4 | 5 | 6 | 7, id: number): Buffer {
  return packet((type << 4) | (type === 6 ? 2 : 0), Buffer.from([id >> 8, id & 0xff]));
}

export const pingPacket = Buffer.from([0xc0, 0]);
export const disconnectPacket = Buffer.from([0xe0, 0]);
