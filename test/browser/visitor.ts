/** Somebody at the screen, who finds things by what they are and what they are called. */
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import type { Running } from "./gateway.js";

export const password = "harbour light 44";

export interface Sight {
  readonly width: number;
  readonly colorScheme: "light" | "dark";
}

export const sights: readonly Sight[] = [
  { width: 390, colorScheme: "light" },
  { width: 390, colorScheme: "dark" },
  { width: 1440, colorScheme: "light" },
  { width: 1440, colorScheme: "dark" },
];

export interface Visitor {
  readonly page: Page;
  /** Whatever the browser had to complain of: what the policy blocked, errors, requests to anywhere else. */
  readonly complaints: readonly string[];
  /** How often the visitor has clicked, held or pressed. */
  readonly clicks: number;
  click(what: Locator): Promise<void>;
  leave(): Promise<void>;
}

type Kept = Awaited<ReturnType<BrowserContext["storageState"]>>;

export async function visit(
  browser: Browser,
  url: string,
  { width, colorScheme }: Sight = { width: 1440, colorScheme: "light" },
  storageState?: Kept,
): Promise<Visitor & { keep(): Promise<Kept> }> {
  const context = await browser.newContext({
    // Not the site's: times on the page must be the site's all the same.
    timezoneId: "America/New_York",
    locale: "en-GB",
    viewport: { width, height: width < 600 ? 844 : 900 },
    colorScheme,
    ...(storageState ? { storageState } : {}),
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on("console", (message) => {
    // The browser tells of each refused request; those are the gateway's answers, and the page says them better.
    const isAnswer = message.text().startsWith("Failed to load resource");
    if (["error", "warning"].includes(message.type()) && !isAnswer) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) complaints.push(`asks outside: ${request.url()}`);
  });
  let clicks = 0;
  await page.goto(url);
  return {
    page,
    complaints,
    get clicks() {
      return clicks;
    },
    async click(what) {
      clicks += 1;
      await what.click();
    },
    keep: () => context.storageState(),
    leave: () => context.close(),
  };
}

/** Becomes owner by the printed secret. */
export async function claimOwner(page: Page, { secret }: Running): Promise<void> {
  await page.getByLabel("One-time owner secret").fill(secret);
  await page.getByLabel("New password").fill(password);
  await page.getByRole("button", { name: "Become owner" }).click();
  await page
    .getByRole("status")
    .filter({ hasText: /^Live$/ })
    .waitFor();
}

export const navigate = (page: Page, name: string): Promise<void> =>
  page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name, exact: true }).click();

/** The rows of what happened that say this. */
export const happened = (page: Page, said: string | RegExp): Locator =>
  page.getByRole("region", { name: "What happened" }).getByRole("listitem").filter({ hasText: said });

export const tile = (page: Page, door: string): Locator =>
  page
    .getByRole("region", { name: "Doors" })
    .getByRole("listitem")
    .filter({ has: page.getByRole("heading", { name: door, exact: true }) });
