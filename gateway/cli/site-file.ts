/** A site document as a file: read, and its faults led back to lines and columns. */
import { readFileSync } from "node:fs";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import type { Fault } from "../ports.js";
import { CommandFailed, exitCodes, type PlacedFault } from "./failure.js";
import { readAll, type Terminal } from "./terminal.js";

export interface SiteFile {
  readonly document: unknown;
  /** The fault with the file, line and column of what its path names, or of the nearest that is there. */
  place(fault: Fault): PlacedFault;
}

/** The text of a file, or of stdin for `-`; `name` is what faults call it. */
export async function readInput(file: string, terminal: Terminal): Promise<{ name: string; text: string }> {
  if (file === "-") return { name: "stdin", text: await readAll(terminal.input) };
  try {
    return { name: file, text: readFileSync(file, "utf8") };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === "ENOENT"
        ? "there is no such file"
        : code === "EACCES"
          ? "no permission to read it"
          : (error as Error).message;
    throw new CommandFailed(exitCodes.usage, "unreadable", `${file}: ${why}`);
  }
}

/** Throws CommandFailed with every fault of the YAML itself. */
export function parseSiteFile(name: string, text: string): SiteFile {
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file: name, line, column: col };
  };
  if (parsed.errors.length > 0) {
    throw new CommandFailed(
      exitCodes.usage,
      "invalid",
      `${name} is not valid YAML`,
      parsed.errors.map((error) => ({ path: "", message: error.message, ...at(error.pos[0]) })),
    );
  }
  return {
    document: plain(name, parsed),
    place: (fault) => {
      const offset = offsetOf(parsed, segments(fault.path));
      return offset === undefined ? { ...fault, file: name } : { ...fault, ...at(offset) };
    },
  };
}

/** A bound on aliases keeps a few lines from becoming gigabytes. */
function plain(name: string, parsed: Document): unknown {
  try {
    return parsed.toJS({ maxAliasCount: 50 });
  } catch (error) {
    throw new CommandFailed(exitCodes.usage, "invalid", `${name}: ${(error as Error).message}`);
  }
}

/** `doors[2].lock.point` → doors, 2, lock, point */
function segments(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([whole, index]) =>
    index === undefined ? whole : Number(index),
  );
}

function offsetOf(parsed: Document, path: readonly (string | number)[]): number | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? parsed.contents : parsed.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}
