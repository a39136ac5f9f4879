import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { chromePath, openBrowser, whyNoBrowser } from "../web/browser.js";
import { type Running, startAlarmHouse } from "./gateway.js";
import { Panel } from "./panel.js";
import { claimOwner, comeAs, findings, navigate, overTheEdge, takeBack, visit } from "./visitor.js";

const dialog = (page: Page): Locator => page.getByRole("dialog");
const strip = (page: Page): Locator => page.getByRole("region", { name: "State of the house" });
const card = (page: Page, name: string): Locator => page.getByRole("region", { name, exact: true });
const incident = (page: Page): Locator => page.getByRole("article");
const button = (within: Page | Locator, name: string | RegExp): Locator =>
  within.getByRole("button", { name, exact: true });

async function tab(page: Page, name: string | RegExp): Promise<void> {
  await navigate(page, "Alarms");
  await page.getByRole("navigation", { name: "What of the alarm" }).getByRole("link", { name }).click();
}

/** With `SCREENSHOTS=folder`, what the tests see is kept there, to be looked at. */
const screenshots = process.env.SCREENSHOTS;

/** Nothing for axe-core to find, nothing over the edge. */
async function look(page: Page, name: string): Promise<void> {
  const { width = 0 } = page.viewportSize() ?? {};
  if (screenshots) {
    await page.mouse.move(0, 0);
    await page.waitForTimeout(300);
    const fullPage = (await dialog(page).count()) === 0;
    await page.screenshot({ path: join(screenshots, `${name}-${width}.png`), fullPage });
  }
  expect.soft(await findings(page), name).toEqual([]);
  expect.soft(await overTheEdge(page), name).toEqual([]);
}

