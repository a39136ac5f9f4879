import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromePath, openBrowser, whyNoBrowser } from "../web/browser.js";
import { type Running, startBusyHouse } from "./gateway.js";
import { claimOwner, navigate, type Sight, sights, visit } from "./visitor.js";

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

async function look(page: Page, { width, colorScheme }: Sight, name: string): Promise<void> {
  await page.waitForTimeout(300);
  if (screenshots !== undefined) {
    mkdirSync(screenshots, { recursive: true });
    const path = join(screenshots, `people-${name}-${width}-${colorScheme}.png`);
    await page.screenshot({ path, fullPage: true });
  }
  expect(await findings(page), `${name} at ${width}, ${colorScheme}`).toEqual([]);
  expect(await overTheEdge(page), `${name} at ${width}`).toBe(false);
}

/** A choice out of a list that is searched by typing. */
async function choose(page: Page, label: string, text: string): Promise<void> {
  const field = page.getByRole("combobox", { name: label });
  await field.click();
  await field.fill(text);
  await page.getByRole("option", { name: text }).first().click();
}

describe.skipIf(chromePath === undefined)(`people for a while, in the browser${why}`, () => {
  let browser: Browser;
  let house: Running;
  let page: Page;
  let leave: () => Promise<void>;
  let complaints: readonly string[];
  let kept: Awaited<ReturnType<Awaited<ReturnType<typeof visit>>["keep"]>>;
  beforeAll(async () => {
    [browser, house] = await Promise.all([openBrowser(), startBusyHouse()]);
    const visitor = await visit(browser, house.url);
    ({ page, leave, complaints } = visitor);
    await claimOwner(page, house);
    kept = await visitor.keep();
  }, 120_000);
  afterAll(async () => {
    await leave?.();
    await browser?.close();
    await house?.stop();
  });

  const atEverySize = async (
    path: string,
    name: string,
    open: (page: Page) => Promise<void>,
  ): Promise<void> => {
    for (const sight of sights) {
      const visitor = await visit(browser, house.url, sight, kept);
      await visitor.page.goto(house.url + path);
      await open(visitor.page);
      await look(visitor.page, sight, name);
      expect(visitor.complaints).toEqual([]);
      await visitor.leave();
    }
  };

  test("a visitor is expected, with a code, and the visit is ended", async () => {
    await navigate(page, "People");
    await page.getByRole("link", { name: "Visitors" }).click();
    await page.getByText("No visitor is here or expected").waitFor();
    await page.getByRole("button", { name: "Expect a visitor" }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("Visitor").fill("Vera Gast");
    await form.getByLabel("Company").fill("Kran AG");
    await choose(page, "Host", "Murat");
    await choose(page, "May use", "Side door");
    await page.keyboard.press("Escape");
    await form.getByLabel("Make up a code for keypads and QR readers").check();
    await form.getByRole("button", { name: "Expect a visitor" }).click();
    await form.getByText("Write it down or show it now.").waitFor();
    expect(await form.getByLabel("The code").inputValue()).toMatch(/^\d{8}$/);
    await form.getByRole("button", { name: "Close" }).last().click();
    const row = page.getByRole("listitem").filter({ hasText: "Vera Gast" });
    await row.getByText("Visit is on").waitFor();
    await row.getByText("Kran AG, visits Murat Yıldız").waitFor();
    await atEverySize("/visitors", "visitors", async (each) => {
      await each.getByText("Vera Gast").waitFor();
    });
    await atEverySize("/visitors", "expect", async (each) => {
      await each.getByRole("button", { name: "Expect a visitor" }).click();
      await each.getByRole("textbox", { name: "Visitor" }).waitFor();
    });
    await row.getByRole("button", { name: "End visit: Vera Gast" }).click();
    await page.getByText("No visitor is here or expected").waitFor();
    await page.getByLabel("Also visits that are over").check();
    await row.getByText("Over", { exact: true }).waitFor();
  }, 180_000);

  test("somebody gets a PIN, a company and a right until tonight; an easy PIN is refused", async () => {
    await page.goto(`${house.url}/people/murat-yildiz`);
    await page.getByRole("button", { name: "Change" }).click();
    await page.getByRole("dialog").getByLabel("Company").fill("Nordkran GmbH");
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByText("Works for Nordkran GmbH").waitFor();

    await page.getByRole("button", { name: "Set PIN" }).click();
    const form = page.getByRole("dialog");
    const type = async (pin: string, again = pin) => {
      await form.getByLabel("PIN", { exact: true }).fill(pin);
      await form.getByLabel("Once more").fill(again);
    };
    await type("4711", "4712");
    await form.getByText("The two are not the same").waitFor();
    expect(await form.getByRole("button", { name: "Set PIN" }).isDisabled()).toBe(true);
    await type("1234");
    await form.getByRole("button", { name: "Set PIN" }).click();
    await form.getByText("harder to guess").waitFor();
    await type("4711");
    await form.getByRole("button", { name: "Set PIN" }).click();
    await page.getByText("A PIN is set").waitFor();
    expect(await page.content()).not.toContain("4711");

    await page.getByRole("button", { name: "Let in", exact: true }).click();
    await choose(page, "Where", "Side door");
    await form.getByLabel("Until").fill("2099-12-24T18:00");
    await form.getByRole("button", { name: "Let in", exact: true }).click();
    await page.getByRole("button", { name: "End: Side door" }).waitFor();
    await atEverySize("/people/murat-yildiz", "person", async (each) => {
      await each.getByText("A PIN is set").waitFor();
      await each.getByRole("button", { name: "End: Side door" }).waitFor();
    });
    await page.getByRole("button", { name: "End: Side door" }).click();
    await page.getByText("No right for a while").waitFor();
    await page.getByRole("button", { name: "Take PIN away" }).click();
    await form.getByRole("button", { name: "Take PIN away" }).click();
    await page.getByText("No PIN", { exact: true }).waitFor();
  }, 180_000);

  test("somebody of another company is answered for, inducted and trained; it stands on his page", async () => {
    await page.goto(`${house.url}/people/murat-yildiz`);
    await page.getByRole("button", { name: "Change" }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("Contractor: comes in only with a valid induction").check();
    await choose(page, "Sponsor", "Petra");
    await form.getByLabel("Induction valid until").fill("2099-12-24T18:00");
    await form.getByRole("button", { name: "Add a training" }).click();
    await form.getByLabel("Training 1", { exact: true }).fill("Fork Lift");
    await form.getByText("Small letters, digits and dashes").last().waitFor();
    expect(await form.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
    await form.getByLabel("Training 1", { exact: true }).fill("fork-lift");
    await form.getByLabel("Training 1 is valid until").fill("2098-01-31T00:00");
    if (screenshots) await page.screenshot({ path: join(screenshots, "person-form-1280.png") });
    await form.getByRole("button", { name: "Save" }).click();
    await page.getByText("Answered for by Petra Hansen").waitFor();
    await page.getByText("Contractor: comes in only with a valid induction").waitFor();
    await page.getByText(/^Trainings: fork-lift until .*2098/).waitFor();
    await page.getByText(/^Induction valid until .*2099/).waitFor();
    await page.getByRole("button", { name: "Change" }).click();
    await form.getByRole("button", { name: "Remove training 1" }).click();
    await form.getByLabel("Contractor: comes in only with a valid induction").uncheck();
    await form.getByLabel("Induction valid until").fill("");
    await form.getByRole("button", { name: "Save" }).click();
    await page.getByText(/^Trainings: /).waitFor({ state: "hidden" });
  }, 120_000);

  test("leavers are looked at first, revoked together, and brought back", async () => {
    await navigate(page, "People");
    await page.getByRole("link", { name: "Leavers" }).click();
    await choose(page, "Company", "Nordkran GmbH");
    await page.getByRole("button", { name: "Show who that is" }).click();
    await page.getByText("1 person with 1 badge would be revoked. Nothing has happened yet.").waitFor();
    await page.getByText("By search").click();
    await page.getByLabel("Name, card or id").fill("Petra");
    await page.getByRole("button", { name: "Show who that is" }).click();
    await page.getByLabel("Revoke Petra Hansen").waitFor();
    await page.getByText("By list").click();
    await page.getByLabel("Ids, numbers on badges, or badges").fill("murat-yildiz\n04567\nnobody-here");
    await page.getByRole("button", { name: "Show who that is" }).click();
    await page.getByText("2 people with 2 badges would be revoked. Nothing has happened yet.").waitFor();
    await page.getByText("Not matched: 1").waitFor();
    await atEverySize("/leavers", "leavers", async (each) => {
      await each.getByText("By list").click();
      await each.getByLabel("Ids, numbers on badges, or badges").fill("murat-yildiz\n04567\nnobody-here");
      await each.getByRole("button", { name: "Show who that is" }).click();
      await each.getByText("2 people with 2 badges would be revoked.").waitFor();
    });
    await page.getByLabel("Revoke Petra Hansen").uncheck();
    await page.getByLabel("Why").fill("contract over");
    await page.getByRole("button", { name: "Revoke 1 person" }).click();
    await page.getByText("1 person is revoked").waitFor();
    const lately = page.getByRole("region", { name: "Revoked lately" });
    await lately.getByText("contract over").waitFor();
    await page.goto(`${house.url}/people/murat-yildiz`);
    await page.getByText("Blocked", { exact: true }).waitFor();
    await page.goto(`${house.url}/people/petra-hansen`);
    await page.getByText("Active", { exact: true }).first().waitFor();
    await page.goto(`${house.url}/leavers`);
    await lately.getByRole("button", { name: /^Bring back/ }).click();
    await lately.getByText("Brought back").waitFor();
    await page.goto(`${house.url}/people/murat-yildiz`);
    await page.getByRole("button", { name: "Block", exact: true }).waitFor();
    expect(complaints).toEqual([]);
  }, 180_000);
});
