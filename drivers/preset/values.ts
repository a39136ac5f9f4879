/** Looking things up in foreign payloads, and filling in templates. Pure. */
import type { Template } from "./format.js";

/** What stands for a terminal, and for one order, in topics, paths and payloads. */
export type Words = Readonly<Record<string, string | number>>;

/** The value at a path of keys; undefined: nothing is there. Only what the payload itself holds counts. */
export function at(value: unknown, path: string): unknown {
  if (path === "") return value;
  let found = value;
  for (const key of path.split(".")) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found === null ? undefined : found;
}

/** `{n}` and the like, replaced. A word that is not known stays as it is. */
export function filled(text: string, words: Words): string {
  return text.replace(/\{([a-z]+)\}/g, (whole, word: string) =>
    Object.hasOwn(words, word) ? String(words[word]) : whole,
  );
}

/** A payload for the device: a text that is exactly one word becomes that word's value, a number where it is one. */
export function wording(template: Template, words: Words): unknown {
  if (typeof template === "string") {
    const alone = /^\{([a-z]+)\}$/.exec(template)?.[1];
    return alone !== undefined && Object.hasOwn(words, alone) ? words[alone] : filled(template, words);
  }
  if (typeof template !== "object") return template;
  if (isList(template)) return template.map((one) => wording(one, words));
  return Object.fromEntries(Object.entries(template).map(([key, one]) => [key, wording(one, words)]));
}

function isList(template: Template): template is readonly Template[] {
  return Array.isArray(template);
}

/** Whether every value is there that must be; texts of the pattern may hold words. */
export function matches(
  value: unknown,
  match: Readonly<Record<string, unknown>> | undefined,
  words: Words,
): boolean {
  return Object.entries(match ?? {}).every(([path, wanted]) => {
    const found = at(value, filled(path, words));
    return (Array.isArray(wanted) ? wanted : [wanted]).some((one) => same(found, one, words));
  });
}

function same(found: unknown, wanted: unknown, words: Words): boolean {
  if (typeof wanted !== "string") return found === wanted;
  const text = filled(wanted, words);
  // A number that stands in the pattern as a word is compared as a number too.
  return found === text || (typeof found === "number" && wanted !== text && String(found) === text);
}

export function isOneOf(value: unknown, values: readonly unknown[]): boolean {
  return values.includes(value);
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** JSON where it is JSON, else the text itself (`Online`, `ON`); undefined: no text at all. */
export function payloadOf(bytes: Uint8Array): { readonly value: unknown } | undefined {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return undefined;
  }
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { value: text };
  }
}
