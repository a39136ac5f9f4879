/**
 * The secure channel of one reader (OSDP 2.2, annex D), pure: bytes and keys in, bytes and verdicts out. A session is a chain: each
 * MAC starts from the full 16 bytes of the last one in the other direction, so that nothing can be replayed, left out or put in.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { replies } from "./codes.js";
import { coveredBytes, type Frame, type SecurityBlock, type Sequence } from "./frame.js";
import {
  aesBlock,
  clientCryptogram,
  firstRMac,
  keyBytes,
  type SessionKeys,
  sameBytes,
  serverCryptogram,
  sessionKeys,
} from "./keys.js";
import { type Command, challenge, serverProof } from "./orders.js";
import { carriesCredential } from "./replies.js";

export const blockTypes = {
  challenge: 0x11,
  challenged: 0x12,
  proof: 0x13,
  proven: 0x14,
  command: 0x15,
  reply: 0x16,
  sealedCommand: 0x17,
  sealedReply: 0x18,
} as const;

/** Which key a handshake is about: the published default one, or the reader's own. */
export type KeyChoice = "default" | "own";
const selector: Readonly<Record<KeyChoice, number>> = { default: 0, own: 1 };

// -------------------------------------------------------------------------------------------------------- MAC and cipher

/** All blocks but the last under S-MAC1, the last under S-MAC2; a part of a block is filled with 80 and zeros (annex D.5). */
export function fullMac(keys: SessionKeys, icv: Uint8Array, message: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(message.length / keyBytes));
  const padded = new Uint8Array(blocks * keyBytes);
  padded.set(message);
  if (message.length < padded.length) padded[message.length] = 0x80;
  let mac = icv;
  for (let block = 0; block < blocks; block++) {
    const part = padded
      .subarray(block * keyBytes, (block + 1) * keyBytes)
      .map((byte, i) => byte ^ (mac[i] as number));
    mac = aesBlock(block === blocks - 1 ? keys.mac2 : keys.mac1, part);
  }
  return mac;
}

/** Always: 80, then zeros to the next whole block. */
export function padPayload(payload: Uint8Array): Uint8Array {
  const padded = new Uint8Array((Math.floor(payload.length / keyBytes) + 1) * keyBytes);
  padded.set(payload);
  padded[payload.length] = 0x80;
  return padded;
}

function unpadded(padded: Uint8Array): Uint8Array | undefined {
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) end--;
  return padded[end] === 0x80 ? new Uint8Array(padded.subarray(0, end)) : undefined;
}

const complement = (bytes: Uint8Array) => bytes.map((byte) => byte ^ 0xff);

function encrypted(keys: SessionKeys, icv: Uint8Array, payload: Uint8Array): Uint8Array {
  return createCipheriv("aes-128-cbc", keys.enc, complement(icv))
    .setAutoPadding(false)
    .update(padPayload(payload));
}

type CipherFault = "ciphertext length" | "padding";

function decrypted(keys: SessionKeys, icv: Uint8Array, payload: Uint8Array): Uint8Array | CipherFault {
  if (payload.length === 0 || payload.length % keyBytes !== 0) return "ciphertext length";
  const clear = createDecipheriv("aes-128-cbc", keys.enc, complement(icv))
    .setAutoPadding(false)
    .update(payload);
  return unpadded(clear) ?? "padding";
}

// ------------------------------------------------------------------------------------------------------------ handshake

/** A handshake that waits for the reader's proof. */
export interface Challenge {
  readonly choice: KeyChoice;
  readonly rndA: Uint8Array;
  readonly keys: SessionKeys;
}

/** `rndA`: 8 bytes of a cryptographic generator, new each time. */
export function startHandshake(scbk: Uint8Array, choice: KeyChoice, rndA: Uint8Array): Challenge {
  return { choice, rndA, keys: sessionKeys(scbk, rndA) };
}

export function challengeFrame({ choice, rndA }: Challenge): {
  readonly command: Command;
  readonly block: SecurityBlock;
} {
  return {
    command: challenge(rndA),
    block: { type: blockTypes.challenge, data: Uint8Array.of(selector[choice]) },
  };
}

export type HandshakeFault =
  | "not a handshake answer"
  | "answered for another key"
  | "cryptogram does not fit the key"
  | "first MAC does not fit the key";

/** The reader has proven its key; ours is to be proven. */
export interface Proof {
  readonly choice: KeyChoice;
  readonly keys: SessionKeys;
  readonly server: Uint8Array;
  readonly rMac: Uint8Array;
  readonly clientId: Uint8Array;
  readonly rndB: Uint8Array;
}

