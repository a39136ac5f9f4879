import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { connectAsync } from "mqtt";
import { expect, test } from "vitest";
import { startBroker } from "../../gateway/broker/broker.js";
import { Gate } from "../../gateway/broker/gate.js";
import { GuessThrottle } from "../../gateway/broker/guess-throttle.js";
import { defaultLimits } from "../../gateway/broker/limits.js";
import { addressOf } from "../../gateway/broker/listeners.js";
import { connectPacket, packet } from "./packets.js";
import { atEnd, brokerRig, closed, pause, TestAccounts, until } from "./rig.js";

test("only the account's own secret, under its own name and client id, lets anyone in", async () => {
  const { accounts, client, socket, notes } = await brokerRig();
  accounts.device("r1");
  accounts.device("r2");
  const refused: [string, object, RegExp][] = [
    ["r1", { password: "wrong" }, /username or password/i],
    ["r1", { password: "" }, /username or password/i],
    ["r1", { password: "r2-key" }, /username or password/i],
    ["nobody", {}, /username or password/i],
    ["r1", { username: "r2", password: "r2-key" }, /identifier rejected/i],
    ["r1", { clientId: "another" }, /identifier rejected/i],
    ["__proto__", {}, /username or password/i],
    ["constructor", {}, /username or password/i],
    ["R1", {}, /username or password/i],
    ["' OR 1=1 --", {}, /username or password/i],
  ];
  for (const [id, options, why] of refused) await expect(client(id, options), id).rejects.toThrow(why);
  const nameless = await socket();
  nameless.resume();
  const gone = closed(nameless);
  // CONNECT with a client id and nothing else (3.1.2.3: clean session only).
  nameless.write(packet(0x10, Buffer.from("\0\x04MQTT\x04\x02\0\x3c\0\x02r1", "latin1")));
  expect(await gone).toBeLessThan(3_000);
  await client("r1");
  const failures = notes.filter(({ type }) => type === "audit.sign-in-failed");
  expect(failures.length).toBeGreaterThan(4);
  expect(failures[0]).toMatchObject({ data: { account: "r1", from: "127.0.0.1" } });
  expect(JSON.stringify(notes)).not.toMatch(/wrong"|-key/);
});

test("operators, disabled accounts and other protocols are refused", async () => {
  const { accounts, client } = await brokerRig();
  accounts.put({ id: "op", kind: "operator", role: "owner", discreet: false, disabled: false });
  accounts.put({ id: "r1", kind: "device", role: "device", discreet: false, disabled: true });
  accounts.device("r2");
  await expect(client("op")).rejects.toThrow(/Not authorized/);
  await expect(client("r1")).rejects.toThrow(/Not authorized/);
  await expect(client("r2", { protocolVersion: 5 })).rejects.toThrow(/protocol/i);
});

test("a session ends the moment its account is disabled or its secret is changed", async () => {
  const { broker, accounts, client } = await brokerRig();
  const r1 = accounts.device("r1");
  accounts.client("ha", "viewer");
  const device = await client("r1");
  const ha = await client("ha");
  const gone = closed(device);
  accounts.put({ ...r1, disabled: true });
  expect(await gone).toBeLessThan(500);
  expect(broker.bus.isOnline("r1")).toBe(false);
  expect(ha.connected).toBe(true);
  const haGone = closed(ha);
  accounts.client("ha", "guard");
  await haGone;
});

test("an account has one session: its owner takes over, nobody else can", async () => {
  const { broker, accounts, client } = await brokerRig();
  accounts.device("r1");
  accounts.device("r2");
  const first = await client("r1");
  const firstGone = closed(first);
  await expect(client("r1", { username: "r2", password: "r2-key" })).rejects.toThrow();
  await expect(client("r1", { password: "guess" })).rejects.toThrow();
  expect(first.connected).toBe(true);
  const second = await client("r1");
  await firstGone;
  await until(() => broker.stats().sessions === 1);
  expect(second.connected).toBe(true);
  expect(broker.bus.isOnline("r1")).toBe(true);
  expect(await broker.bus.sendDown("r1", "cmd", "{}", 1)).toBe(true);
});

test("two connections that sign in at the same moment leave one session, and it works", async () => {
  const { broker, accounts, socket } = await brokerRig();
  accounts.device("r1");
  const presence: boolean[] = [];
  broker.bus.onPresence((_device, online) => presence.push(online));
  for (let round = 0; round < 20; round++) {
    const both = await Promise.all([socket(), socket()]);
    for (const wire of both) wire.resume().write(connectPacket("r1"));
    await until(() => broker.stats().connections === 1 && broker.bus.isOnline("r1"));
    expect(broker.stats().sessions).toBe(1);
    for (const wire of both) wire.destroy();
    await until(() => broker.stats().connections === 0);
    expect(broker.bus.isOnline("r1")).toBe(false);
  }
  // Never twice there, never twice gone.
  expect(presence.every((online, i) => online === (i % 2 === 0))).toBe(true);
});

test("guessing gets slow, from one address or at one account; the right secret never waits", async () => {
  const { accounts, client } = await brokerRig();
  accounts.device("r1");
  const took: number[] = [];
  for (let i = 0; i < 8; i++) {
    const from = performance.now();
    await expect(client("r1", { password: "guess" })).rejects.toThrow();
    took.push(performance.now() - from);
  }
  expect(took[0]).toBeLessThan(200);
  expect(took[7]).toBeGreaterThan(900);
  const from = performance.now();
  await client("r1");
  // The next wrong one would wait for 2 s.
  expect(performance.now() - from).toBeLessThan(1_200);
});

test("wrong secrets are counted per address and per account, forgotten after a minute, and never fill the memory", () => {
  const throttle = new GuessThrottle();
  for (let i = 0; i < 3; i++) expect(throttle.failed("a", "r1", 0).pauseMs).toBe(0);
  expect(throttle.failed("a", "r1", 0)).toEqual({ attempts: 4, pauseMs: 125 });
  expect(throttle.failed("a", "r1", 0)).toEqual({ attempts: 5, pauseMs: 250 });
  // Another address and another account are not held liable for a few.
  expect(throttle.failed("b", "r2", 0)).toEqual({ attempts: 1, pauseMs: 0 });
  // From one address at a hundred accounts, and at one account from a hundred addresses.
  let worst = 0;
  for (let i = 0; i < 100; i++) worst = Math.max(worst, throttle.failed("c", `x${i}`, 0).pauseMs);
  expect(worst).toBe(2_000);
  worst = 0;
  for (let i = 0; i < 100; i++) worst = Math.max(worst, throttle.failed(`d${i}`, "r3", 0).pauseMs);
  expect(worst).toBe(2_000);
  expect(throttle.failed("a", "r1", 61_000).attempts).toBe(1);
  throttle.succeeded("a", "r1");
  expect(throttle.failed("a", "r1", 61_000).attempts).toBe(1);
  for (let i = 0; i < 30_000; i++) throttle.failed("e", `y${i}`, 61_000);
  expect(throttle.failed("a", "r1", 61_000).attempts).toBe(1);
});

test("five hundred connections may say nothing; whoever comes then and says who it is pushes one of them out", async () => {
  const { broker, accounts, socket, client } = await brokerRig();
  accounts.device("r1");
  const silent = await Promise.all(Array.from({ length: 500 }, () => socket()));
  await until(() => broker.stats().unauthenticated === 500);
  expect(broker.stats().connections, "spoken with").toBe(0);
  await pause(550);
  const gone = closed(silent[0] as Socket);
  await client("r1");
  expect(await gone).toBeLessThan(1_000);
  expect(broker.stats().refusedConnections).toBe(1);
  expect(broker.stats().unauthenticated).toBe(499);
});

test("who sends its CONNECT a byte at a time takes no place of those who send it whole", async () => {
  const { broker, accounts, socket, client } = await brokerRig();
  accounts.device("r1");
  const whole = connectPacket("r1");
  const drips = await Promise.all(Array.from({ length: 60 }, () => socket()));
  for (const drip of drips) drip.write(whole.subarray(0, whole.length - 1));
  await until(() => broker.stats().unauthenticated === 60);
  const from = performance.now();
  await client("r1");
  expect(performance.now() - from).toBeLessThan(500);
  expect(broker.stats().refusedConnections).toBe(0);
});

test("who guesses sits out its pause without taking the place of who knows, from the same address", async () => {
  const { broker, accounts, socket, client } = await brokerRig({ limits: { unauthenticatedPerAddress: 3 } });
  accounts.device("r1");
  for (let i = 0; i < 40; i++) {
    const guesser = await socket();
    guesser.resume();
    guesser.write(connectPacket("r1", { key: "wrong" }));
  }
  await until(() => broker.stats().unauthenticated > 10);
  const from = performance.now();
  await client("r1");
  expect(performance.now() - from).toBeLessThan(500);
});

test("a building's devices come back all at once from one address, and none is sent away", async () => {
  const accounts = new TestAccounts();
  const ids = Array.from({ length: 300 }, (_, i) => `d${i}`);
  for (const id of ids) accounts.device(id);
  const broker = await startBroker({
    root: "gw/v1",
    site: "hq",
    accounts,
    listeners: [{ host: "127.0.0.1", port: 0 }],
    onRequest: async () => "{}",
    onNote: () => {},
  });
  atEnd(() => broker.stop());
  const clients = await Promise.all(
    ids.map((id) =>
      connectAsync(`mqtt://127.0.0.1:${broker.addresses[0]?.port}`, {
        clientId: id,
        username: id,
        password: `${id}-key`,
        reconnectPeriod: 0,
      }),
    ),
  );
  atEnd(() => Promise.all(clients.map((client) => client.endAsync(true))));
  await until(() => broker.stats().sessions === 300);
  expect(broker.stats().refusedConnections).toBe(0);
  expect(broker.stats().unauthenticated).toBe(0);
});

/** A socket as far as the gate knows one, which says so much at first. */
function visitor(says: Buffer = connectPacket("r1")) {
  let left: Buffer | null = says;
  const socket = Object.assign(new EventEmitter(), {
    closed: false,
    read(): Buffer | null {
      const bytes = left;
      left = null;
      return bytes;
    },
    unshift(bytes: Buffer) {
      left = bytes;
    },
    destroy() {
      socket.closed = true;
      socket.emit("close");
    },
  });
  return socket;
}

test("when every place is taken, the address that takes most of them gives way", async () => {
  const gate = new Gate({ ...defaultLimits, unauthenticated: 30, unauthenticatedPerAddress: 5 });
  const arrive = (address: string) => {
    const socket = visitor();
    gate.arrive(socket as never, address, false, () => {});
    socket.emit("readable");
    return socket;
  };
  const flood = Array.from({ length: 40 }, () => arrive("198.51.100.7"));
  expect(flood.filter((socket) => socket.closed)).toHaveLength(10);
  const others = Array.from({ length: 5 }, (_, i) => arrive(`203.0.113.${i}`));
  expect(others.some((socket) => socket.closed)).toBe(false);
  expect(gate.unauthenticated).toBe(30);
  for (const socket of [...flood, ...others]) socket.destroy();
  expect(gate.unauthenticated).toBe(0);
});

test("connections above an address's number wait for a place and get it as others become known, in their order", async () => {
  const gate = new Gate({ ...defaultLimits, unauthenticatedPerAddress: 5 });
  const admitted: number[] = [];
  const sockets = Array.from({ length: 50 }, () => visitor());
  for (const [i, socket] of sockets.entries()) {
    gate.arrive(socket as never, "192.0.2.1", false, () => {
      admitted.push(i);
      setTimeout(() => gate.leave(socket as never), 2);
    });
    socket.emit("readable");
  }
  expect(admitted).toEqual([0, 1, 2, 3, 4]);
  await until(() => gate.unauthenticated === 0);
  expect(admitted).toEqual([...Array(50).keys()]);
  expect(sockets.some((socket) => socket.closed)).toBe(false);
});

test("a thousand at the same instant all have their chance to speak; who says nothing is gone after it", async () => {
  const gate = new Gate({ ...defaultLimits, unauthenticated: 100 });
  const sockets = Array.from({ length: 1_000 }, () => visitor());
  const admitted = new Set<number>();
  for (const [i, socket] of sockets.entries()) {
    gate.arrive(socket as never, `192.0.2.${i % 50}`, false, () => {
      admitted.add(i);
      setTimeout(() => gate.leave(socket as never), 1);
    });
  }
  expect(gate.unauthenticated).toBe(1_000);
  for (const socket of sockets.slice(0, 500)) socket.emit("readable");
  await until(() => admitted.size === 500);
  await until(() => gate.unauthenticated === 100);
  expect(sockets.slice(0, 500).some((socket) => socket.closed)).toBe(false);
  for (const socket of sockets) socket.destroy();
  expect(gate.unauthenticated).toBe(0);
});

test("an encrypted connection that does not come to its CONNECT gives its place to one that waits", async () => {
  const gate = new Gate({ ...defaultLimits, unauthenticatedPerAddress: 2 });
  const admitted: number[] = [];
  const arrive = (i: number) => {
    const socket = visitor(Buffer.from([0x16]));
    gate.arrive(socket as never, "192.0.2.1", true, () => admitted.push(i));
    socket.emit("readable");
    return socket;
  };
  const held = [arrive(0), arrive(1)];
  const third = arrive(2);
  expect(admitted).toEqual([0, 1]);
  await until(() => admitted.length === 3);
  expect(held.map((socket) => socket.closed)).toEqual([true, false]);
  for (const socket of [...held, third]) socket.destroy();
  expect(gate.unauthenticated).toBe(0);
});

test("an address is counted as one, whatever it is dressed in", () => {
  expect(addressOf({ remoteAddress: "::ffff:192.0.2.1" })).toBe("192.0.2.1");
  expect(addressOf({ remoteAddress: "192.0.2.1" })).toBe("192.0.2.1");
  expect(addressOf({ remoteAddress: "2001:db8:1:2:3:4:5:6" })).toBe("2001:db8:1:2");
  expect(addressOf({ remoteAddress: "2001:db8:1:2::9" })).toBe("2001:db8:1:2");
  expect(addressOf({ remoteAddress: "::1" })).toBe("::1");
});

test("an account that is disabled while its secret is checked does not get in", async () => {
  const accounts = new TestAccounts();
  const account = accounts.device("r1");
  const slow = Object.assign(Object.create(accounts), {
    get: (id: string) => accounts.get(id),
    onChange: (listener: never) => accounts.onChange(listener),
    async authenticate() {
      await pause(50);
      return account;
    },
  });
  const { client } = await brokerRig({ accounts: slow });
  const coming = client("r1");
  await pause(20);
  accounts.put({ ...account, disabled: true });
  await expect(coming).rejects.toThrow(/Not authorized/);
});
