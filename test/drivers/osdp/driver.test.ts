/** What the driver does beside the contract of all drivers: lamps, keys, moving a reader, its firmware, and what changes in the site. */
import { createHash, randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Reading } from "../../../drivers/driver.js";
import { describeWithPeers } from "../../peers/peers.js";
import { type OsdpRig, osdpRig, other, own } from "./rig.js";

const long = process.env.LONG === "1";
vi.setConfig({ testTimeout: long ? 1_200_000 : 60_000 });

const until = (what: () => unknown, timeout = 8_000) =>
  expect.poll(what, { timeout, interval: 10 }).toBeTruthy();

describeWithPeers("readers on a line", ["socat"], ({ socat }) => {
  let rig: OsdpRig;
  let readings: Reading[];
  const told = <T extends Reading["type"]>(type: T): Extract<Reading, { type: T }>[] =>
    readings.filter((reading): reading is Extract<Reading, { type: T }> => reading.type === type);
  const online = (device: string) =>
    told("presence")
      .filter((reading) => reading.device === device)
      .at(-1)?.online === true;
  const status = (device: string) =>
    rig.driver.desk
      .lines()
      .flatMap((line) => line.readers)
      .find((reader) => reader.device === device);
  const start = async () => {
    rig.driver.serve([own.device, other.device]);
    await rig.driver.start((reading) => readings.push(reading));
  };
  const codes = async (address: number) => (await rig.cable.report(address)).done.map(({ code }) => code);

  beforeEach(async () => {
    readings = [];
    rig = await osdpRig(socat);
  });
  afterEach(async () => {
    await rig.driver.stop();
    await rig.close();
  });

  test("show and sound what became of a card", async () => {
    await start();
    await until(() => online(own.device));
    const point = { device: own.device, kind: "reader", n: 1 } as const;
    for (const outcome of ["granted", "denied", "pin", "wait"] as const) {
      const before = (await rig.cable.report(own.address)).done.length;
      rig.driver.answer({ point, scan: "s", outcome });
      await expect.poll(async () => (await codes(own.address)).slice(before)).toContain(0x69);
    }
    const signal = { op: "signal", id: "o-1", point, pattern: "pre-alarm", ms: 5_000 } as const;
    expect(await rig.driver.send(signal)).toEqual({ is: "done" });
    expect(await codes(own.address)).toContain(0x6a);
    expect(await rig.driver.send({ ...signal, id: "o-2", pattern: "quiet", ms: 0 })).toEqual({ is: "done" });
  });

  test("tell what is pressed, and that their housing is open", async () => {
    await start();
    await until(() => online(own.device));
    await rig.cable.wish({ do: "keys", address: own.address, keys: "1234#" });
    await until(() => told("keys").length === 1);
    expect(told("keys")[0]).toMatchObject({ keys: "1234#", point: { device: own.device, n: 1 } });
    await rig.cable.wish({ do: "tamper", address: own.address, tamper: true });
    await until(() => told("health").some(({ tamper }) => tamper));
  });

  test("an input that is cut or shorted is a fault, and no press", async () => {
    await start();
    await until(() => told("input").length >= 4);
    await rig.cable.wish({ do: "input", address: own.address, states: [3, 2, 0, 0] });
    await until(() => told("input").some(({ fault }) => fault === "short"));
    expect(told("input").filter(({ edge }) => edge)).toMatchObject([
      { point: { n: 1 }, active: false, fault: "open" },
      { point: { n: 2 }, active: false, fault: "short" },
    ]);
  });

  test("a key is given only while it was asked for: the time ends by itself, and the default key is refused then", async () => {
    rig.keys.kept.delete(own.device);
    // A reader as it leaves the factory, behind a cable that is not yet plugged in.
    await rig.cable.unplug();
    await rig.cable.plug("panel", [{ address: own.address, serial: 1 }]);
    await start();
    await until(() => status(own.device) !== undefined);
    await rig.cable.wish({ do: "silent", address: own.address, silent: true });
    expect(rig.driver.desk.adopt(own.device, 700)).toBeUndefined();
    expect(rig.driver.desk.adopt(own.device, 700)).toMatch(/already/);
    expect(rig.driver.desk.adopt(other.device, 700)).toMatch(/another reader/);
    await until(() => status(own.device)?.adoption === "its time ran out");
    await rig.cable.wish({ do: "silent", address: own.address, silent: false });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(status(own.device)).toMatchObject({ online: false, protection: "needs a key" });
    expect((await rig.cable.report(own.address)).key).toBeNull();
  });

  test("a weak key, or the default one, is no key, however it came into the file", async () => {
    const weak = ["303132333435363738393a3b3c3d3e3f", "00112233445566778899aabbccddeeff"];
    await rig.cable.unplug();
    await rig.cable.plug(
      "panel",
      [own, other].map(({ address }, i) => ({ address, key: weak[i] ?? "" })),
    );
    for (const [i, { device }] of [own, other].entries()) rig.keys.put(device, { key: weak[i] ?? "" });
    await start();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    for (const { device } of [own, other])
      expect(status(device)).toMatchObject({ online: false, protection: "needs a key" });
    expect((await rig.cable.report(own.address)).secure).toBe(false);
  });

  test("one moves to another address, and is followed there", async () => {
    await start();
    await until(() => online(own.device));
    expect(await rig.driver.desk.move(own.device, other.address, 115_200)).toEqual({
      fault: "address 2 is another reader's",
    });
    expect(await rig.driver.desk.move(own.device, 9, 9_600)).toMatchObject({
      fault: expect.stringMatching(/one reader at a time/),
    });
    expect(await rig.driver.desk.move(own.device, 9, 115_200)).toEqual({ address: 9, speed: 115_200 });
    expect(status(own.device)?.address).toBe(9);
    // In a session at its new place, and asked for what it may have kept.
    await expect.poll(async () => (await codes(9)).filter((code) => code === 0x7b).length).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await rig.cable.wish({ do: "card", address: 9, bits: "10111101100010001110101110" });
    await until(() => told("scan").length === 1);
    expect(told("scan")[0]?.point.device).toBe(own.device);
  });

  test("one takes its firmware, piece by piece, inside its session", async () => {
    await start();
    await until(() => online(own.device));
    const file = randomBytes(5_000);
    expect(await rig.driver.desk.sendFile(own.device, file)).toBeUndefined();
    expect((await rig.cable.report(own.address)).file).toBe(createHash("sha256").update(file).digest("hex"));
  });

  test("a change of the site begins only what has changed anew", async () => {
    await start();
    await until(() => online(own.device) && online(other.device));
    readings.length = 0;
    const place = rig.places.get(other.device);
    if (place) rig.places.set(other.device, { ...place, locks: new Map([[1, "fail-safe"]]) });
    rig.driver.serve([own.device, other.device]);
    await until(() => online(other.device));
    await rig.cable.wish({ do: "card", address: own.address, bits: "10111101100010001110101110" });
    await until(() => told("scan").length === 1);
    expect(told("presence").map(({ device }) => device)).toEqual([other.device]);
    expect(told("interference")).toEqual([]);
    // Locked without a word from the house: with power, since it is fail-safe now.
    await expect
      .poll(async () => (await rig.cable.report(other.address)).done.at(-1), { timeout: 3_000 })
      .toMatchObject({ code: 0x68, data: "00020000" });
  });

  const times = long ? 100 : 4;
  test(`the adapter pulled and plugged in ${times} times opens nothing`, async () => {
    await start();
    for (let i = 0; i < times; i++) {
      await until(() => online(own.device) && online(other.device));
      await rig.cable.wish({ do: "card", address: own.address, bits: "10111101100010001110101110" });
      await rig.cable.unplug();
      await until(() => !online(own.device) && !online(other.device));
      await rig.cable.plug();
      await until(() => online(own.device));
      for (const { address } of [own, other])
        expect(
          (await rig.cable.report(address)).done.filter(
            ({ code, data }) => code === 0x68 && !data.startsWith("0001"),
          ),
        ).toEqual([]);
    }
    expect(told("interference")).toEqual([]);
  });
});
