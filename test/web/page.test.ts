import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chromePath, openBrowser, whyNoBrowser } from "./browser.js";
import { door, type House, openHouse, password } from "./house.js";

let house: House;
let page: Page;
let browser: Browser;
let context: BrowserContext;
/** Whatever the browser had to complain of: blocked scripts, errors. */
let complaints: string[];
/** Requests to anywhere else than the gateway. */
let outside: string[];

beforeAll(async () => {
  if (chromePath !== undefined) browser = await openBrowser();
});

afterAll(() => browser?.close());

beforeEach(async (test) => {
  if (chromePath === undefined) test.skip(whyNoBrowser);
  house = await openHouse({ limits: { signIns: { perSecond: 100, burst: 100 } } });
  house.live.doors.set("front", door("front", "Front door"));
  house.live.doors.set("stock", door("stock", "Stock room"));
  house.live.doors.set("vault", door("vault", "Vault", { mode: "secured" }));
  // A context is a profile of its own: nothing of another test is in it.
  context = await browser.newContext({
    timezoneId: "America/New_York",
    viewport: { width: 1440, height: 900 },
  });
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  complaints = [];
  outside = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(house.url)) outside.push(request.url());
  });
});

afterEach(async () => {
  if (chromePath === undefined) return;
  await context.close();
  await house.stop();
});

const tile = (name: string) =>
  page.getByRole("listitem").filter({ has: page.getByRole("heading", { name }) });
const happened = () => page.getByRole("region", { name: "What happened" }).getByRole("listitem");
const denied = () =>
  house.happen({
    type: "access.denied",
    door: "front",
    person: "p2",
    reason: "outside the hours",
    remedy: "would be let in from 07:00",
    trace: [
      ["known-card", "ok"],
      ["within-schedule", "staff: office 07:00-19:00, now 21:04"],
    ],
  });

async function signIn(account = "anna", role: "owner" | "guard" | "viewer" = "owner"): Promise<void> {
  await house.accounts.addOperator(account, role, { password });
  await page.goto(house.url);
  await page.getByLabel("Account", { exact: true }).fill(account);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Live", { exact: true }).waitFor();
}

