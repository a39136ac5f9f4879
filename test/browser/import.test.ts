import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromePath, openBrowser, whyNoBrowser } from "../web/browser.js";
import { type Running, startBusyHouse } from "./gateway.js";
import { claimOwner, isLive, navigate, sights, visit } from "./visitor.js";

/** With `SCREENSHOTS=folder`, what the test sees is kept there, to be looked at. */
const screenshots = process.env.SCREENSHOTS;
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const why = chromePath === undefined ? ` (skipped: ${whyNoBrowser})` : "";

async function findings(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(axe, "utf8"));
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`);
  });
}

const overTheEdge = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

describe.skipIf(chromePath === undefined)(`a list of people in the browser${why}`, () => {
  let browser: Browser;
  let house: Running;
  beforeAll(async () => {
    [browser, house] = await Promise.all([openBrowser(), startBusyHouse()]);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await house?.stop();
  });

  test("is checked, mended and applied by whoever sees what it would change", async () => {
    const header = "person,name,groups,credential,printed,valid_from,valid_until,status\n";
    const sound = (turn: number) =>
      Array.from(
        { length: 2_000 },
        (_, n) =>
          `guest-${n},Guest ${n} ${turn},,uid:04${n.toString(16).padStart(12, "0")},${n + 10_000},,,\n`,
      ).join("");
    const faulty = join(house.dataDir, "faulty.csv");
    const mended = join(house.dataDir, "guests.csv");
    writeFileSync(faulty, `${header}guest-0,Guest 0,nobodys-group,,,,,\nGuest 1,,,,,,,\n=1+1,x,,,,,,\n`);

    const first = await visit(browser, house.url);
    await claimOwner(first.page, house);
    const kept = await first.keep();
    await first.leave();
    for (const [turn, sight] of sights.entries()) {
      writeFileSync(mended, header + sound(turn));
      const visitor = await visit(browser, house.url, sight, kept);
      const { page } = visitor;
      const look = async (name: string): Promise<void> => {
        await page.waitForTimeout(300);
        if (screenshots !== undefined) {
          mkdirSync(screenshots, { recursive: true });
          const path = join(screenshots, `import-${name}-${sight.width}-${sight.colorScheme}.png`);
          await page.screenshot({ path, fullPage: true });
        }
        expect(await findings(page), `${name} at ${sight.width}, ${sight.colorScheme}`).toEqual([]);
        expect(await overTheEdge(page), `${name} at ${sight.width}`).toBe(false);
      };
      if (sight.width > 600) await navigate(page, "People");
      else await page.goto(`${house.url}/people`);
      await isLive(page);
      await page.getByRole("link", { name: "Import a list" }).click();
      const another = page.getByRole("button", { name: "Another list" });
      await page.getByLabel("CSV file").or(another).waitFor();
      if (await another.isVisible()) await another.click();
      await look("choose");
      await page.getByLabel("CSV file").setInputFiles(faulty);
      await page.getByText("there is no group").waitFor({ timeout: 60_000 });
      await look("faulty");
      await another.click();
      await page.getByLabel("CSV file").setInputFiles(mended);
      const apply = page.getByRole("button", { name: /^Apply to/ });
      await apply.waitFor({ timeout: 60_000 });
      await look("checked");
      await apply.click();
      await page.getByText(/^Done: /).waitFor({ timeout: 60_000 });
      await look("done");
      // Who has just been brought is found by the number on the card, in whatever spelling.
      await page.getByRole("link", { name: "People", exact: true }).first().click();
      await page.getByLabel("Search by name, card or id").fill("04:00:00:00:00:00:0F");
      await page.getByRole("link", { name: `Guest 15 ${turn}`, exact: true }).waitFor();
      expect(visitor.complaints).toEqual([]);
      await visitor.leave();
    }
  }, 600_000);
});
