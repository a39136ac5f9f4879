import { expect, test } from "vitest";
import { deviceListText } from "../../gateway/cli/accounts.js";

const device = (n: number, more: object = {}) => ({
  id: `io-${n}`,
  name: `Terminal ${n}`,
  online: true,
  trust: "native",
  battery: null,
  rssi: null,
  model: null,
  firmware: null,
  ...more,
});

test("a fleet is one line: who is there, whose battery is low", () => {
  const devices = Array.from({ length: 32 }, (_, index) => device(index + 1));
  devices[3] = device(4, { online: false, battery: 9, trust: "foreign", rssi: -61 });
  const text = deviceListText({ of: 32, online: 31, batteryLow: 1, tampered: 0, devices }, 80);
  const lines = text.trimEnd().split("\n");
  expect(lines.at(-1)).toBe("31 of 32 online, 1 with low battery");
  expect(lines.find((line) => line.startsWith("io-4 "))).toMatch(/away .*foreign .*9 % .*-61 dBm/);
  expect(deviceListText({ of: 0, online: 0, batteryLow: 0, tampered: 0, devices: [] }, 80)).toContain(
    "no devices",
  );
});
