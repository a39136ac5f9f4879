/** Zod's issues, said as a facility manager reads them, each with its place: `doors[2].lock.point`. */
import { z } from "zod";
import type { Fault } from "../ports.js";
import { nearest } from "./near.js";

export const mostFaults = 100;

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

export function faultsOf(error: z.ZodError, schema: z.ZodType, input: unknown): Fault[] {
  const faults = error.issues.flatMap((issue) => say(issue, [], schema, input));
  return capped(faults);
}

/** No more than anybody reads; says how many were left out. */
export function capped(faults: readonly Fault[]): Fault[] {
  if (faults.length <= mostFaults) return [...faults];
  const left = faults.length - mostFaults;
  return [...faults.slice(0, mostFaults), { path: "", message: `and ${left} more faults` }];
}

function say(issue: Issue, above: Path, schema: z.ZodType, input: unknown): Fault[] {
  const path = [...above, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(schema, path, input);
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      return {
        path: pathText([...path, key]),
        message: near === undefined ? "is not a field here" : `is not a field here; did you mean ${near}?`,
      };
    });
  }
  if (issue.code === "invalid_union") {
    const branch = likeliest(issue.errors);
    if (branch) return branch.flatMap((inner) => say(inner, path, schema, input));
  }
  return [{ path: pathText(path), message: message(issue, valueAt(input, path)) }];
}

/** The branch of a union that came furthest: fewest faults of a wrong kind at its own top, then fewest faults. */
function likeliest(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const wrongKind = (branch: readonly Issue[]) =>
    branch.some((issue) => issue.path.length === 0 && issue.code !== "unrecognized_keys") ? 1 : 0;
  return [...branches].sort((a, b) => wrongKind(a) - wrongKind(b) || a.length - b.length)[0];
}

function message(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case "invalid_type":
      if (value === undefined) return "is missing";
      if (value === null) return "is empty";
      if (issue.expected === "int") return `must be a whole number, not ${shownValue(value)}`;
      return `must be ${kindWords[issue.expected] ?? issue.expected}, not ${kindOf(value)}`;
    case "invalid_value": {
      const options = issue.values.map(String);
      if (value === undefined) return `is missing; one of ${options.join(", ")}`;
      if (value === null) return `is empty; one of ${options.join(", ")}`;
      const near = typeof value === "string" ? nearest(value, options) : undefined;
      const hint = near === undefined ? `one of ${options.join(", ")}` : `did you mean ${near}?`;
      return `cannot be ${shownValue(value)}; ${hint}`;
    }
    case "too_small":
      return issue.origin === "array" || issue.origin === "string"
        ? issue.origin === "array"
          ? `needs at least ${issue.minimum} ${issue.minimum === 1 ? "entry" : "entries"}`
          : "must not be empty"
        : `must be at least ${issue.minimum}, not ${shownValue(value)}`;
    case "too_big":
      return issue.origin === "array"
        ? `has more than ${issue.maximum} entries`
        : issue.origin === "string"
          ? `is longer than ${issue.maximum} characters`
          : `must be at most ${issue.maximum}, not ${shownValue(value)}`;
    case "invalid_key":
      return "is not an id: small letters, digits and hyphens";
    default:
      return issue.message;
  }
}

const kindWords: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  boolean: "true or false",
  object: "a set of fields",
  record: "a set of fields",
  array: "a list",
};

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (value === null) return "empty";
  if (typeof value === "object") return "a set of fields";
  return shownValue(value);
}

/** Short, on one line, without control characters. */
export function shownValue(value: unknown): string {
  if (typeof value === "object" && value !== null) return kindOf(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    const key = String(part)
      .replace(/[\p{Cc}\u2028\u2029]/gu, "?")
      .slice(0, 64);
    return text === "" ? key : `${text}.${key}`;
  }, "");
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

/** The fields that the schema knows at this place. */
function keysAt(schema: z.ZodType, path: Path, input: unknown): string[] {
  let candidates: z.ZodType[] = unfolded(schema);
  for (const part of path) {
    candidates = candidates.flatMap((candidate) => {
      const inner =
        candidate instanceof z.ZodArray
          ? (candidate.element as z.ZodType)
          : candidate instanceof z.ZodObject
            ? (candidate.shape[String(part)] as z.ZodType | undefined)
            : undefined;
      return inner === undefined ? [] : unfolded(inner);
    });
  }
  const shapes = candidates.filter((candidate) => candidate instanceof z.ZodObject);
  const present = valueAt(input, path);
  const written = typeof present === "object" && present !== null ? Object.keys(present) : [];
  return [...new Set(shapes.flatMap((shape) => Object.keys(shape.shape)))].filter(
    (key) => !written.includes(key),
  );
}

function unfolded(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional) {
    return unfolded(schema.unwrap() as z.ZodType);
  }
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => unfolded(option as z.ZodType));
  return [schema];
}
