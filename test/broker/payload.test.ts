import { expect, test } from "vitest";
import { isLaborious } from "../../gateway/broker/payload.js";
import { connectPacket, publishPacket } from "./packets.js";
import { brokerRig, closed, until } from "./rig.js";

test("64 kB of brackets, of commas or of names are more work than any message; 64 kB of text are not", () => {
  const kb64 = 64 * 1024;
  expect(isLaborious(Buffer.alloc(kb64, "["))).toBe(true);
  expect(isLaborious(Buffer.from(`[${"1,".repeat(kb64 / 2 - 2)}1]`))).toBe(true);
  expect(
    isLaborious(
      Buffer.from(JSON.stringify(Object.fromEntries([...Array(5_000).keys()].map((n) => [`k${n}`, n])))),
    ),
  ).toBe(true);
  expect(isLaborious(Buffer.from(JSON.stringify({ id: "1", more: "x".repeat(kb64 - 100) })))).toBe(false);
  const all = Array.from({ length: 64 }, (_, i) => i + 1);
  const hello = {
    proto: 1,
    model: "m",
    fw: "f",
    points: { reader: all, lock: all, input: all, output: all },
  };
  expect(isLaborious(Buffer.from(JSON.stringify(hello)))).toBe(false);
});

test("a device that sends them is told why and cut off before they are read", async () => {
  const rig = await brokerRig();
  rig.accounts.device("r1");
  let heard = 0;
  rig.broker.bus.onUp(() => heard++);
  const wire = await rig.socket();
  const told: Buffer[] = [];
  wire.on("data", (bytes: Buffer) => told.push(bytes));
  wire.write(connectPacket("r1"));
  await until(() => rig.broker.bus.isOnline("r1"));
  const gone = closed(wire);
  wire.write(publishPacket("gw/v1/device/r1/up/scan", Buffer.alloc(64 * 1024, "[")));
  await gone;
  expect(Buffer.concat(told).toString()).toMatch(/down\/error.*too many values/);
  expect(heard).toBe(0);
});