export function proofOf(
  { choice, rndA, keys }: Challenge,
  frame: Pick<Frame, "code" | "block">,
  answer: { readonly clientId: Uint8Array; readonly rndB: Uint8Array; readonly cryptogram: Uint8Array },
): Proof | HandshakeFault {
  if (frame.code !== replies.CCRYPT || frame.block?.type !== blockTypes.challenged)
    return "not a handshake answer";
  if (frame.block.data[0] !== selector[choice]) return "answered for another key";
  if (!sameBytes(answer.cryptogram, clientCryptogram(keys, rndA, answer.rndB)))
    return "cryptogram does not fit the key";
  const server = serverCryptogram(keys, rndA, answer.rndB);
  return {
    choice,
    keys,
    server,
    rMac: firstRMac(keys, server),
    clientId: answer.clientId,
    rndB: answer.rndB,
  };
}

export function proofFrame({ choice, server }: Proof): {
  readonly command: Command;
  readonly block: SecurityBlock;
} {
  return {
    command: serverProof(server),
    block: { type: blockTypes.proof, data: Uint8Array.of(selector[choice]) },
  };
}

/** One session: its keys, and the MAC that the next command starts from. */
export interface Session {
  readonly choice: KeyChoice;
  readonly keys: SessionKeys;
  /** The full MAC of the reader's last frame. */
  readonly rMac: Uint8Array;
}

/** The block's data byte varies between editions of the standard: the MAC itself decides. */
export function sessionOf(
  proof: Proof,
  frame: Pick<Frame, "code" | "block">,
  rMac: Uint8Array,
): Session | HandshakeFault {
  if (frame.code !== replies.RMAC_I || frame.block?.type !== blockTypes.proven)
    return "not a handshake answer";
  if (!sameBytes(rMac, proof.rMac)) return "first MAC does not fit the key";
  return { choice: proof.choice, keys: proof.keys, rMac: proof.rMac };
}

// ---------------------------------------------------------------------------------------------------------- in a session

/** A command in the session. The same frame is sent again, byte for byte, until it is answered: the chain moves with the answer. */
export interface Sealed {
  readonly frame: Frame;
  /** The full MAC of the command, from which the answer's starts. */
  readonly cMac: Uint8Array;
}

export function seal(
  session: Session,
  address: number,
  sequence: Sequence,
  { code, payload }: Command,
): Sealed {
  const empty = payload.length === 0;
  const bare = {
    address,
    reply: false,
    sequence,
    check: "crc",
    block: { type: empty ? blockTypes.command : blockTypes.sealedCommand, data: new Uint8Array() },
    code,
    payload: empty ? payload : encrypted(session.keys, session.rMac, payload),
  } as const;
  const cMac = fullMac(session.keys, session.rMac, coveredBytes(bare));
  return { frame: { ...bare, mac: cMac.subarray(0, 4) }, cMac };
}

export type SessionFault =
  | "clear text inside a secure session"
  | "MAC"
  | "checksum inside a secure session"
  | CipherFault
  | "panel's block type in a reply"
  | "credential payload not encrypted";

export type Opened =
  | { readonly is: "ok"; readonly session: Session; readonly payload: Uint8Array }
  /** Authentic, so that the chain moves on, but nothing to act on. */
  | { readonly is: "unfit"; readonly session: Session; readonly fault: SessionFault }
  | { readonly is: "broken"; readonly fault: SessionFault };

/** What a reply in the session says: its MAC first, then what is in it. */
export function open(session: Session, cMac: Uint8Array, frame: Frame): Opened {
  const { block, mac, covered } = frame;
  if (!block || !mac || !covered) return { is: "broken", fault: "clear text inside a secure session" };
  if (frame.check !== "crc") return { is: "broken", fault: "checksum inside a secure session" };
  const rMac = fullMac(session.keys, cMac, covered);
  if (!sameBytes(mac, rMac.subarray(0, 4))) return { is: "broken", fault: "MAC" };
  const next: Session = { ...session, rMac };
  if (block.type === blockTypes.sealedReply) {
    const payload = decrypted(session.keys, cMac, frame.payload);
    return typeof payload === "string"
      ? { is: "unfit", session: next, fault: payload }
      : { is: "ok", session: next, payload };
  }
  // Type 17 is the panel's; some readers answer a status with 15, the panel's too, where 16 or 18 is meant.
  if (block.type === blockTypes.sealedCommand)
    return { is: "unfit", session: next, fault: "panel's block type in a reply" };
  if (carriesCredential(frame.code))
    return { is: "unfit", session: next, fault: "credential payload not encrypted" };
  return { is: "ok", session: next, payload: frame.payload };
}
