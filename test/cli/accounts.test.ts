import { describe, expect, test } from "vitest";
import { commandLine } from "./command-line.js";

describe("accounts on the command line", () => {
  test("a device's key is JSON that a script can take", async () => {
    const said = await commandLine(["device", "add", "side-reader", "--json"], {
      play: () => ({ ok: true, result: { id: "side-reader", key: "k3y" } }),
    });
    expect(said.asked).toEqual([{ name: "device.add", params: { device: "side-reader" } }]);
    expect(JSON.parse(said.out)).toEqual({ id: "side-reader", key: "k3y" });
  });

  test("a client gets the least unless more is asked for", async () => {
    const play = () => ({ ok: true, result: { id: "hub", key: "k", role: "viewer" } }) as const;
    expect((await commandLine(["client", "add", "hub"], { play })).asked).toEqual([
      { name: "client.add", params: { client: "hub", role: "viewer" } },
    ]);
    const more = ["client", "add", "hub", "--role", "central", "--discreet", "--name", "Head office"];
    expect((await commandLine(more, { play })).asked).toEqual([
      { name: "client.add", params: { client: "hub", role: "central", discreet: true, name: "Head office" } },
    ]);
  });

  test("an account is disabled and enabled by name", async () => {
    const play = () => ({ ok: true, result: { account: { id: "hub" } } }) as const;
    const off = await commandLine(["account", "disable", "hub"], { play });
    expect(off.asked).toEqual([{ name: "account.disable", params: { account: "hub", disabled: true } }]);
    expect(off.out).toBe("Account hub is disabled.\n");
    const on = await commandLine(["account", "enable", "hub"], { play });
    expect(on.asked).toEqual([{ name: "account.disable", params: { account: "hub", disabled: false } }]);
    expect(on.out).toBe("Account hub is enabled.\n");
  });

  test("an owner's secret says until when and where", async () => {
    const said = await commandLine(["owner", "claim", "--minutes", "10"], {
      play: () => ({
        ok: true,
        result: {
          secret: "abcd-efgh",
          expiresAt: "2026-11-24T09:00:00.000Z",
          urls: ["http://127.0.0.1:8080"],
        },
      }),
    });
    expect(said.asked).toEqual([{ name: "owner.claim", params: { minutes: 10 } }]);
    expect(said.out).toContain("abcd-efgh");
    expect(said.out).toContain("http://127.0.0.1:8080");
  });
});

describe("status", () => {
  const status = {
    version: "0.1.0",
    running: false,
    since: "2026-11-24T08:00:00.000Z",
    site: null,
    journal: {
      state: "ok",
      lastSeq: 0,
      waiting: 0,
      size: {
        usedBytes: 7_460_000_000,
        roomBytes: 100e9,
        usedPercent: 7,
        diskFreeBytes: 92.5e9,
        oldestAt: "2025-11-24T08:00:00.000Z",
        eventsADay: 10_000,
        bytesADay: 7_460_000,
        daysLeft: 12_404,
      },
      keepDays: { access: 365, door: 365, audit: "forever" },
    },
    devices: { online: 0, of: 0, missing: [] },
    people: 0,
    credentials: 0,
    accounts: 0,
    ownerless: true,
    listening: { mqtt: [], web: [] },
    memoryMb: 60,
  };
  const play = () => ({ ok: true, result: status }) as const;

  test("says what comes next on a new data folder", async () => {
    const said = await commandLine(["status"], { play, mode: "offline" });
    expect(said.out).toContain("gateway:      not running\n");
    expect(said.out).toContain("none yet: gatewarden site import");
    expect(said.out).toContain("nobody is owner yet: gatewarden owner claim");
  });

  test("tells how large the log is, how it grows, and how long what is kept", async () => {
    const said = await commandLine(["status"], { play, mode: "running" });
    expect(said.out.replace(/\s+/g, " ")).toContain(
      "7.5 GB, 7 % of 100.0 GB; 7 MB a day (10000 events), room for 12404 days; 92.5 GB free on the disk",
    );
    expect(said.out.replace(/\s+/g, " ")).toContain(
      "from 2025-11-24 on (access, door 365 days; audit for ever)",
    );
  });

  test("tells a script whether a gateway answered", async () => {
    for (const mode of ["running", "offline"] as const) {
      const said = await commandLine(["status", "--json"], { play, mode });
      expect(JSON.parse(said.out)).toMatchObject({ running: mode === "running" });
    }
  });
});
