import type { BrokerLimits } from "./limits.js";

/**
 * What the first bytes of a connection are: part of a CONNECT, a whole one, or nothing of the kind (MQTT 3.1.1, 2.2 and 3.1). Told
 * without a parser, so that a connection costs nothing until it has said who it is.
 */
export function wholeConnect(
  bytes: Buffer,
  { connectBytes }: Pick<BrokerLimits, "connectBytes">,
): "part" | "whole" | "other" {
  if (bytes.length === 0) return "part";
  if (bytes[0] !== 0x10) return "other";
  let length = 0;
  for (let i = 1; i <= 4; i++) {
    const byte = bytes[i];
    if (byte === undefined) return "part";
    length += (byte & 0x7f) * 128 ** (i - 1);
    if (byte & 0x80) continue;
    if (length > connectBytes) return "other";
    return bytes.length >= 1 + i + length ? "whole" : "part";
  }
  return "other";
}
