/** Payloads of the commands that the panel sends (OSDP 2.2, clause 6); times in milliseconds here, in steps of 100 on the line. */
import { type CommandName, commands } from "./codes.js";

export interface Command {
  readonly code: number;
  readonly payload: Uint8Array;
}

function command(name: CommandName, ...payload: readonly number[]): Command {
  return { code: commands[name], payload: Uint8Array.from(payload) };
}

const low = (value: number) => value & 0xff;
const high = (value: number) => (value >> 8) & 0xff;
const four = (value: number) => [low(value), high(value), low(value >> 16), low(value >>> 24)];

/** In steps of 100 ms, at least one, at most what the field holds. */
function tenths(ms: number, most: number): number {
  return Math.min(most, Math.max(1, Math.round(ms / 100)));
}

export const poll: Command = command("POLL");
export const identify: Command = command("ID", 0);
export const capabilities: Command = command("CAP", 0);
export const localStatus: Command = command("LSTAT");
export const inputStatus: Command = command("ISTAT");
export const outputStatus: Command = command("OSTAT");
export const readerStatus: Command = command("RSTAT");
export const abort: Command = command("ABORT");

export function receiveSize(bytes: number): Command {
  return command("ACURXSIZE", low(bytes), high(bytes));
}

/** An output of the reader, counted from 0: for `ms`, after which the reader itself ends it; or until it is told again. */
export function output(n: number, on: boolean, ms?: number): Command {
  // Codes 5 and 6: on or off for the time, then back to the permanent state; the door relocks even if the panel dies.
  if (ms !== undefined)
    return command("OUT", n, on ? 5 : 6, low(tenths(ms, 0xffff)), high(tenths(ms, 0xffff)));
  return command("OUT", n, on ? 2 : 1, 0, 0);
}

export const colours = ["black", "red", "green", "amber", "blue", "magenta", "cyan", "white"] as const;
export type Colour = (typeof colours)[number];
const colour = (name: Colour) => colours.indexOf(name);

export interface Led {
  /** For a while; then what is permanent shows again. */
  readonly temporary?: { readonly colour: Colour; readonly blinkMs?: number; readonly ms: number };
  readonly permanent?: { readonly colour: Colour; readonly blinkMs?: number };
  /** What is temporary ends. */
  readonly cancel?: true;
}

export function led(reader: number, n: number, { temporary, permanent, cancel }: Led): Command {
  // Solid is "on" with no "off" time; with code "set" both must not be zero.
  const blink = (ms: number | undefined) =>
    ms === undefined ? [1, 0] : [tenths(ms, 0xff), tenths(ms, 0xff)];
  const timer = temporary ? tenths(temporary.ms, 0xffff) : 0;
  return command(
    "LED",
    reader,
    n,
    ...(temporary
      ? [2, ...blink(temporary.blinkMs), colour(temporary.colour), 0, low(timer), high(timer)]
      : [cancel ? 1 : 0, 0, 0, 0, 0, 0, 0]),
    ...(permanent ? [1, ...blink(permanent.blinkMs), colour(permanent.colour), 0] : [0, 0, 0, 0, 0]),
  );
}

/** `count` beeps; never 0, which would sound until it is changed, also when the panel is gone. */
export function buzzer(reader: number, onMs: number, offMs: number, count: number): Command {
  const times = Math.min(255, Math.max(1, count));
  return command("BUZ", reader, 2, tenths(onMs, 0xff), offMs === 0 ? 0 : tenths(offMs, 0xff), times);
}

/** Whatever sounds ends. */
export function silence(reader: number): Command {
  return command("BUZ", reader, 1, 0, 0, 1);
}

/** Shown for `seconds`, or for good without them. Characters that the reader's ASCII lacks become `?`. */
export function text(reader: number, shown: string, seconds?: number): Command {
  const letters = [...shown]
    .slice(0, 32)
    .map((letter) => (/[ -~]/.test(letter) ? letter.charCodeAt(0) : 0x3f));
  const temporary = seconds === undefined ? [1, 0] : [3, Math.min(255, Math.max(1, seconds))];
  return command("TEXT", reader, ...temporary, 1, 1, letters.length, ...letters);
}

export const lineSpeeds = [9600, 19200, 38400, 57600, 115200, 230400] as const;
export type LineSpeed = (typeof lineSpeeds)[number];

/** The reader answers at its old settings what it will use, then changes. */
export function lineSettings(address: number, speed: LineSpeed): Command {
  return command("COMSET", address, ...four(speed));
}

/** Only in a session. Type 1: the reader's own key, SCBK. */
export function newKey(key: Uint8Array): Command {
  return command("KEYSET", 0x01, key.length, ...key);
}

export function challenge(rndA: Uint8Array): Command {
  return { code: commands.CHLNG, payload: rndA };
}

export function serverProof(cryptogram: Uint8Array): Command {
  return { code: commands.SCRYPT, payload: cryptogram };
}

/** A piece of a file; an empty one asks for the status. `type` 1: opaque to the panel (firmware). */
export function filePiece(type: number, total: number, offset: number, data: Uint8Array): Command {
  return command(
    "FILETRANSFER",
    type,
    ...four(total),
    ...four(offset),
    low(data.length),
    high(data.length),
    ...data,
  );
}
