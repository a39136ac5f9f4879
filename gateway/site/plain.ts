/** Plain data out of anything: bounded, without cycles, without keys that would reach a prototype. */
import type { Fault } from "../ports.js";

export const limits = {
  /** Values of all kinds in one document; a site of 2,000 doors has about 60,000. */
  values: 200_000,
  depth: 12,
  textChars: 4_096,
} as const;

export type Untangled =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly fault: Fault };

/**
 * A copy that is nothing but objects, arrays, text, numbers, booleans and null, or the first reason why there is none. A
 * value that is shared (a YAML alias) is copied at each place; one that contains itself is refused.
 */
export function untangled(raw: unknown): Untangled {
  const open = new Set<object>();
  let values = 0;

  const copy = (value: unknown, path: string): unknown => {
    values += 1;
    if (values > limits.values) throw new Tangle(path, `more than ${limits.values} values in one document`);
    if (typeof value === "string") {
      if (value.length > limits.textChars) {
        throw new Tangle(path, `is ${value.length} characters long, at most ${limits.textChars} are read`);
      }
      return value;
    }
    if (value === null || value === undefined || typeof value === "boolean" || typeof value === "number")
      return value;
    if (typeof value !== "object") throw new Tangle(path, `cannot be a ${typeof value}`);
    if (open.has(value)) throw new Tangle(path, "contains itself");
    if (open.size >= limits.depth) throw new Tangle(path, `is nested deeper than ${limits.depth} levels`);
    open.add(value);
    const copied = Array.isArray(value) ? copyArray(value, path) : copyObject(value, path);
    open.delete(value);
    return copied;
  };

  const copyArray = (value: readonly unknown[], path: string): unknown[] => {
    if (value.length > limits.values) throw new Tangle(path, `has ${value.length} entries`);
    return Array.from(value, (entry, index) => copy(entry, `${path}[${index}]`));
  };

  const copyObject = (value: object, path: string): Record<string, unknown> => {
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      throw new Tangle(path, "is not plain data");
    }
    const copied: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      if (key === "__proto__") throw new Tangle(path, "has a key __proto__, which is never one");
      if (key.length > 100) throw new Tangle(path, "has a key of more than 100 characters");
      copied[key] = copy((value as Record<string, unknown>)[key], path === "" ? key : `${path}.${key}`);
    }
    return copied;
  };

  try {
    return { ok: true, value: copy(raw, "") };
  } catch (error) {
    if (error instanceof Tangle) return { ok: false, fault: { path: error.path, message: error.message } };
    // A getter or a proxy that throws: not data.
    return { ok: false, fault: { path: "", message: "cannot be read as data" } };
  }
}

class Tangle extends Error {
  readonly path: string;
  constructor(path: string, message: string) {
    super(message);
    this.name = "Tangle";
    this.path = path;
  }
}
