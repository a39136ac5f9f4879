import { v7 } from "uuid";

const randomBytes = 16;
/** One call of the system's randomness costs more than a decision of the core, so that it is asked for many ids at once. */
const pool = new Uint8Array(randomBytes * 256);
let used = pool.length;
let lastMs = 0;
let seq = 0;

/** A new id: UUIDv7 (RFC 9562, 5.7), rising also within one millisecond (6.2, method 1: a counter that starts anywhere). */
export function newId(): string {
  if (used === pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  const random = pool.slice(used, used + randomBytes);
  used += randomBytes;
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    // 31 bits, so that there is room to count.
    seq = new DataView(random.buffer).getUint32(0) >>> 1;
  } else if (seq === 0xffffffff) {
    lastMs++;
    seq = 0;
  } else seq++;
  return v7({ random, msecs: lastMs, seq });
}
