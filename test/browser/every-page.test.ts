import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromePath, openBrowser, whyNoBrowser } from "../web/browser.js";
import { type Running, SideReader, startDemo } from "./gateway.js";
import { claimOwner, findings, happened, navigate, overTheEdge, sights, visit } from "./visitor.js";

/** With `SCREENSHOTS=folder`, what the tests see is kept there, to be looked at. */
const screenshots = process.env.SCREENSHOTS;
const pages: readonly (readonly [name: string, go: (page: Page) => Promise<unknown>])[] = [
  [
    "live",
    async (page) => {
      await happened(page, /./).first().waitFor();
    },
  ],
  [
    "trouble",
    async (page) => {
      const jump = page.getByRole("link", { name: "What happened" });
      if (await jump.isVisible()) await jump.click();
      await page.getByRole("radiogroup", { name: "Shown" }).getByText("Trouble", { exact: true }).click();
      await happened(page, "An unknown card").first().waitFor();
    },
  ],
  [
    "assign",
    async (page) => {
      await page
        .getByRole("button", { name: /^Assign card/ })
        .first()
        .click();
      await page.getByRole("dialog").getByRole("radio").first().waitFor();
    },
  ],
  [
    "event",
    async (page) => {
      await page.keyboard.press("Escape");
      await page
        .getByRole("link", { name: /^Why\?/ })
        .first()
        .click();
      await page.getByRole("heading", { name: "How it was decided" }).waitFor();
    },
  ],
  [
    "log",
    async (page) => {
      await navigate(page, "Log");
      await page.getByRole("region", { name: "Log" }).getByRole("listitem").first().waitFor();
    },
  ],
  [
    "log-nothing",
    async (page) => {
      const asked = "/events?category=safety,door&type=safety.fire&from=2026-03-01T00:00:00Z";
      await page.goto(new URL(asked, page.url()).href);
      await page.getByText("Nothing in the log matches all of this").waitFor();
    },
  ],
  [
    "people",
    async (page) => {
      await navigate(page, "People");
      await page.getByRole("link", { name: "Anke Thomsen" }).waitFor();
    },
  ],
  [
    "add-person",
    async (page) => {
      await page.getByRole("button", { name: "Add person" }).click();
      await page.getByRole("dialog").getByLabel("Name").waitFor();
    },
  ],
  [
    "person",
    async (page) => {
      await page.keyboard.press("Escape");
      await page.getByRole("link", { name: "Jens Paulsen" }).click();
      await page.getByRole("region", { name: "Can open now" }).getByText("Front door").waitFor();
    },
  ],
  [
    "give-badge",
    async (page) => {
      await page.getByRole("button", { name: "Give a badge" }).click();
      await page.getByRole("dialog").getByText("Just presented").waitFor();
    },
  ],
  [
    "accounts",
    async (page) => {
      await page.keyboard.press("Escape");
      await navigate(page, "Accounts");
      await page.getByRole("heading", { name: "People who sign in" }).waitFor();
    },
  ],
  [
    "invite",
    async (page) => {
      await page.getByRole("button", { name: "Invite somebody" }).click();
      await page.getByRole("dialog").getByLabel("Role").waitFor();
    },
  ],
  [
    "me",
    async (page) => {
      await page.keyboard.press("Escape");
      await page.getByRole("link", { name: /^owner/ }).click();
      await page.getByRole("heading", { name: "Tokens for programs" }).waitFor();
    },
  ],
  [
    "about",
    async (page) => {
      await navigate(page, "About");
      await page.getByRole("heading", { name: "Devices" }).waitFor();
    },
  ],
  [
    "help",
    async (page) => {
      await navigate(page, "Help");
      await page.getByRole("article").getByRole("heading", { level: 1 }).waitFor();
    },
  ],
];

describe.skipIf(chromePath === undefined)(`every page (${chromePath ?? whyNoBrowser})`, () => {
  let browser: Browser;
  let house: Running;
  let reader: SideReader;
  let signedIn: Awaited<ReturnType<Awaited<ReturnType<typeof visit>>["keep"]>>;

  beforeAll(async () => {
    [browser, house] = await Promise.all([openBrowser(), startDemo()]);
    if (screenshots) mkdirSync(screenshots, { recursive: true });
    reader = await SideReader.connect(house);
  }, 90_000);

  afterAll(async () => {
    await reader?.gone();
    await browser?.close();
    await house?.stop();
  });

  async function look(page: Page, name: string, width: number, colorScheme: string): Promise<void> {
    await page.mouse.move(0, 0);
    if (screenshots) {
      await page.waitForTimeout(300);
      await page.screenshot({
        path: join(screenshots, `${name}-${width}-${colorScheme}.png`),
        fullPage: (await page.getByRole("dialog").count()) === 0 && name !== "live",
      });
    }
    expect.soft(await findings(page), `${name}, ${colorScheme}, ${width} px`).toEqual([]);
    expect.soft(await overTheEdge(page), `${name}, ${width} px`).toEqual([]);
  }

  test.each(sights)("signing in: $width px, $colorScheme", async (sight) => {
    const visitor = await visit(browser, house.url, sight);
    const { page } = visitor;
    try {
      await page.getByRole("button", { name: /Become owner|Sign in/ }).waitFor();
      await look(page, "sign-in", sight.width, sight.colorScheme);
      if (sight === sights.at(-1)) {
        await claimOwner(page, house);
        signedIn = await visitor.keep();
      }
      expect(visitor.complaints).toEqual([]);
    } finally {
      await visitor.leave();
    }
  });

  test.each(sights)(
    "nothing for axe-core to find, nothing over the edge: $width px, $colorScheme",
    async (sight) => {
      await reader.present("04c0ffee445566");
      const visitor = await visit(browser, house.url, sight, signedIn);
      try {
        for (const [name, go] of pages) {
          await go(visitor.page);
          await look(visitor.page, name, sight.width, sight.colorScheme);
        }
        expect(visitor.complaints).toEqual([]);
      } finally {
        await visitor.leave();
      }
    },
    180_000,
  );
});
