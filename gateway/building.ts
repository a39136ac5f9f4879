import type { Instant } from "./core/site.js";
import type { ActiveSite } from "./engine.js";
import type { Fault } from "./ports.js";
import { siteCardFormats } from "./site/card-formats.js";
import { compileSite } from "./site/compile.js";
import { parseSite, type SiteDocument } from "./site/document.js";
import { checkSite } from "./site/invariants.js";

export type CheckedSite =
  | { readonly ok: true; readonly document: SiteDocument }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Form first, then what must hold of a building: every fault, each with its place. */
export function readSite(raw: unknown, drivers: readonly string[]): CheckedSite {
  const parsed = parseSite(raw);
  if (!parsed.ok) return parsed;
  const faults = checkSite(parsed.document, { drivers });
  return faults.length > 0 ? { ok: false, faults } : parsed;
}

/** A sound document as the engine runs it. */
export function activeSite(document: SiteDocument, revision: number, from: Instant): ActiveSite {
  return {
    site: compileSite(document, revision, from),
    cardFormats: siteCardFormats(document),
    recompile: (again) => compileSite(document, revision, again),
  };
}