describe("the first page", () => {
  test("the printed address brings the secret along: one click makes the owner, who sees doors and a badge arrive", async () => {
    house.happen({ type: "door.opened", door: "front" });
    const { secret } = await house.accounts.issueOwnerClaim();
    await page.goto(`${house.url}/#claim=${secret}`);
    await page.getByText("This gateway has no owner yet").waitFor();
    expect(await page.getByLabel("One-time owner secret").inputValue()).toBe(secret);
    expect(page.url()).toBe(`${house.url}/`);
    await page.getByRole("button", { name: "Sign in" }).click();

    await page.getByRole("heading", { name: "Harbour House" }).waitFor();
    await tile("Front door").getByText("Locked").waitFor();
    expect(await tile("Vault").textContent()).toContain("Secured: nobody enters");
    expect(await happened().allTextContents()).toEqual([expect.stringContaining("Front opened")]);

    house.happen({ type: "access.granted", door: "front", person: "p1" }, [
      door("front", "Front door", { lock: "unlocked", since: Date.now() }),
    ]);
    await happened().filter({ hasText: "Ada Okafor was let in at front" }).waitFor();
    expect(await happened().first().textContent()).toContain("Ada Okafor");
    await tile("Front door").getByText("Unlocked", { exact: true }).waitFor();
    expect(complaints).toEqual([]);
    expect(outside).toEqual([]);
  });

  test("a denial says why, what would have helped, and which rules were asked", async () => {
    await signIn();
    denied();
    const row = happened().filter({ hasText: "Bruno Keller was not let in at front: outside the hours" });
    await row.waitFor();
    expect(await row.textContent()).toMatch(/Why\s+Staff: office 07:00-19:00, now 21:04/);
    expect(await row.textContent()).toMatch(/Remedy\s+Would be let in from 07:00/);
    await row.getByText("Rules asked").click();
    await row.getByText("known card").waitFor();
  });

  test("exceptions come first, and the window's title counts them", async () => {
    await signIn();
    house.happen({ type: "door.forced", door: "vault" }, [
      door("vault", "Vault", { alarm: "forced", position: "open", since: Date.now() - 125_000 }),
    ]);
    await tile("Vault").getByText("Forced open").waitFor();
    const first = page.getByRole("region", { name: "Doors" }).getByRole("listitem").first();
    expect(await first.textContent()).toMatch(/Vault[\s\S]*for 2 min/);
    await expect.poll(() => page.title()).toBe("(1) Harbour House · Gatewarden");
    expect(await page.getByRole("alert").filter({ hasText: "Alarm" }).textContent()).toContain(
      "Vault was opened",
    );
  });

  test("times are the site's, wherever the browser is", async () => {
    await signIn();
    const event = house.happen({ type: "door.opened", door: "front" });
    await happened().first().waitFor();
    const inBerlin = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: "Europe/Berlin" });
    expect(await happened().first().locator("time").textContent()).toBe(inBerlin.format(event.at));
    await page.getByText("Europe/Berlin").waitFor();
  });

  test("an empty site and a quiet one teach what to do", async () => {
    house.live.doors.clear();
    await signIn();
    await page.getByText("This site has no doors yet.").waitFor();
    await page.getByText("Present a badge at any reader").waitFor();
    house.happen({ type: "door.opened", door: "front" }, [door("front", "Front door", { position: "open" })]);
    await tile("Front door").waitFor();
    await page.getByText("Present a badge at any reader").waitFor({ state: "hidden" });
  });

  test("what people and devices are called is text, never markup", async () => {
    const nasty = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
    house.live.doors.set("front", door("front", nasty));
    await signIn();
    house.happen({ type: "door.opened", door: nasty });
    await happened().filter({ hasText: nasty }).waitFor();
    await tile(nasty).waitFor();
    expect(complaints).toEqual([]);
    expect(await page.locator("#house img").count()).toBe(0);
  });

  test("a viewer sees doors, no button, and is told that events are not for the account", async () => {
    await house.accounts.addOperator("boss", "owner");
    await signIn("vic", "viewer");
    await tile("Front door").waitFor();
    expect(await page.getByRole("button", { name: /Hold to unlock/ }).count()).toBe(0);
    await page.getByText("Your account sees doors, and not what happened at them.").waitFor();
  });

  test("events of before the visit are a page away", async () => {
    for (let n = 0; n < 130; n += 1) house.happen({ type: "door.opened", door: `d-${n}` });
    await signIn();
    await page.getByRole("button", { name: "Show older" }).click();
    await happened().filter({ hasText: "D-0 opened" }).waitFor();
    expect(await happened().count()).toBe(130);
    expect(await happened().first().textContent()).toContain("D-129 opened");
  });
});

describe("signing in", () => {
  test("a wrong secret and a wrong password say so; a weak one says what is wrong with it", async () => {
    const { secret } = await house.accounts.issueOwnerClaim();
    await page.goto(house.url);
    await page.getByLabel("One-time owner secret").fill("0000-0000");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").filter({ hasText: "not right or was used already" }).waitFor();
    await page.getByLabel("One-time owner secret").fill(secret);
    await page.getByLabel("New password").fill("password1");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "guessed first" }).waitFor();
    await page.getByRole("radio", { name: "Account and password" }).check();
    await page.getByLabel("Password", { exact: true }).fill("not this one");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").filter({ hasText: "Account or password is not right" }).waitFor();
  });

  test("signing out closes the house, also for the way back", async () => {
    await signIn();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You are signed out.").waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    expect(await page.getByText("Harbour House").isVisible()).toBe(false);
  });

  test("an account that is disabled loses the page at once", async () => {
    await house.accounts.addOperator("boss", "owner");
    await signIn("gus", "guard");
    await house.accounts.disable("gus", true);
    await page.getByText("Your session has ended.").waitFor({ timeout: 2_000 });
    expect(await page.getByRole("heading", { name: "Front door" }).count()).toBe(0);
  });
});

