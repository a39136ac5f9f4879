/** Readers on lines and locks on pins, as the site document has them. */
import { expect, test } from "vitest";
import { compileSite } from "../../gateway/site/compile.js";
import { parseSite, type SiteDocument } from "../../gateway/site/document.js";
import { checkSite } from "../../gateway/site/invariants.js";
import { frontDoor, officeDoor, smallHouse, storeDoor } from "./small-house.js";

type Devices = SiteDocument["devices"];

const line = { id: "ground-floor", name: "Ground floor", path: "/dev/ttyUSB0" };
const reader = (id: string, address: number): Devices[number] => ({
  id,
  name: id,
  driver: "osdp",
  osdp: { bus: line.id, address },
});
const board: Devices[number] = {
  id: "cabinet",
  name: "Cabinet",
  driver: "gpio",
  gpio: {
    lines: [
      { point: "lock/1", pin: "GPIO17", activeLow: true },
      { point: "input/1", pin: "GPIO27" },
    ],
    heartbeat: { pin: "GPIO6" },
  },
};

function faults(more: readonly Devices[number][], overrides: Partial<SiteDocument> = {}): string[] {
  const house = smallHouse({ buses: [line], ...overrides });
  const document = { ...house, devices: [...house.devices, ...more] };
  return checkSite(document).map(({ path, message }) => `${path}: ${message}`);
}
const first = smallHouse({}).devices.length;

test("readers and boards that are wired as they should be have no fault", () => {
  expect(faults([reader("gate", 1), reader("garage", 2), board])).toEqual([]);
});

test("two readers at one address of one line are refused", () => {
  expect(faults([reader("gate", 1), reader("garage", 1)])).toEqual([
    `devices[${first + 1}].osdp.address: 1 on ground-floor is gate's already`,
  ]);
});

test("a reader on a line that is not there, and a line that nobody can find, are refused", () => {
  expect(faults([reader("gate", 1)], { buses: [] })).toEqual([
    `devices[${first}].osdp.bus: there is no bus ground-floor`,
  ]);
  expect(faults([], { buses: [{ id: "a", name: "A" }] })).toEqual([
    "buses[0]: needs usbSerial or path, to know which adapter it is",
  ]);
});

test("a driver without its wires, and wires without their driver, are refused", () => {
  const { osdp: _, ...bare } = reader("gate", 1);
  expect(faults([bare])).toEqual([
    `devices[${first}]: driver osdp needs a part osdp that says where it is wired`,
  ]);
  expect(faults([{ ...board, driver: "mqtt" }])).toEqual([`devices[${first}].gpio: is only for driver gpio`]);
});

test("a pin that is used twice is refused, however it is written", () => {
  const lines = [...(board.gpio?.lines ?? []), { point: "output/1", pin: "17" }];
  expect(faults([{ ...board, gpio: { lines } }])).toEqual([
    `devices[${first}].gpio.lines[2].pin: 17 is cabinet/lock/1 already`,
  ]);
});

test("a door whose lock has no pin is refused", () => {
  const lock = { point: "cabinet/lock/2", kind: "fail-secure", mechanicalEgress: true } as const;
  expect(faults([board], { doors: [frontDoor({ lock }), officeDoor(), storeDoor()] })).toEqual([
    "doors[0].lock.point: cabinet has no pin for lock/2",
  ]);
});

test("a fail-safe lock is told so to its driver, and a fire input that it is one", () => {
  const house = smallHouse({
    buses: [line],
    doors: [
      frontDoor({ lock: { point: "gate/lock/1", kind: "fail-safe" } }),
      officeDoor({ lock: { point: "cabinet/lock/1", kind: "fail-safe" } }),
      storeDoor(),
    ],
    sensors: [{ id: "fire", name: "Fire", type: "fire", point: "cabinet/input/1" }],
  });
  const site = compileSite({ ...house, devices: [...house.devices, reader("gate", 1), board] }, 1, 0);
  expect(site.devices.get("gate")?.osdp).toEqual({
    line: { ...line, speed: 9600 },
    address: 1,
    clear: false,
    locks: new Map([[1, "fail-safe"]]),
  });
  expect(site.devices.get("cabinet")?.gpio).toMatchObject({
    access: "sysfs",
    heartbeat: { pin: "GPIO6", everyMs: 500 },
    lines: [
      { kind: "lock", n: 1, lock: "fail-safe", activeLow: true, debounceMs: 0 },
      { kind: "input", n: 1, fire: true, activeLow: false, debounceMs: 20 },
    ],
  });
});

test("no key fits into the document", () => {
  const house = smallHouse({ buses: [line] });
  const keyed = {
    ...reader("gate", 1),
    osdp: { bus: line.id, address: 1, key: "9f3c71d08e5a24b66b0d4c17e8f29a53" },
  };
  expect(parseSite({ ...house, devices: [...house.devices, keyed] }).ok).toBe(false);
});
