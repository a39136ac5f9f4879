/** Somebody at the screen, who finds things by what they are and what they are called. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import type { Running } from "./gateway.js";

export const password = "harbour light 44";

export interface Sight {
  readonly width: number;
  readonly colorScheme: "light" | "dark";
  readonly locale?: string;
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
  { width, colorScheme, locale = "en-GB" }: Sight = { width: 1440, colorScheme: "light" },
  storageState?: Kept,
): Promise<Visitor & { keep(): Promise<Kept> }> {
  const context = await browser.newContext({
    // Not the site's: times on the page must be the site's all the same.
    timezoneId: "America/New_York",
    locale,
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
  await isLive(page);
}

/** The house has told how it stands: before, rows that come in on top move what is below them. */
export async function isLive(page: Page): Promise<void> {
  await page
    .getByRole("status")
    .filter({ hasText: /^Live$/ })
    .waitFor();
}

/** On a phone some pages are behind one more tap. */
export async function navigate(page: Page, name: string): Promise<void> {
  const pages = page.getByRole("navigation", { name: "Pages" });
  const link = pages.getByRole("link", { name, exact: true });
  await pages.getByRole("link").first().waitFor();
  if (!(await link.isVisible())) await pages.getByRole("button", { name: "More" }).click();
  await link.click();
}

/** Somebody with this role, invited by whoever looks at `owner`. */
export async function comeAs(
  browser: Browser,
  { url }: Running,
  owner: Page,
  role: "guard" | "viewer" | "manager" | "auditor",
  { discreet = false, sight }: { readonly discreet?: boolean; readonly sight?: Sight } = {},
): Promise<Awaited<ReturnType<typeof visit>>> {
  const asked = { role, discreet };
  const secret = await owner.evaluate(async ({ role: wanted, discreet: quiet }) => {
    const account = `${wanted}-${Math.random().toString(36).slice(2, 8)}`;
    const answer = await fetch("/api/v1/invites", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ account, name: `Some ${wanted}`, role: wanted, discreet: quiet }),
    });
    return ((await answer.json()) as { secret: string }).secret;
  }, asked);
  const guest = await visit(browser, url, sight);
  await guest.page.evaluate(
    async (given) => {
      await fetch("/api/v1/invites/accept", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(given),
      });
    },
    { secret, password },
  );
  await guest.page.reload();
  await isLive(guest.page);
  return guest;
}

/** Presses "Undo" on the word of what was done. */
export const takeBack = (page: Page, done: string | RegExp): Promise<void> =>
  page.getByRole("alert").filter({ hasText: done }).getByRole("button", { name: "Undo" }).click();

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

interface Finding {
  readonly id: string;
  readonly help: string;
  readonly where: readonly string[];
}

/** What axe-core finds; put in by the test's own hand, as the page's policy lets no script in. */
export async function findings(page: Page): Promise<Finding[]> {
  await page.evaluate(readFileSync(axe, "utf8"));
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: {
        run(
          options: object,
        ): Promise<{ violations: { id: string; help: string; nodes: { html: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run({
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.map(({ id, help, nodes }) => ({
      id,
      help,
      where: nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)),
    }));
  });
}

/** What reaches over the right edge of the screen, unless it scrolls in something of its own. */
export const overTheEdge = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const edge = document.documentElement.clientWidth + 1;
    const scrolls = (each: Element) =>
      each.closest(".help-table, pre, .only-heard, .skip, .event-steps, .scrolls") !== null;
    return [...document.querySelectorAll("body *")]
      .filter((each) => each.checkVisibility() && !scrolls(each))
      .filter((each) => each.getBoundingClientRect().right > edge)
      .map((each) => each.outerHTML.slice(0, 120));
  });

/** The rows of what happened that say this. */
export const happened = (page: Page, said: string | RegExp): Locator =>
  page.getByRole("region", { name: "What happened" }).getByRole("listitem").filter({ hasText: said });

export const tile = (page: Page, door: string): Locator =>
  page
    .getByRole("region", { name: "Doors" })
    .getByRole("listitem")
    .filter({ has: page.getByRole("heading", { name: door, exact: true }) });
