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

/** CONNECT (3.1) with user name and password, keep-alive in seconds. */
export function connectPacket(
  id: string,
  { key = `${id}-key`, keepAliveS = 60, level = 4, username = id } = {},
): Buffer {
  const flags = 0b1100_0010;
  const head = Buffer.from([level, flags, keepAliveS >> 8, keepAliveS & 0xff]);
  return packet(0x10, text("MQTT"), head, text(id), text(username), text(key));
}

/** PUBLISH (3.3); with an id it is QoS 1. */
export function publishPacket(
  topic: string,
  payload: string | Buffer,
  { id, retain = false, dup = false }: { id?: number; retain?: boolean; dup?: boolean } = {},
): Buffer {
  const first = 0x30 | (dup ? 8 : 0) | (id === undefined ? 0 : 2) | (retain ? 1 : 0);
  const number = id === undefined ? Buffer.alloc(0) : Buffer.from([id >> 8, id & 0xff]);
  return packet(first, text(topic), number, Buffer.from(payload));
}

/** SUBSCRIBE (3.8) with packet id 1. */
export function subscribePacket(filter: string, qos = 0): Buffer {
  return packet(0x82, Buffer.from([0, 1]), text(filter), Buffer.from([qos]));
}

export const pingPacket = Buffer.from([0xc0, 0]);
