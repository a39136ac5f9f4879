/** The other programs that some tests talk to: real clients, a real broker, a real browser, a serial line. */
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface Program {
  readonly name: string;
  /** Debian's package. */
  readonly package: string;
  /** What goes untested without it. */
  readonly serves: string;
}

export interface Missing {
  /** Each once. */
  readonly packages: readonly string[];
  readonly untested: readonly string[];
}

export const programs: readonly Program[] = [
  { name: "mosquitto", package: "mosquitto", serves: "the bridge to a broker that is not ours" },
  {
    name: "mosquitto_pub",
    package: "mosquitto-clients",
    serves: "the walk with MQTT clients of another maker",
  },
  {
    name: "mosquitto_sub",
    package: "mosquitto-clients",
    serves: "the walk with MQTT clients of another maker",
  },
  {
    name: "mosquitto_rr",
    package: "mosquitto-clients",
    serves: "the walk with MQTT clients of another maker",
  },
  { name: "socat", package: "socat", serves: "serial lines" },
  { name: "python3", package: "python3", serves: "the contract in a second language" },
];

export const browserNames = ["chromium", "google-chrome", "google-chrome-stable"];
const browser = { package: "chromium", serves: "the pages in a real browser" };
/** Without a font, Chromium draws boxes for letters and measures them wrongly. */
const font = {
  package: "fonts-dejavu-core",
  path: "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
  serves: browser.serves,
};

/** Debian puts servers where only root's PATH looks. */
const alsoIn = ["/usr/sbin", "/usr/local/sbin"];

export function onPath(name: string): string | undefined {
  for (const folder of [...(process.env.PATH ?? "").split(delimiter), ...alsoIn]) {
    const path = join(folder, name);
    if (folder !== "" && isExecutable(path)) return path;
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Ubuntu's package of that name is a stub that asks for a snap. */
function hasNoChromiumPackage(): boolean {
  try {
    return /^ID=ubuntu$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}

/** The packages of what is not there, and what goes untested without them. */
export function missing(): Missing {
  const wanting = programs.filter(({ name }) => !onPath(name));
  const hasBrowser = process.env.CHROME_PATH || browserNames.some((name) => onPath(name));
  const browserWanting = hasBrowser ? [] : [browser];
  const fontWanting = existsSync(font.path) ? [] : [font];
  const all = [...browserWanting, ...fontWanting, ...wanting];
  const installable = hasNoChromiumPackage() ? all.filter((each) => each !== browser) : all;
  return {
    packages: [...new Set(installable.map((each) => each.package))],
    untested: [...new Set(all.map(({ serves }) => serves))],
  };
}
