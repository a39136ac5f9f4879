/** A bus over a real pseudo-terminal pair, with simulated readers at its other end. */
import { expect, onTestFinished } from "vitest";
import { Bus } from "../../../drivers/osdp/bus.js";
import type { Fact } from "../../../drivers/osdp/link.js";
import type { LineSpeed } from "../../../drivers/osdp/orders.js";
import { LinePort } from "../../../drivers/osdp/port.js";
import { Cable, type LineSketch } from "./line.js";

const keyOf = (address: number) => Buffer.from(`9F3C71D08E5A24B66B0D4C17E8F29A${50 + address}`, "hex");
export const readers = (...addresses: readonly number[]) =>
  addresses.map((address) => ({ address, key: keyOf(address).toString("hex"), serial: address }));

interface Panel {
  readonly cable: Cable;
  readonly bus: Bus;
  readonly port: LinePort;
  readonly facts: { readonly address: number; readonly at: number; readonly fact: Fact }[];
  of<K extends Fact["is"]>(kind: K, address?: number): Extract<Fact, { is: K }>[];
}

/** A control panel on a real pseudo-terminal; it goes with the test. */
export async function panel(sketch: LineSketch, pollEveryMs?: number): Promise<Panel> {
  const cable = new Cable(sketch);
  await cable.plug();
  const facts: Panel["facts"] = [];
  const speed = (sketch.speed ?? 115_200) as LineSpeed;
  const bus: Bus = new Bus({
    speed,
    write: (bytes) => port.write(bytes),
    ...(pollEveryMs === undefined ? {} : { pollEveryMs }),
    onFacts: (address, told) => facts.push(...told.map((fact) => ({ address, at: performance.now(), fact }))),
  });
  const port = new LinePort(
    { path: cable.path, speed },
    {
      onUp: () => bus.start(),
      onDown: (why) => bus.stop(why),
      onBytes: (bytes) => bus.hear(bytes),
    },
  );
  for (const { address } of sketch.readers) bus.seat({ address, key: keyOf(address) });
  port.start();
  onTestFinished(async () => {
    bus.stop("the test is over");
    await port.stop();
    await cable.close();
  });
  return {
    cable,
    bus,
    port,
    facts,
    of: (kind, address) =>
      facts.flatMap(({ address: from, fact }) =>
        fact.is === kind && (address === undefined || from === address) ? [fact as never] : [],
      ),
  };
}

export const until = (what: () => unknown, timeout = 5_000) =>
  expect.poll(what, { timeout, interval: 5 }).toBeTruthy();
