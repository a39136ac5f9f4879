import type { Instant, Site } from "./core/site.js";
import type { ActiveSite } from "./engine.js";
import type { Fault } from "./ports.js";
import { siteCardFormats } from "./site/card-formats.js";
import { compileSite } from "./site/compile.js";
import { parseSite, type SiteDocument } from "./site/document.js";
import { type CheckOptions, checkSite } from "./site/invariants.js";

export type CheckedSite =
  | { readonly ok: true; readonly document: SiteDocument }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Form first, then what must hold of a building: every fault, each with its place. */
export function readSite(raw: unknown, options: CheckOptions): CheckedSite {
  const parsed = parseSite(raw);
  if (!parsed.ok) return parsed;
  const faults = checkSite(parsed.document, options);
  return faults.length > 0 ? { ok: false, faults } : parsed;
}

const documents = new WeakMap<Site, SiteDocument>();

/** A sound document as the engine runs it. */
export function activeSite(document: SiteDocument, revision: number, from: Instant): ActiveSite {
  const compiled = (at: Instant): Site => {
    const site = compileSite(document, revision, at);
    documents.set(site, document);
    return site;
  };
  return { site: compiled(from), cardFormats: siteCardFormats(document), recompile: compiled };
}

/** What a site in force was compiled from. */
export function documentOf(site: Site): SiteDocument | undefined {
  return documents.get(site);
}
