/** What a message of a foreign device means, by its preset. Pure: topic and payload in, what was said out. */
import type { RawCredential } from "../driver.js";
import { badge } from "./badge.js";
import { kindOfMap, type Level, type Preset, type PresetMessage, type TerminalKind } from "./format.js";
import { at, filled, isOneOf, matches, payloadOf, type Words } from "./values.js";

export interface Terminal {
  readonly kind: TerminalKind;
  readonly n: number;
}

export type Said =
  | { readonly is: "scan"; readonly n: number; readonly credential: RawCredential }
  | {
      readonly is: "input";
      readonly n: number;
      readonly active: boolean;
      readonly tampered: boolean | undefined;
    }
  | { readonly is: "press"; readonly n: number }
  | { readonly is: "lock"; readonly n: number; readonly locked: boolean }
  | {
      readonly is: "health";
      /** Whose: of the device itself, or of what hangs on one terminal. */
      readonly of: string;
      readonly battery?: number;
      readonly rssi?: number;
      readonly mains?: boolean;
      readonly tamper?: boolean;
    }
  | { readonly is: "hello"; readonly model?: string; readonly firmware?: string }
  | { readonly is: "available"; readonly of: Terminal | undefined; readonly online: boolean }
  | {
      readonly is: "confirmed";
      readonly lock: number;
      readonly request: number | undefined;
      readonly error?: string;
    }
  | { readonly is: "nonsense"; readonly error: string };

/** How a site names the terminals of one device: `input/1` → `kitchen_window`. */
export type Names = Readonly<Record<string, string>>;

export function wordsOf(preset: Preset, names: Names, { kind, n }: Terminal): Words {
  const key = `${kind}/${n}`;
  const own = Object.hasOwn(names, key) ? names[key] : undefined;
  return { n, i: n - 1, name: own ?? preset.points[kind]?.names?.[n - 1] ?? `${kind}_${n}` };
}

/** @param topic what follows the device's prefix */
export function said(preset: Preset, names: Names, topic: string, bytes: Uint8Array): Said[] {
  let parsed: ReturnType<typeof payloadOf> | null = null;
  const out: Said[] = [];
  /** Read once, and only if some rule is about this topic. */
  const payload = (): { readonly value: unknown } | undefined => {
    if (parsed === null) {
      parsed = payloadOf(bytes);
      if (!parsed) out.push({ is: "nonsense", error: "not UTF-8" });
    }
    return parsed;
  };

  for (const rule of preset.messages)
    for (const [terminal, words] of places(preset, names, { kind: kindOfMap(rule.map), ...rule }, topic)) {
      const read = payload();
      if (read) out.push(...byRule(rule, terminal, words, read.value));
    }
  for (const rule of preset.availability)
    for (const [terminal, words] of places(preset, names, { kind: rule.of, topic: rule.topic }, topic)) {
      const read = payload();
      if (!read) continue;
      const value = at(read.value, filled(rule.path ?? "", words));
      const online = isOneOf(value, rule.online);
      if (online || isOneOf(value, rule.offline)) out.push({ is: "available", of: terminal, online });
    }
  for (const rule of preset.command?.pulse.confirm ?? [])
    for (const [terminal, words] of places(preset, names, { kind: "lock", ...rule }, topic)) {
      const read = payload();
      if (read && terminal) out.push(...confirmed(rule, terminal.n, words, read.value));
    }
  return out;
}

interface Place {
  readonly kind: TerminalKind | undefined;
  readonly topic: string;
  readonly n?: number;
}

/** The terminals for which the topic of a rule is this one; one without a terminal where the rule is about the device itself. */
function* places(
  preset: Preset,
  names: Names,
  { kind, topic: pattern, n: only }: Place,
  topic: string,
): Generator<[Terminal | undefined, Words]> {
  if (kind === undefined) {
    if (pattern === topic) yield [undefined, {}];
    return;
  }
  // Most messages of a foreign device are about something else.
  const fixed = pattern.indexOf("{");
  if (fixed === -1 ? pattern !== topic : !topic.startsWith(pattern.slice(0, fixed))) return;
  for (let n = 1; n <= (preset.points[kind]?.count ?? 0); n++) {
    if (only !== undefined && n !== only) continue;
    const terminal = { kind, n };
    const words = wordsOf(preset, names, terminal);
    if (filled(pattern, words) === topic) yield [terminal, words];
  }
}

