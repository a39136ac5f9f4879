/** The site document as YAML: read with the line of each fault, and written. Comments are not kept. */
import { type Document, isNode, LineCounter, parseDocument, stringify } from "yaml";
import type { Fault } from "../ports.js";
import { parseSite, type SiteDocument } from "./document.js";

/** Lines and columns count from 1; absent where nothing of the path is in the text. */
export interface LocatedFault extends Fault {
  readonly line?: number;
  readonly column?: number;
}

export type SiteFromYaml =
  | { readonly ok: true; readonly document: SiteDocument }
  | { readonly ok: false; readonly faults: readonly LocatedFault[] };

/** A site of 2,000 doors has about 700 kB. */
export const longestYamlChars = 2_000_000;

/** Reads YAML (or JSON, which is YAML too) as a site document; never throws. */
export function parseSiteYaml(text: string): SiteFromYaml {
  if (text.length > longestYamlChars) {
    return { ok: false, faults: [{ path: "", message: `longer than ${longestYamlChars} characters` }] };
  }
  const lines = new LineCounter();
  const yaml = read(text, lines);
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (yaml.errors.length > 0) {
    return {
      ok: false,
      faults: yaml.errors.slice(0, 20).map((error) => ({
        path: "",
        message: `is not valid YAML: ${error.message}`,
        ...place(error.pos[0]),
      })),
    };
  }
  const raw = plainOf(yaml);
  if (!raw.ok) return { ok: false, faults: [{ path: "", message: raw.message }] };
  const parsed = parseSite(raw.value);
  if (parsed.ok) return parsed;
  return { ok: false, faults: parsed.faults.map((fault) => locate(fault, yaml, place)) };
}

/** The faults of a check, each with the line of what its path names, or of the nearest above it that is there. */
export function locateFaults(faults: readonly Fault[], text: string): LocatedFault[] {
  const lines = new LineCounter();
  const yaml = read(text, lines);
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  return faults.map((fault) => locate(fault, yaml, place));
}

/** YAML that reads back as the same document; fields in the order of the schema as far as they were read in it. */
export function siteToYaml(document: SiteDocument): string {
  return stringify(document, { lineWidth: 120, aliasDuplicateObjects: false });
}

/** Warnings are not printed: what is odd in a document comes out as a fault. */
function read(text: string, lines: LineCounter): Document {
  return parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    logLevel: "error",
  });
}

function plainOf(yaml: Document): { ok: true; value: unknown } | { ok: false; message: string } {
  try {
    // Bounds what a few lines of aliases to aliases can grow to.
    return { ok: true, value: yaml.toJS({ maxAliasCount: 50 }) };
  } catch (error) {
    return { ok: false, message: `cannot be read: ${error instanceof Error ? error.message : "unknown"}` };
  }
}

function locate(
  fault: Fault,
  yaml: Document,
  place: (offset: number) => { line: number; column: number },
): LocatedFault {
  const steps = [...fault.path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([whole, index]) =>
    index === undefined ? whole : Number(index),
  );
  for (let length = steps.length; length > 0; length -= 1) {
    const offset = offsetAt(yaml, steps.slice(0, length));
    if (offset !== undefined) return { ...fault, ...place(offset) };
  }
  return fault;
}

function offsetAt(yaml: Document, steps: readonly (string | number)[]): number | undefined {
  try {
    const node = yaml.getIn(steps, true);
    return isNode(node) ? node.range?.[0] : undefined;
  } catch {
    // The path goes on where the text has no collection.
    return undefined;
  }
}
