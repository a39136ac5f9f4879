/** A site document as a file, its faults with file, line and column. */
import type { Fault } from "../ports.js";
import type { SiteDocument } from "../site/document.js";
import { type LocatedFault, locateFaults, parseSiteYaml } from "../site/yaml.js";
import { CommandFailed, exitCodes, type PlacedFault } from "./failure.js";

export interface SiteFile {
  readonly document: SiteDocument;
  /** Faults that somebody found in the document, where they are in the file. */
  placed(faults: readonly Fault[]): readonly PlacedFault[];
}

/** Throws CommandFailed with every fault of its form. */
export function parseSiteFile(name: string, text: string): SiteFile {
  const read = parseSiteYaml(text);
  const inFile = (fault: LocatedFault): PlacedFault => ({ ...fault, file: name });
  if (!read.ok) throw faulty(name, read.faults.map(inFile));
  return {
    document: read.document,
    placed: (faults) => locateFaults(faults, text).map(inFile),
  };
}

/** A file with something wrong in it. */
export function faulty(name: string, faults: readonly PlacedFault[]): CommandFailed {
  const count = `${faults.length} fault${faults.length === 1 ? "" : "s"}`;
  return new CommandFailed(exitCodes.usage, "invalid", `${name}: ${count}`, faults);
}
