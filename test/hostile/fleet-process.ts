/** A thousand devices in one process, as bytes: what counts is how soon the gateway has them all again, not how fast a library is. */
import { connect as connectTcp } from "node:net";
import { connectPacket, publishPacket, subscribePacket } from "../broker/packets.js";
import type { Credentials } from "./building.js";
import { serveHelper } from "./helper.js";

export type FleetTold =
  | {
      readonly do: "come";
      readonly port: number;
      readonly devices: readonly Credentials[];
      /** `one`: all behind the same address; `each`: every device has its own. */
      readonly addresses: "one" | "each";
    }
  | { readonly do: "forget" }
  | { readonly do: "tell" };

export interface FleetTells {
  readonly ready: number;
  /** Unix milliseconds: the first connection that was accepted, and the last device that was ready, since `forget`. */
  readonly firstAcceptedAt: number;
  readonly lastReadyAt: number;
  /** Connections that were made, also those that came to nothing. */
  readonly connects: number;
}

/** Between two tries: so long and up to as long again, so that they do not all come at the same instant for ever. */
const triesAgainAfterMs = 250;
const lastId = 4;

const ready = new Set<string>();
let firstAcceptedAt = 0;
let lastReadyAt = 0;
let connects = 0;

function stay(port: number, { id, key }: Credentials, from: string): void {
  connects++;
  const socket = connectTcp({ port, host: "127.0.0.1", localAddress: from, noDelay: true });
  const up = `gw/v1/device/${id}/up`;
  const say = (topic: string, body: object, packetId: number): Buffer =>
    publishPacket(`${up}/${topic}`, JSON.stringify({ boot: "b", up_ms: 1000, ...body }), {
      id: packetId,
      retain: true,
    });
  let heard = Buffer.alloc(0);
  socket.on("connect", () => {
    firstAcceptedAt ||= Date.now();
    const will = { topic: `${up}/state`, payload: '{"state":"lost"}', qos: 1, retain: true } as const;
    socket.write(connectPacket(id, { key, will }));
  });
  socket.on("data", (bytes: Buffer) => {
    const isWelcome = heard.length === 0;
    heard = Buffer.concat([heard, bytes]);
    if (isWelcome && heard[0] === 0x20 && heard[3] === 0) {
      const points = { reader: [1], lock: [1], input: [1] };
      socket.write(
        Buffer.concat([
          subscribePacket(`gw/v1/device/${id}/down/#`, 1),
          say("hello", { proto: 1, model: "test", fw: "1.0.0", points }, 2),
          say("input/1", { active: false, fault: null, changes: 0 }, 3),
          say("state", { state: "ready" }, lastId),
        ]),
      );
    }
    // PUBACK of the last that it said.
    if (!ready.has(id) && heard.includes(Buffer.from([0x40, 2, 0, lastId]))) {
      ready.add(id);
      lastReadyAt = Date.now();
    }
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    ready.delete(id);
    setTimeout(() => stay(port, { id, key }, from), triesAgainAfterMs * (1 + Math.random()));
  });
}

serveHelper<FleetTold>(async (told) => {
  switch (told.do) {
    case "come":
      for (const [i, device] of told.devices.entries()) {
        const own = `127.2.${Math.floor(i / 250)}.${1 + (i % 250)}`;
        stay(told.port, device, told.addresses === "one" ? "127.0.0.1" : own);
      }
      return undefined;
    case "forget":
      firstAcceptedAt = 0;
      lastReadyAt = 0;
      connects = 0;
      return undefined;
    case "tell":
      return { ready: ready.size, firstAcceptedAt, lastReadyAt, connects } satisfies FleetTells;
  }
});
