/** The line with several readers on it, over a real pseudo-terminal pair. */
import { describe, expect, onTestFinished, test } from "vitest";
import { LinePort } from "../../../drivers/osdp/port.js";
import { Timetable } from "../../../drivers/osdp/timetable.js";
import { describeWithPeers } from "../../peers/peers.js";
import { Cable } from "./line.js";
import { panel, readers, until } from "./panel.js";

const card26 = "10111101100010001110101110";

test("every reader has its turn, and one with an order goes first, but not twice while another waits", () => {
  const timetable = new Timetable();
  for (const address of [1, 2, 3]) timetable.seat(address);
  const turn = (urgent: number) => (address: number) => ({ dueAt: 0, urgent: address === urgent });
  const order = Array.from({ length: 6 }, () => timetable.next(0, turn(3)));
  expect(order.map((next) => ("address" in next ? next.address : 0))).toEqual([3, 1, 3, 2, 3, 1]);
  const quiet = Array.from({ length: 6 }, () => timetable.next(0, turn(0)));
  expect(quiet.map((next) => ("address" in next ? next.address : 0))).toEqual([2, 3, 1, 2, 3, 1]);
  expect(timetable.next(5, (address) => ({ dueAt: 10 * address, urgent: false }))).toEqual({ until: 10 });
});

describeWithPeers("a line of readers", ["socat"], ({ socat }) => {
  test("all come up in a session of their own, and each one's card is told once", async () => {
    const { cable, of } = await panel({ socat, readers: readers(0, 1, 2, 3) });
    await until(() => of("online").length === 4);
    expect(of("online").every(({ secure }) => secure)).toBe(true);
    for (const address of [0, 1, 2, 3]) await cable.wish({ do: "card", address, bits: card26 });
    await until(() => of("reply").filter(({ reply }) => reply.is === "card").length === 4);
    for (const address of [0, 1, 2, 3])
      expect(of("reply", address).filter(({ reply }) => reply.is === "card")).toMatchObject([
        { reply: { bits: card26 } },
      ]);
  });

  test("a reader whose cable is pulled is away within 3 s and back within 5 s, and the others go on", async () => {
    const { cable, facts, of } = await panel({ socat, readers: readers(1, 2) });
    await until(() => of("online").length === 2);
    await cable.wish({ do: "silent", address: 1, silent: true });
    const pulledAt = performance.now();
    await until(() => of("offline", 1).length === 1);
    const awayAt = facts.find(({ fact }) => fact.is === "offline")?.at ?? Number.POSITIVE_INFINITY;
    expect(awayAt - pulledAt).toBeLessThan(3_000);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await cable.wish({ do: "card", address: 2, bits: card26 });
    const shownAt = performance.now();
    await until(() => of("reply", 2).some(({ reply }) => reply.is === "card"));
    expect(performance.now() - shownAt).toBeLessThan(1_000);
    await cable.wish({ do: "silent", address: 1, silent: false });
    const backAt = performance.now();
    await until(() => of("online", 1).length === 2);
    expect(performance.now() - backAt).toBeLessThan(5_000);
    expect(of("offline", 2)).toEqual([]);
  });

  test("an adapter that is pulled and plugged in again is found, and so are its readers", async () => {
    const { cable, of } = await panel({ socat, readers: readers(1, 2) });
    await until(() => of("online").length === 2);
    await cable.unplug();
    await until(() => of("offline").length === 2, 3_000);
    await cable.plug();
    const backAt = performance.now();
    await until(() => of("online").length === 4);
    expect(performance.now() - backAt).toBeLessThan(5_000);
  });
});

describe("a serial port", () => {
  describeWithPeers("of a USB adapter", ["socat"], ({ socat }) => {
    test("is found by the adapter's serial number when it returns under another name", async () => {
      const cable = new Cable({ socat, readers: readers(1) });
      await cable.plug("ttyUSB0");
      let name = "ttyUSB0";
      const ups: string[] = [];
      const downs: string[] = [];
      const port = new LinePort(
        {
          path: cable.path,
          speed: 115_200,
          list: async () => [{ path: `${cable.folder}/${name}`, serialNumber: "A50285BI" }],
        },
        { onUp: (path) => ups.push(path), onDown: (why) => downs.push(why), onBytes: () => {} },
      );
      onTestFinished(async () => {
        await port.stop();
        await cable.close();
      });
      port.start();
      await until(() => ups.length === 1);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await cable.unplug();
      await until(() => downs.length === 1);
      name = "ttyUSB3";
      await cable.plug("ttyUSB3");
      await until(() => ups.length === 2);
      expect(ups.map((path) => path.split("/").at(-1))).toEqual(["ttyUSB0", "ttyUSB3"]);
    });
  });
});
