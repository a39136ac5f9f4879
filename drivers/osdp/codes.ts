/** Codes of commands and replies (OSDP 2.2, annex A). Codes 76 and 80 mean different things by direction. */

export const commands = {
  POLL: 0x60,
  ID: 0x61,
  CAP: 0x62,
  LSTAT: 0x64,
  ISTAT: 0x65,
  OSTAT: 0x66,
  RSTAT: 0x67,
  OUT: 0x68,
  LED: 0x69,
  BUZ: 0x6a,
  TEXT: 0x6b,
  COMSET: 0x6e,
  KEYSET: 0x75,
  CHLNG: 0x76,
  SCRYPT: 0x77,
  ACURXSIZE: 0x7b,
  FILETRANSFER: 0x7c,
  MFG: 0x80,
  ABORT: 0xa2,
  KEEPACTIVE: 0xa7,
} as const;
export type CommandName = keyof typeof commands;

export const replies = {
  ACK: 0x40,
  NAK: 0x41,
  PDID: 0x45,
  PDCAP: 0x46,
  LSTATR: 0x48,
  ISTATR: 0x49,
  OSTATR: 0x4a,
  RSTATR: 0x4b,
  RAW: 0x50,
  FMT: 0x51,
  KEYPAD: 0x53,
  COM: 0x54,
  CCRYPT: 0x76,
  RMAC_I: 0x78,
  BUSY: 0x79,
  FTSTAT: 0x7a,
  MFGREP: 0x90,
} as const;
export type ReplyName = keyof typeof replies;

const commandNames = new Map<number, string>(Object.entries(commands).map(([name, code]) => [code, name]));
const replyNames = new Map<number, ReplyName>(
  Object.entries(replies).map(([name, code]) => [code, name as ReplyName]),
);

export function commandName(code: number): string {
  return commandNames.get(code) ?? hex(code);
}

export function replyName(code: number): ReplyName | undefined {
  return replyNames.get(code);
}

export function hex(code: number): string {
  return `0x${code.toString(16).toUpperCase().padStart(2, "0")}`;
}

/** Why a reader did not do as it was told (OSDP 2.2, 7.3). */
export const nakReasons = {
  0: "no reason given",
  1: "check of the frame was wrong",
  2: "length of the command was wrong",
  3: "command is not known",
  4: "sequence number was not expected",
  5: "secure channel is not supported or its block was not accepted",
  6: "encryption is required",
  7: "biometric type is not supported",
  8: "biometric format is not supported",
  9: "command could not be carried out",
} as const;

export function nakReason(code: number): string {
  return (nakReasons as Readonly<Record<number, string>>)[code] ?? `reason ${code}`;
}

/** Bits of what a reader tells of itself (OSDP 2.2, annex B): what it can, and how many of them. */
export const functions = {
  contacts: 1,
  outputs: 2,
  cardData: 3,
  leds: 4,
  sounder: 5,
  text: 6,
  crc: 8,
  security: 9,
  receiveBuffer: 10,
  readers: 13,
} as const;
