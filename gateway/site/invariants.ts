/**
 * What must hold of a site before it is activated, beyond the form of its document. Every fault names the place and says what
 * would be right. What holds here is the safety of people: see the egress rules first.
 */
import type { Fault } from "../ports.js";
import type { SiteDocument } from "./document.js";
import { egressFaults } from "./egress.js";
import { capped } from "./faults.js";
import { type ForeignOptions, foreignFaults } from "./foreign.js";
import { referenceFaults } from "./references.js";
import { soundnessFaults } from "./soundness.js";

export interface CheckOptions extends ForeignOptions {
  /** The drivers that this gateway has; absent: not checked. */
  readonly drivers?: readonly string[];
}

/** Every fault of a parsed document; none: it may be compiled and activated. */
export function checkSite(document: SiteDocument, options: CheckOptions = {}): Fault[] {
  const references = referenceFaults(document, options);
  const soundness = [...soundnessFaults(document), ...foreignFaults(document, options)];
  // Whether a building can be left cannot be said while its doors lead to areas that are not there.
  const egress = references.length > 0 ? [] : egressFaults(document);
  return capped([...references, ...soundness, ...egress]);
}
