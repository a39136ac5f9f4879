import { describe, expect, test } from "vitest";
import { clearExchange, type Exchange, receive, sealedExchange } from "../../../drivers/osdp/exchange.js";
import { type Frame, FrameParser } from "../../../drivers/osdp/frame.js";
import {
  clientCryptogram,
  firstRMac,
  serverCryptogram,
  sessionKeys,
  weakness,
} from "../../../drivers/osdp/keys.js";
import type { Command } from "../../../drivers/osdp/orders.js";
import { parseReply } from "../../../drivers/osdp/replies.js";
import {
  challengeFrame,
  fullMac,
  padPayload,
  proofFrame,
  proofOf,
  type Session,
  sessionOf,
  startHandshake,
} from "../../../drivers/osdp/secure-channel.js";
import { bytes, fixture, hex, type RecordedExchange } from "./vectors.js";

interface Derivation {
  readonly name: string;
  readonly input: { readonly scbkHex: string; readonly rndAHex: string; readonly rndBHex: string };
  readonly expected: Readonly<
    Record<"sEnc" | "sMac1" | "sMac2" | "clientCryptogram" | "serverCryptogram" | "rMacI", string>
  >;
}
const derivation = fixture<{
  vectors: readonly Derivation[];
  mac: readonly {
    name: string;
    input: { sMac1: string; sMac2: string; icvHex: string; messageHex: string };
    expected: { macHex: string };
  }[];
  padding: readonly { name: string; inputHex: string; expected: { paddedHex: string } }[];
}>("osdp-key-derivation");
const recording = fixture<{ scbkHex: string; exchanges: readonly RecordedExchange[] }>("osdp-secure-session");

function frameOf(recorded: string): Frame {
  const [found] = [...new FrameParser().push(bytes(recorded))];
  if (found?.is !== "frame") throw new Error(`no frame in ${recorded}`);
  return found.frame;
}

test.each(derivation.vectors)("keys are derived: $name", ({ input, expected }) => {
  const [a, b] = [bytes(input.rndAHex), bytes(input.rndBHex)];
  const keys = sessionKeys(bytes(input.scbkHex), a);
  const server = serverCryptogram(keys, a, b);
  expect({
    sEnc: hex(keys.enc),
    sMac1: hex(keys.mac1),
    sMac2: hex(keys.mac2),
    clientCryptogram: hex(clientCryptogram(keys, a, b)),
    serverCryptogram: hex(server),
    rMacI: hex(firstRMac(keys, server)),
  }).toEqual(expected);
});

test.each(derivation.mac)("$name", ({ input, expected }) => {
  const keys = { enc: new Uint8Array(16), mac1: bytes(input.sMac1), mac2: bytes(input.sMac2) };
  expect(hex(fullMac(keys, bytes(input.icvHex), bytes(input.messageHex)))).toBe(expected.macHex);
});

test.each(derivation.padding)("$name", ({ inputHex, expected }) => {
  expect(hex(padPayload(bytes(inputHex)))).toBe(expected.paddedHex);
});

describe("a key", () => {
  const { keys, accept } = fixture<{
    keys: readonly { name: string; inputHex: string }[];
    accept: readonly { inputHex: string }[];
  }>("osdp-weak-keys");
  test.each(keys)("is refused: $name", ({ inputHex }) => {
    expect(weakness(bytes(inputHex))).toBeTypeOf("string");
  });
  test("of a random generator is accepted", () => {
    expect(accept.map(({ inputHex }) => weakness(bytes(inputHex)))).toEqual([undefined]);
  });
  test("of another length is refused", () => {
    expect(weakness(new Uint8Array(15))).toMatch(/15 bytes/);
  });
});

