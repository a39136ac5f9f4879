import { pingPacket, subscribePacket } from "../../broker/packets.js";
import { pause } from "../../faults/rounds.js";
import { signedIn, type Wire } from "../wire.js";
import type { Yard } from "../yard.js";

/**
 * Central systems that subscribe to everything and then read nothing, or one byte a second. They go on sending pings, so that only
 * what they leave lying can be held against them. Resolves with how many were dropped for it.
 */
export async function readNothing(
  yard: Yard,
  { subscribers, bytesPerSecond, forMs }: { subscribers: number; bytesPerSecond: 0 | 1; forMs: number },
): Promise<number> {
  const wires: Wire[] = [];
  for (let n = 1; n <= subscribers; n++) {
    const wire = await signedIn(yard.mqtt, yard.account(`rogue-${n}`));
    wire.socket.removeAllListeners("data");
    wire.socket.pause();
    wire.write(subscribePacket("gw/v1/site/hq/#", n % 2 === 0 ? 1 : 0));
    wires.push(wire);
  }
  const giveUpAt = performance.now() + forMs;
  while (performance.now() < giveUpAt && wires.some(({ socket }) => !socket.destroyed)) {
    await pause(1_000);
    for (const wire of wires) {
      if (bytesPerSecond > 0) wire.socket.read(bytesPerSecond);
      wire.write(pingPacket);
    }
  }
  const dropped = wires.filter(({ socket }) => socket.destroyed).length;
  for (const wire of wires) wire.destroy();
  return dropped;
}
