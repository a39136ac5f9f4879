import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cruise, type ICruiseResult, type IForbiddenRuleType } from "dependency-cruiser";
import extractDepcruiseConfig from "dependency-cruiser/config-utl/extract-depcruise-config";
import extractTsConfig from "dependency-cruiser/config-utl/extract-ts-config";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const repository = join(import.meta.dirname, "../..");
const production = ["gateway", "drivers", "web", "config"];
/** The same house, copied, so that a violation can be planted without anyone stumbling over it. */
let copy: string;
let forbidden: IForbiddenRuleType[];
let walk: (baseDir: string, start: readonly string[]) => Promise<ICruiseResult>;

beforeAll(async () => {
  const { forbidden: rules = [], options } = await extractDepcruiseConfig(
    join(repository, ".dependency-cruiser.mjs"),
  );
  forbidden = rules;
  const tsConfig = extractTsConfig(join(repository, "tsconfig.json"));
  walk = async (baseDir, start) => {
    const { output } = await cruise(
      [...start],
      { ...options, baseDir, validate: true, ruleSet: { forbidden } },
      undefined,
      { tsConfig },
    );
    return output as ICruiseResult;
  };
  copy = mkdtempSync(join(tmpdir(), "gatewarden-layers-"));
  for (const part of [...production, "package.json", "tsconfig.json"]) {
    cpSync(join(repository, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(repository, "node_modules"), join(copy, "node_modules"), "dir");
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

type Files = Readonly<Record<string, string>>;

/** Puts the files into the copy, walks from the first, puts back what was there; names the rules that went red over them. */
async function redWith(planted: Files): Promise<string[]> {
  const paths = Object.keys(planted);
  const before = new Map<string, Buffer>();
  for (const [path, text] of Object.entries(planted)) {
    const place = join(copy, path);
    if (existsSync(place)) before.set(path, readFileSync(place));
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, text);
  }
  try {
    const { summary } = await walk(copy, paths.slice(0, 1));
    return summary.violations.filter(({ from }) => paths.includes(from)).map(({ rule }) => rule.name);
  } finally {
    for (const path of paths) {
      const text = before.get(path);
      if (text) writeFileSync(join(copy, path), text);
      else rmSync(join(copy, path));
    }
  }
}

const takes = (what: string) => `import { planted } from "${what}";\nplanted();\n`;
const names = (what: string) => `import type { Planted } from "${what}";\nexport type P = Planted;\n`;
const gives = "export type Planted = 1;\nexport function planted(): void {}\n";
/** Taken from npm by name alone, so that the file that takes it is no orphan. */
const anchored = 'import { v7 } from "uuid";\nv7();\n';

/** Of each rule, files that break it and nothing else; the first is the one that does. */
const violations: Readonly<Record<string, Files>> = {
  "core-knows-only-itself": { "gateway/core/planted.ts": names("../ports.js") },
  "core-without-node": { "gateway/core/planted.ts": takes("node:crypto") },
  "core-without-npm": { "gateway/core/planted.ts": takes("uuid") },
  "cards-know-only-themselves": { "gateway/cards/planted.ts": names("../core/site.js") },
  "cards-without-node": { "gateway/cards/planted.ts": takes("node:buffer") },
  "cards-without-npm": { "gateway/cards/planted.ts": takes("zod") },
  "ports-speak-the-cores-words": {
    "gateway/ports.ts": takes("./core/access/planted.js"),
    "gateway/core/access/planted.ts": gives,
  },
  "driver-seam-knows-nothing": { "drivers/driver.ts": names("../gateway/core/site.js") },
  "drivers-know-only-their-seam": {
    "drivers/planted/driver.ts": takes("../other/driver.js"),
    "drivers/other/driver.ts": gives,
  },
  "drivers-without-node": { "drivers/planted/driver.ts": takes("node:net") },
  "registry-knows-only-drivers": { "drivers/registry.ts": names("../gateway/core/site.js") },
  "site-compiles-for-the-core": {
    "gateway/site/planted.ts": takes("../store/planted.js"),
    "gateway/store/planted.ts": gives,
  },
  "site-without-node": { "gateway/site/planted.ts": takes("node:fs") },
  "store-speaks-the-cores-words": {
    "gateway/store/planted.ts": takes("../core/access/planted.js"),
    "gateway/core/access/planted.ts": gives,
  },
  "broker-speaks-the-cores-words": {
    "gateway/broker/planted.ts": takes("../accounts/planted.js"),
    "gateway/accounts/planted.ts": gives,
  },
  "accounts-speak-the-cores-words": {
    "gateway/accounts/planted.ts": takes("../store/planted.js"),
    "gateway/store/planted.ts": gives,
  },
  "uplink-speaks-the-cores-words": {
    "gateway/uplink/planted.ts": takes("../broker/planted.js"),
    "gateway/broker/planted.ts": gives,
  },
  "engine-knows-no-room": {
    "gateway/engine.ts": takes("./store/planted.js"),
    "gateway/store/planted.ts": gives,
  },
  "engine-without-node": { "gateway/wiring.ts": takes("node:fs") },
  "web-server-asks-through-ports": {
    "web/server/planted.ts": takes("../../gateway/operations/planted.js"),
    "gateway/operations/planted.ts": gives,
  },
  "web-app-knows-only-the-apis-types": { "web/app/planted.ts": names("../../gateway/ports.js") },
  "web-app-takes-no-code-of-the-server": {
    "web/app/planted.ts": takes("../server/planted.js"),
    "web/server/planted.ts": gives,
  },
  "web-app-without-node": { "web/app/planted.ts": takes("node:path") },
  "demo-devices-are-outsiders": { "config/demo/devices/planted.ts": names("../../../drivers/driver.js") },
  "only-the-command-line-builds-a-gateway": {
    "gateway/operations/planted.ts": takes("../gateway.js"),
    "gateway/gateway.ts": gives,
  },
  "only-the-store-knows-sqlite": { "gateway/operations/planted.ts": takes("sqlite3") },
  "only-the-broker-knows-aedes": { "drivers/planted/driver.ts": takes("aedes") },
  "no-cycles": {
    "gateway/operations/planted.ts": `${takes("./round.js")}export function round(): void {}\n`,
    "gateway/operations/round.ts": `import { round } from "./planted.js";\nround();\n${gives}`,
  },
  "no-orphans": { "gateway/operations/planted.ts": gives },
  "every-import-is-found": { "gateway/operations/planted.ts": takes("./nowhere.js") },
  "the-house-does-not-lean-on-its-tests": {
    "gateway/operations/planted.ts": takes("../../test/planted.js"),
    "test/planted.ts": gives,
  },
  "no-development-package-is-shipped": { "gateway/operations/planted.ts": takes("fast-check") },
};

describe("the house as it stands", () => {
  test("keeps every layer, and all of it is read", async () => {
    const { summary, modules } = await walk(repository, production);
    expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
    const ours = modules
      .map(({ source }) => source)
      .filter((source) => /^(gateway|drivers|config)\/.*\.ts$/.test(source));
    expect(ours.length).toBeGreaterThan(80);
    // A `.js` in an import is the `.ts` beside it: an edge that is not followed is not judged.
    const ports = modules.find(({ source }) => source === "gateway/ports.ts");
    expect(ports?.dependencies.map(({ resolved }) => resolved)).toContain("gateway/core/events.ts");
  });

  test("each rule has a violation to show for it", () => {
    expect(Object.keys(violations).sort()).toEqual(forbidden.map(({ name }) => name).sort());
  });
});

describe("a planted violation turns its rule red, and no other", () => {
  test.each(Object.entries(violations))("%s", async (rule, planted) => {
    expect(new Set(await redWith(planted))).toEqual(new Set([rule]));
  });
});

describe("what a rule is not about stays green", () => {
  test.each<[string, Files]>([
    [
      "a driver that takes its seam and a package",
      { "drivers/planted/driver.ts": names("../driver.js") + anchored },
    ],
    [
      "two files of the core that name each other's types",
      {
        "gateway/core/planted.ts": names("./round.js"),
        "gateway/core/round.ts": `import type { P } from "./planted.js";\nexport type Planted = P | 1;\n`,
      },
    ],
    [
      "a page that names a type of the API",
      { "web/app/planted.ts": names("../server/planted.js"), "web/server/planted.ts": gives },
    ],
    [
      "a store that takes Node, SQLite and a port",
      { "gateway/store/planted.ts": takes("node:fs") + takes("sqlite3") + names("../ports.js") },
    ],
    [
      "the command line that builds a gateway",
      { "gateway/cli/planted.ts": takes("../gateway.js"), "gateway/gateway.ts": gives },
    ],
    ["the broker that takes aedes", { "gateway/broker/planted.ts": takes("aedes") }],
    [
      "a demo device that takes mqtt and Node",
      { "config/demo/devices/planted.ts": takes("mqtt") + takes("node:net") },
    ],
  ])("%s", async (_what, planted) => {
    expect(await redWith(planted)).toEqual([]);
  });
});