function byRule(rule: PresetMessage, terminal: Terminal | undefined, words: Words, value: unknown): Said[] {
  if (rule.each === undefined)
    return matches(value, rule.match, words) ? mapped(rule, terminal, words, value) : [];
  const list = at(value, filled(rule.each, words));
  if (!Array.isArray(list)) return [];
  return list
    .slice(0, 64)
    .flatMap((entry: unknown) =>
      matches(entry, rule.match, words) ? mapped(rule, terminal, words, entry) : [],
    );
}

function mapped(
  { map }: PresetMessage,
  terminal: Terminal | undefined,
  words: Words,
  value: unknown,
): Said[] {
  const find = (path: string | undefined): unknown =>
    path === undefined ? undefined : at(value, filled(path, words));
  const n = terminal?.n ?? 1;
  if (map.scan) {
    const found = find(map.scan.path);
    if (found === undefined) return foreign(map.scan.path, value);
    const credential = badge(found, map.scan.as, find(map.scan.length));
    // What was sent may be a card: it is not repeated.
    return credential
      ? [{ is: "scan", n, credential }]
      : [{ is: "nonsense", error: `no card as ${map.scan.as}` }];
  }
  if (map.input) {
    const active = levelAt(find(map.input.path), map.input);
    if (active === undefined) return foreign(map.input.path, value);
    if (active === "unclear") return [unclear(map.input.path)];
    const tamper = find(map.input.tamper?.path);
    const tampered = tamper === undefined ? undefined : isOneOf(tamper, map.input.tamper?.on ?? []);
    return [{ is: "input", n, active, tampered }];
  }
  if (map.press) return [{ is: "press", n }];
  if (map.lock) {
    const locked = levelAt(find(map.lock.path), map.lock);
    if (locked === undefined) return foreign(map.lock.path, value);
    return locked === "unclear" ? [unclear(map.lock.path)] : [{ is: "lock", n, locked }];
  }
  if (map.health) {
    const of = terminal ? `${terminal.kind}/${terminal.n}` : "";
    const battery = numberIn(find(map.health.battery), 0, 100);
    const rssi = numberIn(find(map.health.rssi), -200, 100);
    const mains = find(map.health.mains);
    const tamper = find(map.health.tamper);
    const told = {
      ...(battery === undefined ? {} : { battery }),
      ...(rssi === undefined ? {} : { rssi }),
      ...(typeof mains === "boolean" ? { mains } : {}),
      ...(typeof tamper === "boolean" ? { tamper } : {}),
    };
    return Object.keys(told).length === 0 ? [] : [{ is: "health", of, ...told }];
  }
  const model = textIn(find(map.hello?.model));
  const firmware = textIn(find(map.hello?.firmware));
  if (model === undefined && firmware === undefined) return [];
  return [
    {
      is: "hello",
      ...(model === undefined ? {} : { model }),
      ...(firmware === undefined ? {} : { firmware }),
    },
  ];
}

/** A message that is about something else says nothing; one that should be an object and is none is nonsense. */
function foreign(path: string, value: unknown): Said[] {
  return path !== "" && (typeof value !== "object" || value === null)
    ? [{ is: "nonsense", error: "not JSON" }]
    : [];
}

function unclear(path: string): Said {
  return { is: "nonsense", error: `${path === "" ? "the payload" : path} is neither on nor off` };
}

function levelAt(value: unknown, { on, off }: Pick<Level, "on" | "off">): boolean | "unclear" | undefined {
  if (value === undefined) return undefined;
  if (isOneOf(value, on)) return true;
  return isOneOf(value, off) ? false : "unclear";
}

function numberIn(value: unknown, least: number, most: number): number | undefined {
  return typeof value === "number" && value >= least && value <= most ? value : undefined;
}

function textIn(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const text = value.replaceAll(/[\p{Cc}\p{Cs}\u2028-\u202E\u2066-\u2069]/gu, "").slice(0, 100);
  return text === "" ? undefined : text;
}

function confirmed(
  rule: NonNullable<Preset["command"]>["pulse"]["confirm"][number],
  lock: number,
  words: Words,
  value: unknown,
): Said[] {
  // The number of the request is the gateway's own: wherever the pattern has it, what stands there is compared by the driver.
  const entries = Object.entries(rule.match ?? {});
  const asked = entries.find(([, wanted]) => wanted === "{request}");
  const others = Object.fromEntries(entries.filter((entry) => entry !== asked));
  if (!matches(value, others, words)) return [];
  const request = asked && at(value, filled(asked[0], words));
  if (asked && typeof request !== "number") return [];
  const error = rule.error === undefined ? undefined : at(value, filled(rule.error, words));
  return [
    {
      is: "confirmed",
      lock,
      request: typeof request === "number" ? request : undefined,
      ...(error === undefined ? {} : { error: textIn(String(error)) ?? "the device gave no reason" }),
    },
  ];
}