/** One day of the little house, in order: each test goes on where the last one stood. */
describe.skipIf(chromePath === undefined)(`the alarm on the web (${chromePath ?? whyNoBrowser})`, () => {
  let browser: Browser;
  let house: Running;
  let panel: Panel;
  let desk: Awaited<ReturnType<typeof visit>>;
  let phone: Awaited<ReturnType<typeof visit>>;
  let page: Page;

  beforeAll(async () => {
    if (screenshots) mkdirSync(screenshots, { recursive: true });
    [browser, house] = await Promise.all([openBrowser(), startAlarmHouse()]);
    panel = await Panel.connect(house);
    desk = await visit(browser, house.url, { width: 1280, colorScheme: "light" });
    ({ page } = desk);
    await claimOwner(page, house);
    await page.evaluate(() =>
      fetch("/api/v1/operations/clock.trust", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: "{}",
      }),
    );
    phone = await visit(browser, house.url, { width: 390, colorScheme: "dark" }, await desk.keep());
  }, 90_000);

  afterAll(async () => {
    await panel?.gone();
    await phone?.leave();
    await desk?.leave();
    await browser?.close();
    await house?.stop();
  });

  afterEach(async ({ task }) => {
    if (!screenshots || task.result?.state !== "fail") return;
    await page.screenshot({ path: join(screenshots, "failed-desk.png") });
    await phone.page.screenshot({ path: join(screenshots, "failed-phone.png") });
  });

  test("a queue without alarms says what would stand there, and what is armed", async () => {
    await navigate(page, "Alarms");
    await page.getByText("No open alarm").waitFor();
    await look(page, "queue-empty");
    await page.getByRole("link", { name: "0 of 3 partitions armed" }).click();
    await card(page, "Ground floor").getByText("Disarmed", { exact: true }).waitFor();
    await card(page, "Whole house").getByText("Arms and disarms together: Ground floor, Store").waitFor();
  });

  test("what stands open is named before arming, and what would be left out before one confirms", async () => {
    await panel.set("window", true);
    await card(page, "Ground floor").getByText("Kitchen window").waitFor();
    await button(page, "Arm Ground floor").click();
    const force = button(dialog(page), "Leave 1 out and arm");
    await force.waitFor();
    await dialog(page).getByText("Kitchen window open or active").waitFor();
    await look(page, "arm-open");
    // Somebody closes it while one looks.
    await panel.set("window", false);
    await button(dialog(page), "Arm: Away").waitFor();
    await dialog(page).getByText("You have 20 s to leave.").waitFor();
    await panel.set("window", true);
    await dialog(page)
      .getByRole("radio", { name: /^At home/ })
      .check();
    await force.click();
    await page.getByText("Ground floor is armed. Left out: Kitchen window").waitFor();
    const ground = card(page, "Ground floor");
    await ground.getByText("Armed at home").waitFor();
    await ground.getByText(/was not quiet when owner armed/).waitFor();
    await look(page, "armed");
    await button(page, "Disarm Ground floor").click();
    await button(dialog(page), "Disarm Ground floor").click();
    await ground.getByText("Disarmed", { exact: true }).waitFor();
    await ground.getByText(/was not quiet when owner armed/).waitFor({ state: "hidden" });
    await panel.set("window", false);
  });

  test("from the phone, the whole house counts down for whoever leaves, and stops at one press", async () => {
    await tab(phone.page, "Arm and disarm");
    await button(phone.page, "Arm Whole house").click();
    await button(dialog(phone.page), "Arm: Away").click();
    await card(phone.page, "Ground floor")
      .getByText(/^(1\d|20) s to leave$/)
      .waitFor();
    await card(page, "Ground floor")
      .getByText(/^(1\d|20) s to leave$/)
      .waitFor();
    await look(phone.page, "leaving");
    await button(phone.page, "Disarm Whole house").click();
    await card(phone.page, "Ground floor").getByText("Disarmed", { exact: true }).waitFor();
    await card(phone.page, "Store").getByText("Disarmed", { exact: true }).waitFor();
  });

  test("an alarm stands on every page with what to do and whom to call; silencing is not acknowledging", async () => {
    await button(page, "Arm Store").click();
    await button(dialog(page), "Arm: Away").click();
    await card(page, "Store").getByText("Armed, everybody out").waitFor();
    await navigate(phone.page, "Doors");
    await panel.trip("storeMotion");
    await strip(phone.page).getByText("1 open alarm: Burglary: Motion in the store").waitFor();
    await card(page, "Store").getByText("Alarm", { exact: true }).waitFor();
    expect(await phone.page.title()).toMatch(/^\(1\) Doors/);
    await strip(phone.page).getByRole("link", { name: "Open" }).click();
    const sheet = incident(phone.page);
    await sheet.getByText("Do not go in alone.").waitFor();
    expect(await sheet.getByRole("link", { name: /Call Guard service/ }).getAttribute("href")).toBe(
      "tel:+494315550100",
    );
    await sheet.getByText(/Nobody has acknowledged it: goes to level 1 in \d/).waitFor();
    await sheet.getByText(/Horn over the door sounds/).waitFor();
    await look(phone.page, "incident-new");
    await button(sheet, "Silence the sirens").click();
    await sheet.getByText(/Sound off since .* by owner\. That is no acknowledgement/).waitFor();
    await sheet.getByText("Not acknowledged", { exact: true }).waitFor();
    await sheet.getByText("Acknowledge it first; then it is closed here with its cause.").waitFor();
    await button(sheet, "Acknowledge").click();
    await sheet.getByText(/Acknowledged by owner at/).waitFor();
    await strip(page).getByText("acknowledged, not closed yet").waitFor();
    expect(await button(sheet, "Acknowledge").count()).toBe(0);
  });

  test("it is taken on, noted, and closed with a cause; a critical one wants a sentence first", async () => {
    const sheet = incident(phone.page);
    await button(sheet, "I take it on").click();
    await sheet.getByText("You see to it").waitFor();
    await sheet.getByLabel("Note", { exact: true }).fill("the cat of next door");
    await button(sheet, "Add a note").click();
    await sheet
      .getByRole("listitem")
      .filter({ hasText: /^the cat of next door/ })
      .waitFor();
    await strip(page).getByRole("link", { name: "Open" }).click();
    await incident(page)
      .getByText(/owner on the alarm .*the cat of next door/i)
      .waitFor();
    await look(page, "incident-known");
    await button(sheet, "Weather or animal").click();
    await sheet.getByText("Write in a sentence what it was; then close it.").waitFor();
    await look(phone.page, "incident-close");
    expect(await strip(page).getByText("1 open alarm").count()).toBe(1);
    await sheet.getByLabel("What it was", { exact: true }).fill("a cat came through the hatch");
    await button(sheet, "Close: Weather or animal").click();
    await phone.page.getByText("Closed: Burglary: Motion in the store (Weather or animal)").waitFor();
    await phone.page.getByText("No open alarm").waitFor();
    await strip(page).waitFor({ state: "hidden" });
    await incident(page).waitFor({ state: "hidden" });
    await page.getByText("This alarm is closed").waitFor();
    await page.getByRole("link", { name: "Closed", exact: true }).first().click();
    await button(page, "What happened: Motion in the store: Weather or animal").click();
    await page
      .getByText(/Motion in the store saw somebody|Motion in the store/)
      .first()
      .waitFor();
    await page.getByText(/owner silenced the alarm/i).waitFor();
    await look(page, "closed");
    await tab(page, "Arm and disarm");
    await button(page, "Disarm Store").click();
    await button(dialog(page), "Disarm Store").click();
    await card(page, "Store").getByText("Disarmed", { exact: true }).waitFor();
  });

  test("a silent hold-up is there for discreet accounts, and nothing of it for the others", async () => {
    const quiet = await comeAs(browser, house, page, "guard", { discreet: true });
    const plain = await comeAs(browser, house, page, "guard", {
      sight: { width: 390, colorScheme: "light" },
    });
    try {
      await navigate(plain.page, "Alarms");
      await plain.page.getByText("No open alarm").waitFor();
      await panel.trip("tillButton");
      await strip(quiet.page).getByText("1 open alarm: Silent hold-up: Button under the till").waitFor();
      await strip(quiet.page).getByRole("link", { name: "Open" }).click();
      const sheet = incident(quiet.page);
      await sheet.getByText(/Only discreet accounts see it/).waitFor();
      await sheet.getByText("Call the police, quietly. Nobody calls back to the till.").waitFor();
      expect(await button(sheet, "Silence the sirens").count()).toBe(0);
      await look(quiet.page, "incident-silent");
      // What came after it has reached the others: then it would have, too.
      await panel.trip("water");
      for (const other of [plain.page, page]) {
        await strip(other).getByText("1 open alarm: Water: Water in the cellar").waitFor();
        expect(await other.title()).toMatch(/^\(1\) /);
        expect(await other.locator("body").textContent()).not.toMatch(/hold-up|the till/i);
      }
      await strip(quiet.page)
        .getByText(/^2 open alarms: Silent hold-up/)
        .waitFor();
      await button(sheet, "Acknowledge").click();
      await sheet.getByLabel("What it was", { exact: true }).fill("pressed by mistake, asked by phone");
      await button(sheet, "Handling mistake").click();
      await quiet.page.getByText(/^Closed: Silent hold-up/).waitFor();
      await tab(quiet.page, "Closed");
      await quiet.page
        .getByText(/pressed by mistake/)
        .first()
        .waitFor();
      await tab(plain.page, "Closed");
      await plain.page
        .getByText(/a cat came through the hatch/)
        .first()
        .waitFor();
      expect(await plain.page.locator("body").textContent()).not.toMatch(/pressed by mistake|the till/);
      await navigate(plain.page, "Log");
      await plain.page
        .getByText(/Water in the cellar/)
        .first()
        .waitFor();
      expect(await plain.page.locator("main").textContent()).not.toMatch(
        /the till|hold-up|pressed by mistake/i,
      );
      await tab(plain.page, "Proof of life");
      await plain.page
        .getByRole("listitem")
        .filter({ hasText: /Help button.*never active yet/ })
        .waitFor();
      expect(await plain.page.locator("main").textContent()).not.toMatch(/the till/);
      // A guard works alarms and does not put on test.
      await tab(plain.page, "Arm and disarm");
      await plain.page.getByRole("link", { name: "Sensors and tests of Ground floor" }).click();
      await plain.page.getByRole("heading", { name: /^Sensors/ }).waitFor();
      expect(await button(plain.page, /On test|Leave out or test/).count()).toBe(0);
      expect(await plain.page.locator("main").textContent()).not.toMatch(/the till/);
      await tab(plain.page, "Open alarms");
      await plain.page.getByRole("link", { name: "Water: Water in the cellar" }).click();
      await button(incident(plain.page), "Acknowledge").click();
      // A warning that is quiet again needs no sentence: one tap.
      await button(incident(plain.page), "Nothing found").click();
      await plain.page.getByText("No open alarm").waitFor();
      expect([...quiet.complaints, ...plain.complaints]).toEqual([]);
    } finally {
      await quiet.leave();
      await plain.leave();
    }
  }, 90_000);

  test("a window is left out until somebody takes it back, at once if it was a mistake", async () => {
    await tab(page, "Arm and disarm");
    await page.getByRole("link", { name: "Sensors and tests of Ground floor" }).click();
    await button(page, "Leave out or test Kitchen window").click();
    await look(page, "zone-tools");
    await button(dialog(page), "Until somebody takes it back").click();
    const ground = card(page, "Ground floor");
    await ground.getByText(/until somebody takes it back, by owner/).waitFor();
    await takeBack(page, "Kitchen window is left out");
    await ground.getByText(/until somebody takes it back/).waitFor({ state: "hidden" });
    await button(page, "Leave out or test Kitchen window").click();
    await button(dialog(page), "Until it is disarmed next time").click();
    await button(ground, "Let it count: Kitchen window").click();
    await page.getByText("Kitchen window counts again").waitFor();
  });

  test("a test lasts 8 hours at most, leaves hold-up out unless it is named, and ends at one press", async () => {
    const tests = card(page, "On test");
    await tests.getByText(/Hold-up and the like go on raising alarms: Help button/).waitFor();
    await tests.getByRole("radio", { name: "until …" }).check();
    await tests.getByLabel("Until (the site's time)").fill("2099-01-01T10:00");
    await button(tests, "Put Ground floor on test").click();
    await tests.getByText("A test lasts 8 hours at most").waitFor();
    await tests.getByRole("radio", { name: "8 hours" }).check();
    await button(tests, "Put Ground floor on test").click();
    const ground = card(page, "Ground floor");
    await ground.getByText(/on test until .*, (7 h 59 min|8 h 00 min) left/).waitFor();
    await button(ground, "End the test now: Ground floor").click();
    await page.getByText("The test of Ground floor is over").waitFor();
    await button(page, "Leave out or test Help button").click();
    await button(dialog(page), "Put Help button on test").click();
    await ground.getByText(/Help button: on test until/).waitFor();
    await panel.trip("helpButton");
    await button(ground, "End the test now: Help button").click();
    await ground.getByText(/on test until/).waitFor({ state: "hidden" });
    expect(await strip(page).isVisible()).toBe(false);
  });

  test("a walk test ticks off what answers, is signed, and has a record for the printer", async () => {
    const walker = phone.page;
    await tab(walker, "Arm and disarm");
    await walker.getByRole("link", { name: "Sensors and tests of Ground floor" }).click();
    const walk = card(walker, "Walk test");
    await button(walk, "Start the walk test").click();
    await walk.getByText("0 of 3 have answered").waitFor();
    await panel.trip("hallMotion");
    await walk.getByText("1 of 3 have answered").waitFor();
    await panel.trip("frontDoor");
    await walk.getByText("2 of 3 have answered").waitFor();
    await look(walker, "walk");
    await button(walk, "Sign and end…").click();
    await dialog(walker).getByText("Without an answer: Kitchen window.").waitFor();
    await dialog(walker).getByLabel("Remark (may stay empty)").fill("painted shut");
    await button(dialog(walker), "Sign and end").click();
    await walk.getByText(/^Last one: .*, owner\. 2 of 3 have answered/).waitFor();
    await look(walker, "walk-signed");
    await walker.emulateMedia({ media: "print" });
    const printed = walker.locator(".printed");
    expect(await printed.getByText("Record of the walk test: Ground floor, Little house").isVisible()).toBe(
      true,
    );
    expect(await printed.locator("tbody tr").first().textContent()).toMatch(/Kitchen windowno answer/);
    for (const around of ["header.header", ".tabs", ".partition", "nav.navigation"])
      expect(await walker.locator(around).first().isVisible(), around).toBe(false);
    await walker.emulateMedia({ media: null });
  });

  test("faults wait in a list of their own, with an owner, put off, and done", async () => {
    await panel.set("window", false, "short");
    await tab(page, "To do");
    const what = "Kitchen window: line short-circuited";
    await button(page, `I take it on: ${what}`).waitFor();
    await look(page, "todo-new");
    await button(page, `I take it on: ${what}`).click();
    await page
      .getByText(/owner sees to it/)
      .first()
      .waitFor();
    await look(page, "todo");
    await button(page, `Put off: ${what}`).click();
    await button(dialog(page), "Tomorrow").click();
    const later = card(page, "Put off");
    await later.getByText(what).waitFor();
    expect(await strip(page).isVisible()).toBe(false);
    await button(later, `Done: ${what}`).click();
    await button(dialog(page), "Done").click();
    await page.getByText("Nothing to do").first().waitFor();
    await panel.set("window", false);
  });

  test("what nobody has seen working is listed, a siren is tried, and a sensor that cried wolf is named", async () => {
    await tab(page, "Proof of life");
    const nuisance = card(page, "Nuisance sensors of the week");
    await nuisance.getByText("Motion in the store").waitFor();
    await nuisance.getByText("1 this week, 0 last week").first().waitFor();
    await card(page, "Sensors").getByText("All were active within the last week.").waitFor();
    await button(page, "Sound it for 3 s: Horn over the door").click();
    await button(dialog(page), "Sound it for 3 s").click();
    await page.getByText("Horn over the door sounds for 3 s").waitFor();
    await look(page, "proof");
  });

  test("in German, on a phone, in the dark, nothing is over the edge", async () => {
    await phone.page.evaluate(() => localStorage.setItem("gatewarden-language", "de"));
    await phone.page.goto(new URL("/alarms/arm", house.url).href);
    await phone.page.getByRole("heading", { name: "Alarme" }).waitFor();
    await button(phone.page, "Whole house scharf schalten").click();
    await dialog(phone.page).getByText("Alles ist ruhig. Es kann scharf werden.").waitFor();
    await look(phone.page, "arm-de");
    await phone.page.keyboard.press("Escape");
    for (const path of ["arm", "arm/ground", "todo", "proof", "closed"]) {
      await phone.page.goto(new URL(`/alarms/${path}`, house.url).href);
      await phone.page.locator(".card, .empty").first().waitFor();
      await look(phone.page, `de-${path.replace("/", "-")}`);
    }
    expect([...desk.complaints, ...phone.complaints]).toEqual([]);
  }, 60_000);
});
