/** Makes the manual's and README's pictures out of the running demo: `npx tsx test/browser/screenshots.ts`. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { openBrowser } from "../web/browser.js";
import { SideReader, startDemo } from "./gateway.js";
import { claimOwner, happened, navigate, visit } from "./visitor.js";

const folder = join(import.meta.dirname, "../../web/help/images");
const size = { width: 1200, height: 720 };

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const [browser, house] = await Promise.all([openBrowser(), startDemo(120)]);
  try {
    const reader = await SideReader.connect(house);
    const { page } = await visit(browser, house.url);
    await page.setViewportSize(size);
    await claimOwner(page, house);
    await happened(page, /through/i)
      .nth(3)
      .waitFor({ timeout: 60_000 });
    await reader.present("04c0ffee112233");
    await happened(page, "An unknown card").first().waitFor();
    await take(page, "live");
    await happened(page, /not let in(?!.*not known)/)
      .first()
      .getByRole("link", { name: /^Why\?/ })
      .click();
    await page.getByRole("heading", { name: "How it was decided" }).waitFor();
    await take(page, "why");
    await navigate(page, "People");
    await page.getByRole("link", { name: "Jens Paulsen" }).click();
    await page.getByRole("region", { name: "Can open now" }).getByText("Front door").waitFor();
    await take(page, "person");
    await reader.gone();
  } finally {
    await browser.close();
    await house.stop();
  }
}

async function take(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.waitForTimeout(400);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

await main();
