/**
 * People's PINs. A PIN is kept as a credential whose value is its HMAC with a key that only this device has, so that nobody who gets
 * hold of the database or of a list can try the few thousand that there are. Every PIN is one person's alone and says whose it is.
 */
import { createHmac, randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { type PersonId, pinIdOf } from "./core/people.js";
import type { KeypadRules } from "./core/site.js";
import { oneAtATime } from "./one-at-a-time.js";
import type { CredentialRow, Directory, PinOutcome, PinOwner } from "./ports.js";
import { syncFolder } from "./store/folder.js";

export const pinPattern = /^[0-9]{4,8}$/;

const keyBytes = 32;

export class PinKeyUnreadable extends Error {
  constructor(file: string, bytes: number) {
    super(
      `${file}: ${bytes} bytes, a key has ${keyBytes}; put it back from a backup, or remove it and set every PIN anew`,
    );
    this.name = "PinKeyUnreadable";
  }
}

/** The key in this file, made where there is none. Throws PinKeyUnreadable for one that was cut off. */
export function openPinKey(file: string): Buffer {
  let key: Buffer;
  try {
    key = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    key = randomBytes(keyBytes);
    writeKey(file, key);
  }
  if (key.length !== keyBytes) throw new PinKeyUnreadable(file, key.length);
  chmodSync(file, 0o600);
  return key;
}

/** Whole and on disk, or not there: half a key would lose every PIN. */
function writeKey(file: string, key: Buffer): void {
  const beside = `${file}.new`;
  rmSync(beside, { force: true });
  const descriptor = openSync(beside, "wx", 0o600);
  try {
    writeSync(descriptor, key);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(beside, file);
  syncFolder(dirname(file));
}

/** The people as far as PINs concern them. */
type Holders = Pick<Directory, "find"> & {
  credentialRow(id: string): CredentialRow | undefined;
  hasPin(person: PersonId): boolean;
};

export class Pins {
  readonly #key: Buffer;
  readonly #people: Holders;
  readonly #rules: () => KeypadRules | undefined;
  /** Two people who choose one PIN at once do not both get it. */
  readonly change = oneAtATime();

  constructor(key: Buffer, people: Holders, rules: () => KeypadRules | undefined) {
    this.#key = key;
    this.#people = people;
    this.#rules = rules;
  }

  /** What is kept of a PIN. */
  value(digits: string): string {
    return `pin:${createHmac("sha256", this.#key).update(digits).digest("base64url")}`;
  }

  /**
   * Whether somebody else has this PIN, or one that differs by one in its last digit: that one would be his under threat, or this one
   * theirs, whatever the site's rule is today.
   */
  taken(person: PersonId, digits: string): boolean {
    const own = pinIdOf(person);
    return [digits, stepped(digits, 1), stepped(digits, -1)].some((each) => {
      const holder = this.#people.find([this.value(each)]);
      return (
        holder !== undefined && holder !== own && this.#people.credentialRow(holder)?.status === "active"
      );
    });
  }

  of(person: PersonId, digits: string): PinOutcome {
    if (!this.#people.hasPin(person)) return "none";
    const value = this.#people.credentialRow(pinIdOf(person))?.value;
    if (value === this.value(digits)) return "right";
    return this.#duress && value === this.value(stepped(digits, -1)) ? "duress" : "wrong";
  }

  /** Whose PIN or code these digits are; of two a PIN that works goes before one that does not any more. */
  owner(digits: string): PinOwner | undefined {
    const right = this.#people.find([this.value(digits)]);
    if (right !== undefined && this.#isActive(right)) return { credential: right, pin: "right" };
    const duress = this.#duress ? this.#people.find([this.value(stepped(digits, -1))]) : undefined;
    if (duress !== undefined && this.#isActive(duress)) return { credential: duress, pin: "duress" };
    const code = digits.length < shortestCode ? undefined : this.#people.find([`code:${digits}`]);
    const other = code ?? right;
    return other === undefined ? undefined : { credential: other, pin: "right" };
  }

  get #duress(): boolean {
    return this.#rules()?.duress === "last-digit-plus-one";
  }

  #isActive(id: string): boolean {
    return this.#people.credentialRow(id)?.status === "active";
  }
}

/** A code of digits, as visitors get one, is longer than most PINs: nobody guesses it in five tries. */
const shortestCode = 6;

/** With its last digit so much higher; 9 is followed by 0. */
function stepped(digits: string, by: 1 | -1): string {
  const last = (Number(digits.at(-1)) + by + 10) % 10;
  return `${digits.slice(0, -1)}${last}`;
}

/** Why a PIN would be among the first that anybody tries; undefined: it is not. */
export function weakness(digits: string): string | undefined {
  const steps = [...digits].slice(1).map((digit, i) => (Number(digit) - Number(digits[i]) + 10) % 10);
  if (steps.every((step) => step === 0)) return "is one digit again and again";
  if (steps.every((step) => step === 1) || steps.every((step) => step === 9)) return "counts up or down";
  if (/^(..+)\1+$/.test(digits)) return "is the same digits twice";
  if (common.has(digits)) return "is one of those that most people choose";
  return undefined;
}

/** Those of the most frequent four-digit PINs that no rule above finds, and the columns of a keypad. */
const common = new Set([
  "2580",
  "0852",
  "1004",
  "2000",
  "2001",
  "1379",
  "1357",
  "2468",
  "6969",
  "1998",
  "1999",
]);

/** The directory, and with it the PINs. */
export function withPins(directory: Directory, pins: Pins): Directory {
  return {
    find: (values) => directory.find(values),
    person: (id) => directory.person(id),
    credential: (id) => directory.credential(id),
    pin: (person, digits) => pins.of(person, digits),
    byPin: (digits) => pins.owner(digits),
    get people() {
      return directory.people;
    },
    get credentials() {
      return directory.credentials;
    },
  };
}
