import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromePath, openBrowser, whyNoBrowser } from "../web/browser.js";
import { type Running, SideReader, startDemo } from "./gateway.js";
import { claimOwner, happened, navigate, type Visitor, visit } from "./visitor.js";

/** Somebody looks for something in the log, in order: each test goes on where the last one stood. */
describe.skipIf(chromePath === undefined)(`the log in a browser (${chromePath ?? whyNoBrowser})`, () => {
  let browser: Browser;
  let house: Running;
  let visitor: Visitor;
  let reader: SideReader;

  beforeAll(async () => {
    [browser, house] = await Promise.all([openBrowser(), startDemo(300)]);
    visitor = await visit(browser, house.url);
    reader = await SideReader.connect(house);
    await claimOwner(visitor.page, house);
    await reader.present("04c0ffee778899");
    await happened(visitor.page, "An unknown card").first().waitFor();
    await happened(visitor.page, /through/i)
      .nth(2)
      .waitFor({ timeout: 60_000 });
  }, 150_000);

  afterAll(async () => {
    await reader?.gone();
    await visitor?.leave();
    await browser?.close();
    await house?.stop();
  });

  const rows = (page: Page) => page.getByRole("region", { name: "Log" }).getByRole("listitem");
  const choose = async (page: Page, label: string, option: string) => {
    await page.getByRole("combobox", { name: label }).click();
    await page.getByRole("option", { name: option, exact: true }).click();
  };

  test("refusals at one door are found by two choices, and nothing else is shown", async () => {
    const { page } = visitor;
    await navigate(page, "Log");
    await rows(page).first().waitFor();
    await choose(page, "What", "Not let in");
    await choose(page, "Door", "Side door");
    await expect.poll(() => page.url()).toMatch(/\/events\?type=access\.denied&door=side$/);
    await rows(page)
      .filter({ hasText: /An unknown card.* was not let in/ })
      .first()
      .waitFor();
    const told = await rows(page).allInnerTexts();
    expect(told.filter((text) => !/not let in at Side door/.test(text))).toEqual([]);
  });

  test("the address shows the same to a colleague", async () => {
    const { page } = visitor;
    await page.reload();
    await rows(page)
      .filter({ hasText: /An unknown card.* was not let in/ })
      .first()
      .waitFor();
    expect(await page.getByRole("combobox", { name: "What" }).inputValue()).toBe("Not let in");
    expect(await page.getByRole("combobox", { name: "Door" }).inputValue()).toBe("Side door");
  });

  test("where nothing fits, the page says what is asked for and how to see more", async () => {
    const { page } = visitor;
    await page.getByRole("button", { name: "Fire and emergency", exact: true }).click();
    await page.getByText("Nothing in the log matches all of this").waitFor();
    const chosen = page.getByRole("list", { name: "Shown is only" });
    expect(await chosen.getByRole("listitem").allInnerTexts()).toEqual([
      "Fire and emergency",
      "Not let in",
      "Side door",
    ]);
    await chosen.getByRole("button", { name: "Without Fire and emergency" }).click();
    await rows(page).first().waitFor();
    await page.getByRole("button", { name: "Fire and emergency", exact: true }).click();
    await page.getByRole("button", { name: "Show everything" }).click();
    await expect.poll(() => page.url()).toMatch(/\/events$/);
  });

  test("older ones come when they are asked for, newest first throughout", async () => {
    const { page } = visitor;
    await expect
      .poll(
        async () =>
          Number(
            await (await page.request.get(`${house.url}/api/v1/status`))
              .json()
              .then((s) => s.journal.lastSeq),
          ),
        {
          timeout: 60_000,
        },
      )
      .toBeGreaterThan(130);
    await page.reload();
    await rows(page).first().waitFor();
    const begins = page.getByText("This is where the log begins.");
    const older = page.getByRole("button", { name: "Show older" });
    await older.click();
    // The button goes when the last page comes, maybe just before it would be clicked.
    for (let turn = 0; turn < 30 && !(await begins.isVisible()); turn++) {
      if (await older.isVisible()) await older.click({ timeout: 1_000 }).catch(() => undefined);
      else await begins.or(older).first().waitFor();
    }
    await begins.waitFor();
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await rows(page).filter({ hasText: "activated revision 1 of the site" }).first().waitFor();
    expect(visitor.complaints).toEqual([]);
  }, 120_000);
});
