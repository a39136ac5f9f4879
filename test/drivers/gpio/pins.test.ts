/** What needs no board: names of pins, bounces, tools' output, the watchdog. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Debounce } from "../../../drivers/gpio/debounce.js";
import { gpio } from "../../../drivers/gpio/driver.js";
import {
  chipsOf,
  libgpiod,
  majorOf,
  monitorArguments,
  setArguments,
} from "../../../drivers/gpio/libgpiod.js";
import { type Chip, findPin } from "../../../drivers/gpio/pins.js";
import { sysfs } from "../../../drivers/gpio/sysfs.js";

const header = (base: number, label = "pinctrl-bcm2711"): Chip => ({
  name: `gpiochip${base}`,
  label,
  base,
  lines: 58,
});
const expander: Chip = { name: "gpiochip570", label: "mcp23017", base: 570, lines: 16 };

describe("a pin as it is printed on the board", () => {
  for (const [base, label] of [
    [0, "pinctrl-bcm2835"],
    [399, "pinctrl-rp1"],
    [512, "pinctrl-bcm2711"],
  ] as const)
    test(`is found where the kernel counts from ${base}`, () => {
      for (const text of ["GPIO17", "GPIO 17", "17"])
        expect(findPin(text, [expander, header(base, label)])).toMatchObject({
          line: 17,
          kernel: base + 17,
        });
    });

  test("of another chip is found by the chip's label or name", () => {
    expect(findPin("mcp23017:3", [header(512), expander])).toMatchObject({ kernel: 573 });
    expect(findPin("gpiochip570:3", [header(512), expander])).toMatchObject({ kernel: 573 });
  });

  test("that is not there is refused by name", () => {
    expect(findPin("GPIO99", [header(512)])).toMatch(/lines 0 to 57/);
    expect(findPin("pcf8574:1", [header(512)])).toMatch(/there is no chip pcf8574/);
    expect(findPin("GPIO17", [expander, { ...expander, name: "b", label: "b" }])).toMatch(/with its chip/);
    expect(findPin("GPIO17", [])).toMatch(/none at all/);
  });
});

describe("a contact that bounces", () => {
  test("is one change, at where it settles", () => {
    const debounce = new Debounce(20, false);
    expect(debounce.moved(0)).toBe(20);
    expect(debounce.moved(15)).toBe(35);
    expect(debounce.settled(true)).toBe(true);
    debounce.moved(100);
    expect(debounce.settled(true)).toBe(false);
  });

  test("without end is looked at all the same", () => {
    const debounce = new Debounce(20, false);
    let at = 0;
    for (let now = 0; now < 1_000; now += 5) at = debounce.moved(now);
    expect(at).toBe(200);
  });
});

describe("libgpiod", () => {
  test("lists chips in either version's words", () => {
    expect(chipsOf("gpiochip0 [pinctrl-bcm2711] (58 lines)\ngpiochip1 [x] (1 line)\n")).toEqual([
      { name: "gpiochip0", label: "pinctrl-bcm2711", base: 0, lines: 58 },
      { name: "gpiochip1", label: "x", base: 0, lines: 1 },
    ]);
    expect(majorOf("gpiodetect (libgpiod) v1.6.3")).toBe(1);
    expect(majorOf("gpiodetect (libgpiod) v2.2.1\nCopyright")).toBe(2);
  });

  test("is asked for a line by chip and number", () => {
    const pin = { chip: { name: "gpiochip0", label: "x", base: 0, lines: 58 }, line: 17, kernel: 17 };
    expect(monitorArguments(pin, true)).toEqual([
      ...["--chip", "gpiochip0", "--edges", "both", "--format", "%E", "--active-low", "17"],
    ]);
    expect(setArguments(pin, false, true)).toEqual(["--interactive", "--chip", "gpiochip0", "17=1"]);
  });
});

describe("where a machine has no pins", () => {
  test("the reason names what is missing, and what would help", async (context) => {
    const reason = (work: Promise<unknown>) =>
      work.then(
        () => undefined,
        (error: Error) => error.message,
      );
    const bySysfs = await reason(sysfs().chips());
    if (bySysfs === undefined) context.skip("this machine has /sys/class/gpio");
    expect(bySysfs).toMatch(/no \/sys\/class\/gpio.*access: libgpiod/);
    const byTools = await reason(libgpiod().chips());
    if (byTools === undefined) context.skip("this machine has libgpiod's tools");
    expect(byTools).toMatch(/gpiodetect is not installed here|libgpiod 1/);
  });
});

describe("the hardware watchdog", () => {
  const folder = mkdtempSync(join(tmpdir(), "gw-dog-"));
  const file = join(folder, "watchdog");
  afterEach(() => {
    vi.useRealTimers();
    rmSync(folder, { recursive: true, force: true });
  });

  test("is fed only while decisions and the log are alive, and is ended in order", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout"] });
    writeFileSync(file, "");
    let well = true;
    const driver = gpio({
      placeOf: () => ({ access: "sysfs", lines: [], watchdog: file }),
      isWell: () => well,
    });
    driver.serve(["cabinet"]);
    await driver.start(() => {});
    vi.advanceTimersByTime(10_500);
    expect(readFileSync(file, "utf8")).toBe("111");
    well = false;
    vi.advanceTimersByTime(60_000);
    expect(readFileSync(file, "utf8")).toBe("111");
    well = true;
    vi.advanceTimersByTime(5_000);
    await driver.stop();
    expect(readFileSync(file, "utf8")).toBe("1111V");
  });
});
