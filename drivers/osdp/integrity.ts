/** What guards a frame against noise on the line; nothing here guards against a person. */

/** CRC-16, polynomial 1021, start 1D0F, not reflected, no final XOR (OSDP 2.2, annex C). */
const crcTable = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  return crc;
});

/** Over `bytes[0..length)`; on the wire its low byte goes first. */
export function crc16(bytes: Uint8Array, length = bytes.length): number {
  let crc = 0x1d0f;
  for (let i = 0; i < length; i++) {
    crc = ((crc << 8) & 0xffff) ^ (crcTable[(crc >> 8) ^ (bytes[i] as number)] as number);
  }
  return crc;
}

/** Two's complement of the 8-bit sum of `bytes[0..length)`. */
export function checksum(bytes: Uint8Array, length = bytes.length): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum = (sum + (bytes[i] as number)) & 0xff;
  return -sum & 0xff;
}