describe("a recorded session", () => {
  /** Walks the recording as the panel that made it; every byte that we send must be the recorded one. */
  test("is the same when our panel leads it, handshake, rekeying, BUSY and lost reply included", () => {
    const { exchanges } = recording;
    let key = bytes(recording.scbkHex);
    let session: Session | undefined;
    let exchange: Exchange | undefined;
    let handshake: ReturnType<typeof startHandshake> | undefined;
    let proof: ReturnType<typeof proofOf> | undefined;
    let compared = 0;
    for (const recorded of exchanges) {
      const sequence = (recorded.sequence ?? Number(frameOf(recorded.commandHex).sequence)) as 0 | 1 | 2 | 3;
      const command: Command = {
        code: frameOf(recorded.commandHex).code,
        payload: bytes(recorded.commandPayloadHex ?? ""),
      };
      // A command that a panel in a session must never send is recorded to show that the reader refuses it.
      if (/plaintext/.test(recorded.name)) continue;
      if (recorded.command === "CHLNG") {
        handshake = startHandshake(key, "own", command.payload);
        exchange = clearExchange(
          1,
          sequence,
          challengeFrame(handshake).command,
          challengeFrame(handshake).block,
        );
        session = undefined;
      } else if (recorded.command === "SCRYPT" && proof && typeof proof !== "string") {
        exchange = clearExchange(1, sequence, proofFrame(proof).command, proofFrame(proof).block);
      } else if (/repeated|BUSY \(2\)|after BUSY/.test(recorded.name)) {
        // The same bytes again: the exchange that waits.
      } else {
        // BUZ whose reply is lost is recorded without its payload: it is that of the repeat.
        const repeat = exchanges.find(({ name }) => name === "BUZ repeated same frame");
        const lost =
          recorded.replyHex === null
            ? { ...command, payload: bytes(repeat?.commandPayloadHex ?? "") }
            : command;
        exchange = session ? sealedExchange(session, 1, sequence, lost) : clearExchange(1, sequence, lost);
      }
      if (!exchange) throw new Error("nothing was sent");
      expect(hex(exchange.bytes), recorded.name).toBe(recorded.commandHex);
      if (recorded.commandCrypto)
        expect(hex(exchange.sealed?.cMac ?? new Uint8Array())).toBe(recorded.commandCrypto.mac16);
      compared++;
      if (recorded.replyHex === null) continue;
      const verdict = receive(exchange, frameOf(recorded.replyHex));
      if (recorded.reply === "BUSY") {
        expect(verdict).toEqual({ is: "busy" });
        continue;
      }
      if (verdict.is !== "answer") throw new Error(`${recorded.name}: ${JSON.stringify(verdict)}`);
      if (verdict.session) session = verdict.session;
      if (recorded.replyCrypto)
        expect(hex(verdict.session?.rMac ?? new Uint8Array())).toBe(recorded.replyCrypto.mac16);
      expect(verdict.reply, recorded.name).toEqual(
        parseReply(verdict.frame.code, bytes(recorded.replyPayloadHex ?? "")),
      );
      if (verdict.reply.is === "challenged" && handshake)
        proof = proofOf(handshake, verdict.frame, verdict.reply);
      if (verdict.reply.is === "first-mac" && proof && typeof proof !== "string") {
        const begun = sessionOf(proof, verdict.frame, verdict.reply.rMac);
        if (typeof begun === "string") throw new Error(begun);
        session = begun;
      }
      if (recorded.command === "KEYSET") key = command.payload.slice(2);
    }
    expect(compared).toBe(41);
  });
});

interface Received {
  readonly name: string;
  readonly inputHex: string;
  readonly expected: Readonly<Record<string, unknown>> & {
    readonly accept: boolean;
    readonly reason?: string;
  };
  readonly waiting: { readonly address: number; readonly sequence: 0 | 1 | 2 | 3 };
  readonly state?: {
    readonly scbkHex: string;
    readonly rndAHex: string;
    readonly rMacBeforeHex: string;
    readonly cMacAfterCommandHex: string;
  };
}

describe("what comes from the line", () => {
  const { vectors } = fixture<{ vectors: readonly Received[] }>("osdp-panel-receive");

  /** What the panel makes of it, in the words of the vectors. */
  function verdictOn({ inputHex, waiting, state }: Received) {
    const poll: Command = { code: 0x60, payload: new Uint8Array() };
    const [found] = [...new FrameParser().push(bytes(inputHex))];
    if (found?.is !== "frame") return { accept: false, why: found?.fault ?? "incomplete" };
    const base = clearExchange(waiting.address, waiting.sequence, poll);
    const session: Session | undefined = state && {
      choice: "own",
      keys: sessionKeys(bytes(state.scbkHex), bytes(state.rndAHex)),
      rMac: bytes(state.rMacBeforeHex),
    };
    const sealed = session && sealedExchange(session, waiting.address, waiting.sequence, poll);
    const chained =
      sealed?.sealed && state
        ? { ...sealed, sealed: { ...sealed.sealed, cMac: bytes(state.cMacAfterCommandHex) } }
        : undefined;
    const verdict = receive(chained ?? base, found.frame);
    switch (verdict.is) {
      case "answer":
        return verdict.reply.is === "malformed"
          ? { accept: false, why: "payload length" }
          : { accept: true, reply: verdict.reply, frame: found.frame, skipped: found.skipped };
      case "busy":
        return { accept: true, busy: true };
      case "restart":
        return verdict.why === "unexpected sequence"
          ? { accept: true, nak: 4 }
          : { accept: false, why: verdict.why };
      case "session-lost":
        return { accept: true, nak: 6 };
      default:
        return { accept: false, why: verdict.why };
    }
  }

  test("are all vectors", () => {
    expect(vectors).toHaveLength(31);
  });

  test.each(vectors)("$name", (vector) => {
    const { expected } = vector;
    const verdict = verdictOn(vector);
    expect(verdict.accept, JSON.stringify(verdict)).toBe(expected.accept);
    if (!expected.accept && "why" in verdict) {
      const words = String(expected.reason).split(":")[0] as string;
      expect(String(verdict.why).toLowerCase()).toContain(words.toLowerCase());
    }
    if ("reply" in verdict && verdict.reply) {
      const { reply } = verdict;
      if (reply.is === "card") {
        expect(reply.bits).toHaveLength(Number(expected.bits));
        expect([reply.reader, reply.format]).toEqual([expected.reader, expected.format]);
        if (expected.bitString) expect(reply.bits).toBe(expected.bitString);
      }
      if (reply.is === "keys") expect(reply.keys).toBe(expected.digits);
      if (reply.is === "local-status")
        expect([reply.tamper, reply.powerFailed]).toEqual([expected.tamper, expected.power]);
      if (reply.is === "nak") expect(reply.reason).toBe(expected.nak);
    }
  });
});
