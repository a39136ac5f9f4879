/**
 * Secrets of both kinds. What people choose is stretched with Argon2id; keys that the gateway makes are 256 random bits, which
 * nobody guesses, so that one SHA-256 is enough and a thousand devices can reconnect at once.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";

/** OWASP Password Storage Cheat Sheet, Argon2id: 19 MiB, 2 passes, 1 lane. `algorithm: 2` is Argon2id. */
const argon = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** SQLite shares the four threads of libuv's pool: sign-ins may have one of them. */
const parallelStretches = 1;
/** About two seconds of work; more than that is told to come back. */
const waitingStretches = 48;

/** So many sign-ins are waiting that this one was not tried. */
class TooManySignIns extends Error {
  override name = "TooManySignIns";
  constructor() {
    super(`${waitingStretches} sign-ins are waiting already`);
  }
}

let running = 0;
const waiting: (() => void)[] = [];

async function stretched<T>(work: () => Promise<T>): Promise<T> {
  if (running >= parallelStretches) {
    if (waiting.length >= waitingStretches) throw new TooManySignIns();
    await new Promise<void>((turn) => waiting.push(turn));
  } else {
    running += 1;
  }
  try {
    return await work();
  } finally {
    // The place is handed on rather than freed, so that nobody slips in between.
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

/** NFKC, so that the same word typed on another keyboard is the same password (NIST SP 800-63B, 5.1.1.2). */
const typed = (password: string): string => password.normalize("NFKC");

/** Argon2id in PHC form. Throws `TooManySignIns`. */
export function stretchPassword(password: string): Promise<string> {
  return stretched(() => hash(typed(password), argon));
}

/** Throws `TooManySignIns`. */
export function passwordMatches(stored: string, password: string): Promise<boolean> {
  return stretched(() => verify(stored, typed(password)));
}

let decoy: Promise<string> | undefined;

/** Does the work of comparing and is never right: unknown ids must cost what known ones cost. Throws `TooManySignIns`. */
export async function compareWithNothing(password: string): Promise<false> {
  decoy ??= hash(randomBytes(32), argon);
  await passwordMatches(await decoy, password);
  return false;
}

/** 256 random bits in hex: no character that a shell or an MQTT client's option parser would trip over. */
export function newKey(): string {
  return randomBytes(32).toString("hex");
}

const keyShape = /^[0-9a-f]{64}$/;

/** What only a key can look like; passwords of this shape are refused, so that the shape alone tells how to compare. */
export function looksLikeKey(secret: string): boolean {
  return keyShape.test(secret);
}

/** SHA-256 in hex: how keys, tokens and claim secrets are stored. */
export function digest(secret: string): string {
  return createHash("sha256").update(secret, "utf8").digest("hex");
}

const nobody = randomBytes(32).toString("hex");

/** Compares in constant time; `stored` undefined costs the same and is never right. */
export function digestMatches(stored: string | undefined, secret: string): boolean {
  const right = Buffer.from(stored ?? nobody, "hex");
  const given = Buffer.from(digest(secret), "hex");
  return right.length === given.length && timingSafeEqual(right, given) && stored !== undefined;
}

/** Crockford's base 32: no I, L, O, U. */
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** 140 random bits to be typed by a person: `7K2M-…` in seven groups of four. */
export function newClaimSecret(): string {
  return typeable(28);
}

/** 80 random bits, to be kept on paper: in four groups of four. Too many to try, so that one SHA-256 is enough for them too. */
export function newRecoveryCode(): string {
  return typeable(16);
}

function typeable(letters: number): string {
  const text = [...randomBytes(letters)].map((byte) => crockford[byte & 31]).join("");
  return text.replace(/(.{4})(?=.)/g, "$1-");
}

/** The same secret however it was typed: case, spaces and dashes do not count, O is 0, I and L are 1. */
export function claimAsStored(typedSecret: string): string {
  return typedSecret
    .slice(0, 100)
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, "")
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");
}