describe("holding to unlock", () => {
  const unlocks = () =>
    house.performed.filter(({ name }) => name === "door.unlock").map(({ params }) => params);

  test("0.6 s with the mouse unlocks; a click does not", async () => {
    await signIn();
    const button = page.getByRole("button", { name: "Hold to unlock Front door" });
    await button.click();
    await page.waitForTimeout(800);
    expect(unlocks()).toEqual([]);
    await button.hover();
    await page.mouse.down();
    await tile("Front door").getByText("Unlocked by you").waitFor();
    await page.mouse.up();
    expect(unlocks()).toEqual([{ door: "front" }]);
    await tile("Front door").getByText("Unlocked", { exact: true }).waitFor();
  });

  test("with the keyboard too: held, not tapped", async () => {
    await signIn();
    await page.getByRole("button", { name: "Hold to unlock Stock room" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForTimeout(800);
    expect(unlocks()).toEqual([]);
    await page.keyboard.down("Space");
    await tile("Stock room").getByText("Unlocked by you").waitFor();
    await page.keyboard.up("Space");
    expect(unlocks()).toEqual([{ door: "stock" }]);
  });

  test("for assistive technology, which can only press, a second press confirms", async () => {
    await signIn();
    const press = () =>
      page.locator("li.tile", { hasText: "Front door" }).locator("button").dispatchEvent("click");
    await press();
    await page.getByRole("button", { name: "Press again to unlock Front door" }).waitFor();
    expect(unlocks()).toEqual([]);
    await press();
    await expect.poll(unlocks).toEqual([{ door: "front" }]);
  });

  test("what the building refuses is said at the door", async () => {
    await signIn();
    await page.getByRole("button", { name: "Hold to unlock Vault" }).hover();
    await page.mouse.down();
    await tile("Vault").getByText("Vault is secured").waitFor();
    await page.mouse.up();
  });
});

describe("when the link is lost", () => {
  test("the page says since when it is stale, offers no buttons, and catches up when the gateway is back", async () => {
    await signIn();
    denied();
    await happened().first().waitFor();
    await house.goAway();
    const banner = page.getByRole("alert").filter({ hasText: "Stale since" });
    await banner.waitFor();
    expect(await banner.textContent()).toMatch(/^Stale since \d\d:\d\d: no link to the gateway/);
    expect(await page.getByRole("button", { name: "Hold to unlock Front door" }).isDisabled()).toBe(true);

    for (let n = 0; n < 5; n += 1) house.happen({ type: "door.opened", door: `away-${n}` });
    house.live.doors.set("front", door("front", "Front door", { position: "open" }));
    await house.comeBack();
    await banner.waitFor({ state: "hidden" });
    await happened().filter({ hasText: "Away-4 opened" }).waitFor();
    await expect.poll(() => happened().count()).toBe(6);
    await tile("Front door").getByText("Open", { exact: true }).waitFor();
    expect(await page.getByRole("button", { name: "Hold to unlock Front door" }).isEnabled()).toBe(true);
  });
});

describe("on every screen", () => {
  test.each([
    [390, "light"],
    [390, "dark"],
    [1440, "light"],
    [1440, "dark"],
  ] as const)("%i px wide, %s: nothing is cut off or runs over the edge", async (width, colorScheme) => {
    await page.setViewportSize({ width, height: 844 });
    await page.emulateMedia({ colorScheme });
    house.live.doors.set("long", door("long", "Emergency exit of the southern stairwell, second basement"));
    house.live.doors.set("gone", door("gone", "Gate", { online: false, position: "unknown", since: null }));
    await signIn();
    denied();
    await happened().first().waitFor();
    const over = await page.evaluate(() =>
      [...document.querySelectorAll("#house *")]
        .filter(
          (each) =>
            each.checkVisibility() && !each.classList.contains("hidden") && !each.classList.contains("skip"),
        )
        .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
        .map((each) => each.outerHTML.slice(0, 80)),
    );
    expect(over).toEqual([]);
    for (const button of await page.getByRole("button").all()) {
      const box = await button.boundingBox();
      expect(box?.height ?? 0, (await button.textContent()) ?? "").toBeGreaterThanOrEqual(40);
    }
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(ground).toBe(colorScheme === "dark" ? "rgb(18, 23, 29)" : "rgb(243, 245, 247)");
  });
});
