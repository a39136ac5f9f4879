import { describe, expect, test } from "vitest";
import { compileSite } from "../../gateway/site/compile.js";
import { diffSites } from "../../gateway/site/diff.js";
import { parseSite, type SiteDocument } from "../../gateway/site/document.js";
import { checkSite } from "../../gateway/site/invariants.js";
import { faultSite } from "../faults/building.js";

const at = Date.UTC(2026, 10, 23);

function documentOf(change: (site: ReturnType<typeof faultSite>) => object = (site) => site): SiteDocument {
  const parsed = parseSite(change(faultSite(1)));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.document;
}

const withMuster = (point = "io-1/reader/2") =>
  documentOf((site) => ({
    ...site,
    areas: [...site.areas, { id: "yard", name: "Yard", outside: true, muster: true }],
    musterReaders: [{ id: "gate-post", name: "Gate post", point }],
    doors: site.doors.map((door) => ({ ...door, clock: "deny" })),
  }));

describe("a site with an assembly point", () => {
  test("is compiled with its muster readers, its assembly area and what a clock that is not trusted means at its doors", () => {
    const document = withMuster();
    expect(checkSite(document)).toEqual([]);
    const site = compileSite(document, 1, at);
    expect(site.areas.get("yard")).toMatchObject({ outside: true, muster: true });
    expect(site.areas.get("hall")?.muster).toBeUndefined();
    expect(site.doors.get("door-1")?.clock).toBe("deny");
    expect(site.musterReaders?.get("gate-post")).toEqual({
      id: "gate-post",
      name: "Gate post",
      point: { device: "io-1", kind: "reader", n: 2 },
    });
    expect(compileSite(documentOf(), 1, at).musterReaders).toBeUndefined();
  });

  test("is refused where its muster reader is a door's reader, or on a device that is not there", () => {
    expect(checkSite(withMuster("io-1/reader/1"))).toContainEqual({
      path: "musterReaders[0].point",
      message: expect.stringContaining("is wired to doors[0].readers.outside already"),
    });
    expect(checkSite(withMuster("io-9/reader/1"))[0]).toMatchObject({ path: "musterReaders[0].point" });
  });

  test("shows in the difference what was added", () => {
    expect(diffSites(documentOf(), withMuster()).join("\n")).toMatch(/muster reader gate-post: added/);
  });
});
