/** A card at a reader on a line, through the whole gateway as a process of its own, to the lock on the reader's output. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { LineStatus } from "../../drivers/osdp/desk.js";
import { connect } from "../../gateway/cli/connection.js";
import { performed } from "../../gateway/cli/context.js";
import { commandLineOver } from "../cli/command-line.js";
import { belongings, patience } from "../cli/running-gateway.js";
import { Cable } from "../drivers/osdp/line.js";
import { describeWithPeers } from "../peers/peers.js";

vi.setConfig(patience);
const document = fileURLToPath(new URL("osdp-door.yaml", import.meta.url));
const own = belongings();
afterAll(() => own.gone());

const keys = { front: "9f3c71d08e5a24b66b0d4c17e8f29a53", back: "51c0f7a3928bde66170433ecb5a98d24" };
/** Facility 123, card 4567, with its parity (fact sheet, 7.1). */
const card26 = "10111101100010001110101110";
const stranger26 = "00000000100000000000000100";

interface Seen {
  readonly type: string;
  readonly device?: string;
  readonly reason?: string;
}

describeWithPeers("a door on a line", ["socat"], ({ socat }) => {
  const dataDir = own.folder();
  const cable = new Cable({
    socat,
    readers: [
      { address: 1, key: keys.front, serial: 1 },
      { address: 2, key: keys.back, serial: 2 },
      { address: 3, serial: 3 },
    ],
  });
  afterAll(() => cable.close());

  async function json<T>(...argv: string[]): Promise<T> {
    const said = await commandLineOver(connect, [...argv, "--data", dataDir, "--json"]);
    if (said.exitCode !== 0) throw new Error(`${argv.join(" ")}: ${said.exitCode} ${said.err}`);
    return JSON.parse(said.out) as T;
  }
  async function perform<T>(name: string, params: object): Promise<T> {
    const connection = await connect(dataDir, {});
    try {
      return await performed<T>(connection.perform(name, params));
    } finally {
      await connection.close();
    }
  }
  const events = async () => (await perform<{ events: Seen[] }>("journal.read", { limit: 200 })).events;
  const until = async (what: () => Promise<boolean>, ms = 10_000): Promise<void> => {
    const end = performance.now() + ms;
    while (!(await what())) {
      if (performance.now() > end) throw new Error("it did not come to that");
      await later(50);
    }
  };
  const seen = (type: string, device?: string) => async () =>
    (await events()).some(
      (event) => event.type === type && (device === undefined || event.device === device),
    );
  const opened = async () =>
    (await cable.report(1)).done.filter(({ code, data }) => code === 0x68 && data.startsWith("0005")).length;

  beforeAll(async () => {
    await cable.plug();
    writeFileSync(
      join(dataDir, "reader-keys.json"),
      JSON.stringify({ "front-reader": { key: keys.front }, "back-reader": { key: keys.back } }),
      { mode: 0o600 },
    );
    const filled = join(dataDir, "site.yaml");
    writeFileSync(filled, readFileSync(document, "utf8").replace("PORT", cable.path));
    await own.start(dataDir).firstLine;
    await json("site", "import", filled, "--note", "first");
    await json("person", "set", "ben", "--name", "Ben", "--group", "staff");
    await json("credential", "add", "ben", "123,4567");
    await until(seen("device.online", "front-reader"));
    await until(seen("device.online", "back-reader"));
  });

  test("a known card opens it, an unknown one does not", async () => {
    await cable.wish({ do: "card", address: 1, bits: stranger26 });
    await until(seen("access.denied"));
    expect(await opened()).toBe(0);
    await cable.wish({ do: "card", address: 1, bits: card26 });
    await until(async () => (await opened()) === 1);
    expect(await events()).toContainEqual(expect.objectContaining({ type: "access.granted", door: "front" }));
    // The lock's time is the reader's own: it ends when the gateway is gone.
    const [out] = (await cable.report(1)).done.filter(({ data }) => data.startsWith("0005"));
    expect(out?.data).toMatch(/^0005(..)00$/);
  });

  test("the line is listed with what it does beside what it can", async () => {
    const { buses } = await json<{ buses: readonly LineStatus[] }>("bus", "list");
    expect(buses).toMatchObject([
      {
        id: "ground-floor",
        port: cable.path,
        speed: 115_200,
        readers: [
          { device: "front-reader", address: 1, online: true, protection: "secure" },
          { device: "back-reader", address: 2, online: true, protection: "secure" },
        ],
      },
    ]);
    expect(buses[0]?.rate.limit).toBeCloseTo(360, 0);
  });

  test("what goes over it can be looked at, kept and read again, and no card, PIN or key is in it", async () => {
    const capture = join(dataDir, "capture.jsonl");
    const looking = json("bus", "monitor", "ground-floor", "--seconds", "1.5", "--capture", capture).catch(
      () => {},
    );
    await later(700);
    await cable.wish({ do: "card", address: 1, bits: card26 });
    await looking;
    const text = readFileSync(capture, "utf8");
    expect(statSync(capture).mode & 0o077).toBe(0);
    expect(text).toContain('"what":"RAW"');
    expect(text).not.toContain("BD88EB80");
    const { entries, unreadable } = await json<{ entries: readonly object[]; unreadable: number }>(
      "bus",
      "replay",
      capture,
    );
    expect(entries.length).toBeGreaterThan(20);
    expect(unreadable).toBe(0);
  });

  test("a reader that hangs on it and is in no site is found", async () => {
    const { found } = await json<{ found: readonly { address: number; device?: string }[] }>(
      "bus",
      "scan",
      "ground-floor",
    );
    expect(found).toMatchObject([
      { address: 1, device: "front-reader" },
      { address: 2, device: "back-reader" },
      { address: 3, serial: "00000003" },
    ]);
    expect(found[2]?.device).toBeUndefined();
  });

  test("a new reader waits for its key, is given one once, and the others are not disturbed", async () => {
    const filled = join(dataDir, "site.yaml");
    writeFileSync(
      filled,
      readFileSync(filled, "utf8").replace(
        "doors:\n",
        "  - { id: side-reader, name: Side, driver: osdp, osdp: { bus: ground-floor, address: 3 } }\ndoors:\n",
      ),
    );
    await json("site", "import", filled, "--note", "one more");
    const status = async () =>
      (await json<{ buses: readonly LineStatus[] }>("bus", "list")).buses[0]?.readers.find(
        ({ device }) => device === "side-reader",
      );
    expect(await status()).toMatchObject({ online: false, protection: "needs a key" });
    expect((await cable.report(3)).secure).toBe(false);
    await json("bus", "adopt", "side-reader");
    expect(await status()).toMatchObject({ online: true, protection: "secure", adoption: "done" });
    const given = (await cable.report(3)).key;
    const kept = JSON.parse(readFileSync(join(dataDir, "reader-keys.json"), "utf8")) as Record<
      string,
      { key: string }
    >;
    expect(kept["side-reader"]?.key).toBe(given);
    expect(statSync(join(dataDir, "reader-keys.json")).mode & 0o077).toBe(0);
    await json("bus", "rotate", "side-reader");
    expect((await cable.report(3)).key).not.toBe(given);
    expect((await cable.report(3)).key).toHaveLength(32);
    expect((await events()).filter(({ type }) => type === "device.lost")).toEqual([]);
    expect(JSON.stringify(await events())).not.toContain(given);
  });

  test("the exit button on its input opens it, and the contact tells of the leaf", async () => {
    const before = await opened();
    await cable.wish({ do: "input", address: 1, states: [0, 1] });
    await until(async () => (await opened()) === before + 1);
    await cable.wish({ do: "input", address: 1, states: [1, 0] });
    await until(seen("door.opened"));
  });

  test("a card in the clear in the middle of a session opens nothing and is an alarm", async () => {
    const before = await opened();
    // Reader 0, Wiegand, 26 bits: Ben's own card, as somebody at the wire would say it.
    await cable.wish({ do: "inject", address: 1, code: 0x50, data: "00011A00BD88EB80" });
    await until(seen("device.interference", "front-reader"));
    await until(async () => (await cable.report(1)).secure);
    expect(await opened()).toBe(before);
  });

  test("an adapter that is pulled is missed within 3 s and found within 5 s, and nothing opens by that", async () => {
    const lost = async () => (await events()).filter(({ type }) => type === "device.lost").length;
    const online = async () => (await events()).filter(({ type }) => type === "device.online").length;
    const [lostBefore, onlineBefore] = [await lost(), await online()];
    await cable.unplug();
    await until(async () => (await lost()) >= lostBefore + 2, 3_000);
    const side = JSON.parse(readFileSync(join(dataDir, "reader-keys.json"), "utf8"))["side-reader"]
      .key as string;
    await cable.plug("panel", [
      { address: 1, key: keys.front, serial: 1 },
      { address: 2, key: keys.back, serial: 2 },
      { address: 3, key: side, serial: 3 },
    ]);
    await until(async () => (await online()) >= onlineBefore + 3, 5_000);
    expect(await opened()).toBe(0);
    await cable.wish({ do: "card", address: 1, bits: card26 });
    await until(async () => (await opened()) === 1);
  });
});
