import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromePath, openBrowser, whyNoBrowser } from "../web/browser.js";
import { type Running, startDemo } from "./gateway.js";
import { claimOwner, comeAs, findings, navigate, overTheEdge, takeBack, visit } from "./visitor.js";

const dialog = (page: Page): Locator => page.getByRole("dialog");
const strip = (page: Page): Locator => page.getByRole("region", { name: "State of the house" });
const safeButtons = (page: Page): Locator => page.getByRole("button", { name: / is safe$/ });

/** One visit from the first look on, in order: each test goes on where the last one stood. */
describe.skipIf(chromePath === undefined)(`who is inside (${chromePath ?? whyNoBrowser})`, () => {
  let browser: Browser;
  let house: Running;
  let visitor: Awaited<ReturnType<typeof visit>>;
  let page: Page;

  beforeAll(async () => {
    [browser, house] = await Promise.all([openBrowser(), startDemo(240)]);
    visitor = await visit(browser, house.url);
    ({ page } = visitor);
    await claimOwner(page, house);
  }, 90_000);

  afterAll(async () => {
    await visitor?.leave();
    await browser?.close();
    await house?.stop();
  });

  test("whoever came in stands under the area where they were last seen, and is found by name", async () => {
    await navigate(page, "Inside");
    await page.getByText(/^([3-9]|\d\d) surely inside/).waitFor({ timeout: 60_000 });
    const name = await page.locator(".place .list-link").first().textContent();
    await page.getByLabel("Search a person or an area").fill(name ?? "");
    await expect.poll(() => page.locator(".place .list-link").count()).toBe(1);
    await page.getByLabel("Search a person or an area").fill("nobody of this name");
    await page.getByText("Nobody matches “nobody of this name”").waitFor();
    await page.getByLabel("Search a person or an area").fill("");
  }, 90_000);

  test("an area tells how many are in it, and how many may be", async () => {
    const areas = page.getByRole("region", { name: "Areas" });
    await areas
      .getByRole("listitem")
      .filter({ hasText: "Server room" })
      .getByText(/^\d of at most 6$/)
      .waitFor();
    await areas.getByRole("listitem").filter({ hasText: "Building" }).waitFor();
  });

  test("everybody is counted: missing until somebody marks them safe, and that can be taken back", async () => {
    await page.getByRole("button", { name: "Count everybody…" }).click();
    await dialog(page).getByRole("button", { name: "Start counting" }).click();
    await strip(page).getByText("People are being counted").waitFor();
    await page.getByRole("heading", { name: "Missing" }).waitFor();
    await page.getByText(/^0 safe$/).waitFor();
    const label = (await safeButtons(page).first().getAttribute("aria-label")) ?? "";
    await page.getByRole("button", { name: label }).click();
    await page.getByText(/^1 safe$/).waitFor();
    await page.getByText(/^safe: owner,/).waitFor();
    await takeBack(page, label);
    await page.getByText(/^0 safe$/).waitFor();
    await page.getByRole("button", { name: label }).waitFor();
  });

  test("the list goes on paper: names and boxes to tick, and nothing of the page around it", async () => {
    await page.emulateMedia({ media: "print" });
    try {
      const printed = page.locator(".printed");
      expect(await printed.isVisible()).toBe(true);
      expect(await printed.getByText("Who is inside: Nordlicht Feinwerk, Kiel").isVisible()).toBe(true);
      expect(await printed.locator("tbody tr").count()).toBeGreaterThan(2);
      for (const around of ["header.header", "nav.navigation", ".on-top", ".inside .heading"])
        expect(await page.locator(around).isVisible(), around).toBe(false);
      const pdf = await page.pdf({ preferCSSPageSize: true });
      expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
      // A4 in points.
      expect(pdf.toString("latin1")).toMatch(/\/MediaBox \[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]/);
    } finally {
      await page.emulateMedia({ media: "screen" });
    }
  });

  test("a guard counts and marks safe too; whoever may not is not shown the page", async () => {
    const guard = await comeAs(browser, house, page, "guard");
    const viewer = await comeAs(browser, house, page, "viewer");
    try {
      await strip(guard.page).getByRole("link", { name: "Open the list" }).click();
      await safeButtons(guard.page).first().click();
      await guard.page.getByText(/^1 safe$/).waitFor();
      await page.getByText(/^1 safe$/).waitFor();
      await strip(viewer.page).getByText("People are being counted").waitFor();
      expect(await viewer.page.getByRole("link", { name: /Inside|Open the list/ }).count()).toBe(0);
    } finally {
      await guard.leave();
      await viewer.leave();
    }
  });

  test("the end of a count says first how many are still missing", async () => {
    await page.getByRole("button", { name: "End the count" }).click();
    await dialog(page)
      .getByText(/still missing\.$/)
      .waitFor();
    await dialog(page).getByRole("button", { name: "End the count" }).click();
    await strip(page).getByText("People are being counted").waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Count everybody…" }).waitFor();
  });

  test("anti-passback is forgiven: everybody, and asked once before", async () => {
    await page.getByRole("button", { name: "Forgive everybody" }).click();
    await dialog(page).getByRole("button", { name: "Forgive everybody" }).click();
    await page.getByText("Anti-passback is forgiven: everybody").waitFor();
    await navigate(page, "Log");
    await page
      .getByText(/owner forgave anti-passback/i)
      .first()
      .waitFor();
  });

  test("an emergency badge is written in and taken out again by the owner", async () => {
    await navigate(page, "Inside");
    await page.getByRole("link", { name: "Emergency badges" }).click();
    await page.getByText("No emergency badge yet").waitFor();
    await page.getByLabel("Where it is kept, or who has it").fill("Key safe at the gate");
    await page.getByLabel("Number or serial of the card").fill("04:EE:11:22:33:44:55");
    await page.getByRole("button", { name: "Add an emergency badge" }).click();
    const badge = page.getByRole("listitem").filter({ hasText: "Key safe at the gate" });
    await badge.getByText(/4455, added .* by owner/i).waitFor();
    await page.getByText(/The file was last changed/).waitFor();
    expect.soft(await findings(page)).toEqual([]);
    await badge.getByRole("button", { name: "Remove Key safe at the gate" }).click();
    await dialog(page).getByRole("button", { name: "Remove" }).click();
    await page.getByText("No emergency badge yet").waitFor();
  });

  test("all that was done so far gave the browser nothing to complain of", () => {
    expect(visitor.complaints).toEqual([]);
  });

  test.each([
    { width: 390, colorScheme: "light" },
    { width: 1280, colorScheme: "dark" },
  ] as const)(
    "nothing for axe-core to find: $width px, $colorScheme",
    async (sight) => {
      const looker = await visit(browser, house.url, sight, await visitor.keep());
      try {
        const { page } = looker;
        await navigate(page, "Inside");
        await page.locator(".place").first().waitFor();
        expect.soft(await findings(page), "inside").toEqual([]);
        expect.soft(await overTheEdge(page), "inside").toEqual([]);
        await page.getByRole("button", { name: "Count everybody…" }).click();
        expect.soft(await findings(page), "question").toEqual([]);
        await dialog(page).getByRole("button", { name: "Start counting" }).click();
        await safeButtons(page).first().click();
        await page.getByRole("heading", { name: "Safe", exact: true }).waitFor();
        expect.soft(await findings(page), "count").toEqual([]);
        expect.soft(await overTheEdge(page), "count").toEqual([]);
        await page.getByRole("button", { name: "End the count" }).click();
        await dialog(page).getByRole("button", { name: "End the count" }).click();
        await strip(page).getByText("People are being counted").waitFor({ state: "hidden" });
      } finally {
        await looker.leave();
      }
    },
    120_000,
  );
});
