import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { badge } from "../../drivers/preset/badge.js";
import { type Preset, parsePreset } from "../../drivers/preset/format.js";
import { said } from "../../drivers/preset/mapping.js";
import { candidates } from "../../gateway/cards/canonical.js";
import { cardFormats } from "../../gateway/cards/formats.js";
import { readPresets } from "../../gateway/presets.js";
import { payloads } from "./fixtures.js";

const presets = readPresets();
const presetOf = (id: string): Preset => {
  const preset = presets.get(id);
  if (!preset) throw new Error(`no preset ${id}`);
  return preset;
};

describe("what devices of other makers say", () => {
  for (const { preset, what, topic, payload, says, names, page } of payloads)
    test(`${preset} ${what} (${page})`, () => {
      expect(said(presetOf(preset), names ?? {}, topic, Buffer.from(payload))).toEqual(says);
    });

  test("bytes that are no text are nonsense where the preset listens, and nothing elsewhere", () => {
    const bytes = Buffer.from([0xff, 0xfe, 0]);
    expect(said(presetOf("tasmota"), {}, "tele/SENSOR", bytes)).toEqual([
      { is: "nonsense", error: "not UTF-8" },
    ]);
    expect(said(presetOf("tasmota"), {}, "tele/RESULT", bytes)).toEqual([]);
  });

  test("keys that only every object has by itself are no value", () => {
    const preset = parsed({
      messages: [{ topic: "x", map: { scan: { path: "constructor.name", as: "code" } } }],
    });
    expect(said(preset, {}, "x", Buffer.from("{}"))).toEqual([]);
    expect(said(preset, {}, "x", Buffer.from('{"__proto__":{"name":"a"}}'))).toEqual([]);
  });

  test("every preset that comes with Gatewarden names its maker's pages and is in the fixtures", () => {
    for (const { preset, sources } of presets.values()) {
      expect(sources, preset).not.toEqual([]);
      expect(
        payloads.some((one) => one.preset === preset),
        preset,
      ).toBe(true);
      for (const one of payloads.filter((of) => of.preset === preset)) expect(sources).toContain(one.page);
    }
  });
});

test("the ESPHome package that comes with Gatewarden speaks the topics of its preset, within its own prefix", () => {
  const text = readFileSync(new URL("../../config/devices/esphome-door.yaml", import.meta.url), "utf8");
  const plain = (value: string) => value.replace(/\$\{device_id\}/g, "esp");
  const told = [...text.matchAll(/topic: ("?)([^",\n]+)\1/g)].map(([, , topic]) => plain(topic ?? ""));
  expect(told.every((topic) => topic.startsWith("esp/"))).toBe(true);
  for (const topic of [
    "lock/1/pulse",
    "lock/1/done",
    "lock/1/state",
    "status",
    "reader/1/rdm6300",
    "reader/1/pn532",
    "reader/1/wiegand",
  ])
    expect(told).toContain(`esp/${topic}`);
  // The tags of ESPHome are no business of a YAML parser.
  const parsed = parse(text.replaceAll(/!(lambda|secret)/g, "")) as { mqtt: Record<string, unknown> };
  expect(parsed.mqtt).toMatchObject({
    discovery: false,
    username: parsed.mqtt.client_id,
    topic_prefix: parsed.mqtt.client_id,
  });
});

describe("one badge, whatever it reads as", () => {
  const formats = [cardFormats.H10301];
  const spellings: [unknown, Parameters<typeof badge>[1], unknown?][] = [
    ["008EC793", "hex"],
    ["00:8e:c7:93", "hex"],
    ["93C78E00", "hex"],
    [9_357_203, "number"],
    ["9357203", "number"],
    ["0009357203", "number"],
    ["142,51091", "number"],
    ["0x8EC793", "number"],
    ["8EC793h", "number"],
    ["01000111011000111100100110", "bits"],
    [18_714_406, "bits", 26],
  ];
  test.each(spellings)("%s as %s is the badge 142,51091", (value, as, length) => {
    const credential = badge(value, as, length);
    expect(credential && candidates(credential, formats).values).toContain("H10301:142/51091");
  });

  test.each([
    ["", "number"],
    [0, "number"],
    [-1, "number"],
    [1.5, "number"],
    [2 ** 53, "number"],
    ["256,1", "number"],
    ["1,65536", "number"],
    ["'; DROP TABLE people", "number"],
    ["zz", "hex"],
    ["012", "bits"],
    [null, "hex"],
    [{}, "number"],
    ["9".repeat(60), "number"],
  ] as const)("%s as %s is no badge", (value, as) => {
    expect(badge(value, as, undefined)).toBeUndefined();
  });
});

describe("a preset that somebody wrote", () => {
  test("a lock whose pulse the device does not end is refused", () => {
    const endless = {
      topic: "set",
      payload: "ON",
      ms: { least: 100, most: 1000 },
      confirm: [{ topic: "state" }],
    };
    expect(parsePreset(raw({ points: { lock: { count: 1 } }, command: { pulse: endless } }))).toMatchObject({
      ok: false,
      error: expect.stringContaining("does not tell the device how long"),
    });
    expect(parsePreset(raw({ points: { lock: { count: 1 } } }))).toMatchObject({
      ok: false,
      error: expect.stringContaining("a lock needs command.pulse"),
    });
  });

  test.each(["a/#", "+/x", "/x", "x/", "a//b", "$SYS/x"])("the topic %s is refused", (topic) => {
    expect(
      parsePreset(raw({ messages: [{ topic, map: { press: true } }], points: { input: { count: 1 } } })).ok,
    ).toBe(false);
  });

  test("it lies in the data folder, takes the place of one of ours, and a broken one is told and left out", () => {
    const folder = mkdtempSync(join(tmpdir(), "gw-presets-"));
    try {
      mkdirSync(join(folder, "presets"));
      writeFileSync(
        join(folder, "presets", "tasmota.json"),
        JSON.stringify(raw({ preset: "tasmota", title: "Ours" })),
      );
      writeFileSync(join(folder, "presets", "broken.yaml"), "preset: broken\ntitle: [");
      writeFileSync(join(folder, "presets", "other.yaml"), JSON.stringify(raw({ preset: "elsewhere" })));
      const told: string[] = [];
      const found = readPresets(folder, (error) => told.push(String(error)));
      expect(found.get("tasmota")?.title).toBe("Ours");
      expect(found.has("shelly-gen2")).toBe(true);
      expect(told).toHaveLength(2);
      expect(told.join("\n")).toContain("is named other, and says that it is elsewhere");
      expect(() => readPresets(folder)).toThrow(/broken.yaml/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function raw(more: object): object {
  return {
    preset: "mine",
    title: "Mine",
    sources: [],
    points: { reader: { count: 1 } },
    messages: [{ topic: "x", map: { scan: { path: "", as: "hex" } } }],
    availability: [],
    ...more,
  };
}

function parsed(more: object): Preset {
  const result = parsePreset(raw(more));
  if (!result.ok) throw new Error(result.error);
  return result.preset;
}
