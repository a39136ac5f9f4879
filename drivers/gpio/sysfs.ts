/** Lines by onoff, over /sys/class/gpio. */
import { readdirSync, readFileSync } from "node:fs";
import type { Gpio } from "onoff";
import { type GpioAccess, NoGpio } from "./access.js";
import type { Chip, Pin } from "./pins.js";

const root = "/sys/class/gpio";

type GpioClass = typeof Gpio;

async function onoff(): Promise<GpioClass> {
  try {
    return (await import("onoff")).Gpio;
  } catch (error) {
    throw new NoGpio(
      `the package onoff is not installed here, which drives the pins: npm install onoff (${(error as Error).message.split("\n")[0]})`,
    );
  }
}

function text(path: string): string {
  return readFileSync(path, "utf8").trim();
}

function chipAt(folder: string): Chip {
  return {
    name: folder,
    label: text(`${root}/${folder}/label`),
    base: Number(text(`${root}/${folder}/base`)),
    lines: Number(text(`${root}/${folder}/ngpio`)),
  };
}

export function sysfs(): GpioAccess {
  return {
    async chips() {
      let folders: string[];
      try {
        folders = readdirSync(root);
      } catch {
        throw new NoGpio(`this system has no ${root}; set access: libgpiod in the site document`);
      }
      return folders.filter((folder) => folder.startsWith("gpiochip")).map(chipAt);
    },
    async input(pin, { activeLow }, onChange) {
      const line = new (await onoff())(pin.kernel, "in", "both", { activeLow });
      const read = line.readSync.bind(line);
      // Onoff reads in the interrupt itself, where a line that is gone would throw past everybody and end the process.
      line.readSync = () => {
        try {
          return read();
        } catch {
          onChange();
          return 0;
        }
      };
      line.watch(() => onChange());
      return { read: () => read() === 1, close: () => closeLine(line) };
    },
    async output(pin, { activeLow, initial }) {
      // "high" and "low" are the voltage, and are set in the same moment in which the line becomes an output.
      const line = new (await onoff())(pin.kernel, initial !== activeLow ? "high" : "low", "none", {
        activeLow,
      });
      return {
        set: (on) => line.writeSync(on ? 1 : 0),
        check: () => void line.readSync(),
        valueFile: valueFileOf(pin),
        // Given back, it would become an input, and the relay whatever it then is.
        close: () => line.unwatchAll(),
      };
    },
  };
}

function closeLine(line: Gpio): void {
  try {
    line.unexport();
  } catch {
    // The chip is gone, and the line with it.
  }
}

function valueFileOf({ kernel }: Pin): string {
  return `${root}/gpio${kernel}/value`;
}
