import { createHash } from "node:crypto";
import { connectPacket, remainingLength } from "../../broker/packets.js";
import { pause } from "../../faults/rounds.js";
import type { Credentials } from "../building.js";
import { signedIn, Wire } from "../wire.js";
import type { Yard } from "../yard.js";

const mib = 1024 * 1024;

/** Announces 64 MiB and sends them, as far as anybody takes them; resolves with the bytes that were taken off the wire. */
export async function hugePacket(yard: Yard, who: Credentials | undefined): Promise<number> {
  const first = who ? 0x30 : 0x10;
  const wire = who ? await signedIn(yard.mqtt, who) : new Wire(yard.mqtt, "127.0.5.1");
  await wire.opened;
  const before = wire.socket.bytesWritten;
  wire.write(Buffer.concat([Buffer.from([first]), remainingLength(64 * mib)]));
  const piece = Buffer.alloc(256 * 1024, 0x41);
  for (let sent = 0; sent < 64 * mib && !wire.socket.destroyed; sent += piece.length) {
    if (!wire.socket.write(piece)) {
      await Promise.race([new Promise((go) => wire.socket.once("drain", go)), wire.closed, pause(1_000)]);
    }
  }
  const taken = wire.socket.bytesWritten - before - wire.socket.writableLength;
  await wire.overWithin(1_000);
  return taken;
}

/** So many connections that say nothing, as fast as they can be made; whoever is turned away is not replaced. */
export async function halfOpen(
  yard: Yard,
  {
    sockets,
    from,
    holdMs,
    first,
  }: { sockets: number; from: (n: number) => string; holdMs: number; first?: Buffer },
): Promise<void> {
  const wires: Wire[] = [];
  for (let n = 0; n < sockets; n++) {
    const wire = new Wire(yard.mqtt, from(n));
    if (first) wire.socket.once("connect", () => wire.write(first));
    wires.push(wire);
    // So many connections in one turn of this process' own loop.
    if (n % 250 === 249) await pause(1);
  }
  await Promise.all(wires.map(({ opened }) => opened));
  await pause(holdMs);
  for (const wire of wires) wire.destroy();
}

/** A CONNECT that comes a byte a second, over and over; resolves with the longest that one was let go on, in milliseconds. */
export async function drippingConnects(
  yard: Yard,
  { sockets, from, forMs }: { sockets: number; from: (n: number) => string; forMs: number },
): Promise<number> {
  const whole = connectPacket("mad-1", { keepAliveS: 65_535 });
  let longestMs = 0;
  const endsAt = performance.now() + forMs;
  await Promise.all(
    Array.from({ length: sockets }, async (_, n) => {
      const wire = new Wire(yard.mqtt, from(n));
      const openedAt = performance.now();
      for (let at = 0; at < whole.length && performance.now() < endsAt && !wire.socket.destroyed; at++) {
        wire.write(whole.subarray(at, at + 1));
        await Promise.race([pause(1_000), wire.closed]);
      }
      longestMs = Math.max(longestMs, performance.now() - openedAt);
      wire.destroy();
    }),
  );
  return longestMs;
}

/** Guesses at an account's key, so many connections at a time; resolves with how many guesses were answered. */
export async function guessKeys(
  yard: Yard,
  {
    account,
    from,
    atOnce,
    forMs,
  }: { account: string; from: (n: number) => string; atOnce: number; forMs: number },
): Promise<number> {
  let answered = 0;
  const endsAt = performance.now() + forMs;
  await Promise.all(
    Array.from({ length: atOnce }, async (_, n) => {
      for (let i = 0; performance.now() < endsAt; i++) {
        const wire = new Wire(yard.mqtt, from(n));
        wire.write(connectPacket(account, { key: guess(n, i) }));
        const left = endsAt - performance.now();
        if ((await wire.overWithin(Math.max(1, left))) && wire.bytes.length > 0) answered++;
        // A place that is refused at once is asked for again soon, but this is no test of how fast a kernel refuses.
        await pause(10);
      }
    }),
  );
  return answered;
}

/** Looks like a key that a gateway made, and is none. */
function guess(n: number, i: number): string {
  return createHash("sha256").update(`${n} ${i}`).digest("hex");
}
