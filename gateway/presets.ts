/** The presets of foreign devices: those that come with Gatewarden, and those that somebody put into the data folder. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { type Preset, parsePreset } from "../drivers/preset/format.js";
import type { PresetFacts } from "./site/foreign.js";
import { packageFolder } from "./version.js";

export type Presets = ReadonlyMap<string, Preset>;

/** A preset is some hundred lines; what is larger is none. */
const largestFile = 256 * 1024;
const mostFiles = 200;

class PresetUnreadable extends Error {
  constructor(file: string, why: string) {
    super(`${file}: ${why}`);
    this.name = "PresetUnreadable";
  }
}

/** In the data folder, beside the database. */
function ownPresets(dataDir: string): string {
  return join(dataDir, "presets");
}

/**
 * Every preset, by its id; one in the data folder takes the place of one that comes with Gatewarden.
 * @param onUnreadable told of a file that cannot be read, with the place in it, and the others count; absent: it is thrown
 */
export function readPresets(dataDir?: string, onUnreadable?: (error: unknown) => void): Presets {
  const folders = [
    join(packageFolder(), "config", "presets"),
    ...(dataDir === undefined ? [] : [ownPresets(dataDir)]),
  ];
  const presets = new Map<string, Preset>();
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    const files = readdirSync(folder)
      .filter((name) => /\.(ya?ml|json)$/.test(name))
      .sort();
    if (files.length > mostFiles) throw new PresetUnreadable(folder, `more than ${mostFiles} presets`);
    for (const file of files) {
      try {
        const preset = readPreset(join(folder, file));
        presets.set(preset.preset, preset);
      } catch (error) {
        if (!onUnreadable) throw error;
        onUnreadable(error);
      }
    }
  }
  return presets;
}

function readPreset(file: string): Preset {
  if (statSync(file).size > largestFile) throw new PresetUnreadable(file, "larger than 256 kB");
  let raw: unknown;
  try {
    raw = parse(readFileSync(file, "utf8"), { maxAliasCount: 0 });
  } catch (error) {
    throw new PresetUnreadable(file, error instanceof Error ? error.message : String(error));
  }
  const parsed = parsePreset(raw);
  if (!parsed.ok) throw new PresetUnreadable(file, parsed.error);
  const name = basename(file).replace(/\.(ya?ml|json)$/, "");
  if (parsed.preset.preset !== name)
    throw new PresetUnreadable(file, `is named ${name}, and says that it is ${parsed.preset.preset}`);
  return parsed.preset;
}

/** What a site is checked against. */
export function presetFacts(presets: Presets): ReadonlyMap<string, PresetFacts> {
  return new Map(
    [...presets.values()].map(({ preset, title, points, command }) => [
      preset,
      {
        title,
        counts: new Map(Object.entries(points).map(([kind, { count }]) => [kind, count])),
        ...(command ? { longestPulseMs: command.pulse.ms.most } : {}),
      },
    ]),
  );
}
