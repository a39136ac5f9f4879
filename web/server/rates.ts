import type { RequestHandler } from "express";
import type { Clock } from "../../gateway/ports.js";
import { sendProblem } from "./problems.js";

export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Addresses that are remembered; the one longest unheard of goes first. */
const mostBuckets = 10_000;

/** One bucket of tokens an address. A Unix socket has no address and no limit: its peer is the administrator. */
export function limited(rate: Rate, clock: Pick<Clock, "monotonic">): RequestHandler {
  const buckets = new Map<string, Bucket>();
  return (request, response, next) => {
    const address = request.socket.remoteAddress;
    if (!address) return next();
    const now = clock.monotonic();
    const bucket = buckets.get(address) ?? { tokens: rate.burst, filledAt: now };
    buckets.delete(address);
    buckets.set(address, bucket);
    if (buckets.size > mostBuckets) {
      const oldest = buckets.keys().next();
      if (!oldest.done) buckets.delete(oldest.value);
    }
    bucket.tokens = Math.min(rate.burst, bucket.tokens + ((now - bucket.filledAt) / 1_000) * rate.perSecond);
    bucket.filledAt = now;
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return next();
    }
    sendProblem(response, {
      status: 429,
      code: "too-many-requests",
      detail: "too many requests from this address",
      retryAfterS: Math.max(1, (1 - bucket.tokens) / rate.perSecond),
    });
  };
}
