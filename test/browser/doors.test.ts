import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromePath, openBrowser, whyNoBrowser } from "../web/browser.js";
import { type Running, startDemo } from "./gateway.js";
import {
  claimOwner,
  comeAs,
  findings,
  happened,
  navigate,
  overTheEdge,
  takeBack,
  type Visitor,
  visit,
} from "./visitor.js";

const sheet = (page: Page): Locator => page.getByRole("article");
const dialog = (page: Page): Locator => page.getByRole("dialog");
const strip = (page: Page): Locator => page.getByRole("region", { name: "State of the house" });

async function chooseDoor(page: Page, door: string): Promise<void> {
  await navigate(page, "Doors");
  await page.getByRole("link", { name: door, exact: true }).click();
  await sheet(page).getByRole("heading", { name: door, level: 2 }).waitFor();
}

async function setMode(page: Page, mode: RegExp, lasts: string): Promise<void> {
  await page.getByRole("button", { name: "Change the mode…" }).last().click();
  await page.getByRole("radio", { name: mode }).check();
  await page.getByRole("radio", { name: lasts, exact: true }).first().check();
  await page.getByRole("button", { name: "Set the mode" }).click();
}

/** One visit from the first look on, in order: each test goes on where the last one stood. */
describe.skipIf(chromePath === undefined)(`doors and the strip (${chromePath ?? whyNoBrowser})`, () => {
  let browser: Browser;
  let house: Running;
  let visitor: Visitor;
  let phone: Visitor;

  beforeAll(async () => {
    [browser, house] = await Promise.all([openBrowser(), startDemo()]);
    const first = await visit(browser, house.url);
    await claimOwner(first.page, house);
    visitor = first;
    phone = await visit(browser, house.url, { width: 390, colorScheme: "dark" }, await first.keep());
  }, 90_000);

  afterAll(async () => {
    await phone?.leave();
    await visitor?.leave();
    await browser?.close();
    await house?.stop();
  });

  test("doors stand under the area that they lead into, and are found by its name or theirs", async () => {
    const { page } = visitor;
    await navigate(page, "Doors");
    const workshop = page.getByRole("region", { name: "Into Workshop" });
    await workshop.waitFor();
    expect(await workshop.getByRole("listitem").count()).toBe(2);
    await page.getByLabel("Search a door or an area").fill("server");
    expect(await page.getByRole("link", { name: "Server room", exact: true }).count()).toBe(1);
    expect(await workshop.count()).toBe(0);
    await page.getByLabel("Search a door or an area").fill("no such thing");
    await page.getByRole("button", { name: "Show all doors" }).click();
    await workshop.waitFor();
  });

  test("a door that is secured for half an hour says who did it and how long it has to go; it can be taken back", async () => {
    const { page } = visitor;
    await chooseDoor(page, "Server room");
    await setMode(page, /^Secured/, "30 min");
    await sheet(page)
      .getByText(/Set by owner, (29|30) min left/)
      .waitFor();
    await happened2(page, /owner set Server room to secured until/i);
    await takeBack(page, "Server room: Secured");
    await sheet(page).getByText("No override: the door's own mode and its schedule hold.").waitFor();
  });

  test("until an hour of the site's clock, whatever zone the browser is in", async () => {
    const { page } = visitor;
    await setMode(page, /^Free/, "until 18:00");
    const told = await page.getByText(/^Server room: Free \(.*18:00\)/).textContent();
    expect(told).toContain("18:00");
    await sheet(page).getByRole("button", { name: "End it now" }).click();
    await page.getByText("Server room: back to its usual mode").waitFor();
  });

  test("a moment that has passed is refused before anything is asked", async () => {
    const { page } = visitor;
    await page.getByRole("button", { name: "Change the mode…" }).last().click();
    await page.getByRole("radio", { name: /^Secured/ }).check();
    await page.getByRole("radio", { name: "until …", exact: true }).first().check();
    await page.getByLabel("Until (the site's time)").first().fill("2026-01-01T10:00");
    await page.getByText("That moment has passed").first().waitFor();
    await page.getByRole("button", { name: "Set the mode" }).click();
    await page.getByRole("alert").getByText("That moment has passed").waitFor();
    expect(await sheet(page).getByRole("button", { name: "End it now" }).count()).toBe(0);
  });

  test("a secured door is not unlocked, and with a reason all the same", async () => {
    const { page } = visitor;
    await chooseDoor(page, "Office");
    await setMode(page, /^Secured/, "until I end it");
    await sheet(page)
      .getByText(/Set by owner, until somebody ends it/)
      .waitFor();
    await hold(page, "Hold to unlock Office");
    await page.getByRole("button", { name: "Unlock all the same…" }).click();
    await dialog(page).getByLabel("Your reason").fill("somebody is locked in");
    await dialog(page).getByRole("button", { name: "Unlock all the same" }).click();
    await sheet(page).getByText("Unlocked by you").waitFor();
    await happened2(page, /owner unlocked Office .*somebody is locked in/i);
  });

  test("a door may stand open for an hour, and no longer when somebody says so", async () => {
    const { page } = visitor;
    await chooseDoor(page, "Yard door");
    const standing = page.getByRole("region", { name: "Standing open" });
    await standing.getByRole("radio", { name: "1 hour" }).check();
    await standing.getByRole("button", { name: "Allow it to stand open" }).click();
    await standing.getByText(/May stand open until .*, allowed by owner/).waitFor();
    await standing.getByRole("button", { name: "No longer" }).click();
    await standing.getByText(/May stand open until/).waitFor({ state: "hidden" });
  });

  test("all doors of a group are set at once; one press takes each back to what it was", async () => {
    const { page } = visitor;
    await navigate(page, "Doors");
    await page.getByRole("combobox", { name: "Door group" }).click();
    await page.getByRole("option", { name: "Rooms with valuables" }).click();
    const bar = page.getByRole("region", { name: "All doors of Rooms with valuables" });
    await bar.getByRole("button", { name: "Change the mode…" }).click();
    await dialog(page)
      .getByRole("radio", { name: /^Maintenance/ })
      .check();
    await dialog(page).getByRole("radio", { name: "2 hours" }).check();
    await dialog(page).getByRole("button", { name: "Set the mode" }).click();
    await page.getByText("2 doors: Maintenance").waitFor();
    await takeBack(page, "2 doors: Maintenance");
    await bar.getByRole("button", { name: /^End all/ }).waitFor({ state: "hidden" });
    await page.getByRole("combobox", { name: "Door group" }).click();
    await page.getByRole("option", { name: "Every door" }).click();
  });

  test("all overrides are ended at once, and it is said before which", async () => {
    const { page } = visitor;
    await navigate(page, "Doors");
    await chooseDoor(page, "Stock room");
    await setMode(page, /^Secured/, "2 hours");
    await page.getByRole("button", { name: "End all 2 overrides" }).click();
    await dialog(page).getByText("Office", { exact: true }).waitFor();
    await dialog(page).getByText("Stock room", { exact: true }).waitFor();
    await dialog(page).getByRole("button", { name: "End all 2 overrides" }).click();
    await page.getByText("2 overrides are ended").waitFor();
    await takeBack(page, "2 overrides are ended");
    await page.getByRole("button", { name: "End all 2 overrides" }).waitFor();
    await page.getByRole("button", { name: "End all 2 overrides" }).click();
    await dialog(page).getByRole("button", { name: "End all 2 overrides" }).click();
    await dialog(page).waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "End all 2 overrides" }).waitFor({ state: "hidden" });
  });

  test("an emergency release is asked twice, stands in the strip, and is ended by a person", async () => {
    const { page } = visitor;
    await chooseDoor(page, "Workshop");
    await page.getByRole("button", { name: "Release the door" }).click();
    await dialog(page).getByRole("button", { name: "Release the door" }).click();
    await strip(page).getByText("Released in an emergency: Workshop").waitFor();
    await page.getByRole("button", { name: "End the release" }).click();
    await dialog(page).getByRole("button", { name: "End the release" }).click();
    await strip(page).getByText("Released in an emergency: Workshop").waitFor({ state: "hidden" });
  });

  test("from a phone, two taps lock the whole house down; everybody sees it on top, and it ends", async () => {
    const { page } = phone;
    await page.getByRole("heading", { name: "Live", level: 1 }).waitFor({ state: "attached" });
    const before = phone.clicks;
    await phone.click(page.getByRole("button", { name: "Security" }));
    await phone.click(dialog(page).getByRole("button", { name: "Lock down all 8 doors" }));
    expect(phone.clicks - before).toBe(2);
    await strip(page).getByText("All doors are locked down").waitFor();
    await strip(visitor.page).getByText("All doors are locked down").waitFor();
    await chooseDoor(visitor.page, "Front door");
    await sheet(visitor.page).getByText("Locked down: nobody is let in").waitFor();
    await page.getByRole("button", { name: "End the lockdown: all doors" }).click();
    await dialog(page).getByRole("button", { name: "End the lockdown" }).click();
    await strip(visitor.page).getByText("All doors are locked down").waitFor({ state: "hidden" });
  });

  test("only some doors are locked down, and what was begun by mistake is taken back", async () => {
    const { page } = phone;
    await page.getByRole("button", { name: "Security" }).click();
    await dialog(page).getByRole("button", { name: "Outer doors (4 doors)" }).click();
    await strip(page).getByText("Locked down: Outer doors").waitFor();
    await takeBack(page, "Lockdown: Outer doors");
    await strip(page).getByText("Locked down: Outer doors").waitFor({ state: "hidden" });
  });

  test("the threat level is set in two taps, says first what it changes, and stays in the strip", async () => {
    const { page } = phone;
    const before = phone.clicks;
    await phone.click(page.getByRole("button", { name: "Security" }));
    await dialog(page).getByText("Server room, Stock room: Secured").waitFor();
    await dialog(page).getByText("Let in are only: Management, Facility team, Night watch").waitFor();
    await phone.click(dialog(page).getByRole("button", { name: "Set Threat" }));
    expect(phone.clicks - before).toBe(2);
    await strip(page).getByText("Threat level: Threat").waitFor();
    await chooseDoor(visitor.page, "Server room");
    await sheet(visitor.page).getByText("Mode by threat level Threat").waitFor();
    await strip(page).getByRole("button", { name: "Change" }).click();
    await dialog(page).getByRole("button", { name: "Set Usual" }).click();
    await strip(page).getByText("Threat level: Threat").waitFor({ state: "hidden" });
  });

  test("a guard locks down and sets modes; the threat level and who may open what are not shown to him", async () => {
    const guard = await comeAs(browser, house, visitor.page, "guard");
    try {
      const { page } = guard;
      await page.getByRole("button", { name: "Security" }).click();
      await dialog(page).getByRole("button", { name: "Lock down all 8 doors" }).waitFor();
      expect(await dialog(page).getByText("Threat level").count()).toBe(0);
      await page.keyboard.press("Escape");
      await chooseDoor(page, "Server room");
      await page.getByRole("button", { name: "Change the mode…" }).waitFor();
      expect(await page.getByRole("link", { name: "Who may open it" }).count()).toBe(0);
      expect(await page.getByRole("link", { name: "Access", exact: true }).count()).toBe(0);
      expect(guard.complaints).toEqual([]);
    } finally {
      await guard.leave();
    }
  });

  test("a viewer sees the same doors and not one button that would be refused", async () => {
    const viewer = await comeAs(browser, house, visitor.page, "viewer");
    try {
      const { page } = viewer;
      await chooseDoor(page, "Server room");
      expect(await page.getByRole("button", { name: /Security|mode|Release|Hold to unlock/ }).count()).toBe(
        0,
      );
    } finally {
      await viewer.leave();
    }
  });

  test("all that was done so far gave the browser nothing to complain of", () => {
    expect(visitor.complaints).toEqual([]);
    expect(phone.complaints).toEqual([]);
  });

  test.each([
    { width: 390, colorScheme: "light" },
    { width: 1280, colorScheme: "dark" },
  ] as const)(
    "nothing for axe-core to find: $width px, $colorScheme",
    async ({ width, colorScheme }) => {
      const looker = await visit(browser, house.url, { width, colorScheme }, await kept(visitor));
      try {
        const { page } = looker;
        await navigate(page, "Doors");
        await page.getByRole("region", { name: "Into Workshop" }).waitFor();
        expect.soft(await findings(page), `list, ${width}`).toEqual([]);
        await page.getByRole("link", { name: "Office", exact: true }).click();
        await page.getByRole("button", { name: "Change the mode…" }).click();
        expect.soft(await findings(page), `sheet, ${width}`).toEqual([]);
        expect.soft(await overTheEdge(page), `sheet, ${width}`).toEqual([]);
        await page.getByRole("button", { name: "Security" }).click();
        await dialog(page).getByRole("button", { name: "Set Attack" }).click();
        await strip(page).getByText("Threat level: Attack").waitFor();
        expect.soft(await findings(page), `strip, ${width}`).toEqual([]);
        expect.soft(await overTheEdge(page), `strip, ${width}`).toEqual([]);
        await page.getByRole("button", { name: "Security" }).click();
        await dialog(page).getByRole("button", { name: "Set Usual" }).waitFor();
        expect.soft(await findings(page), `panel, ${width}`).toEqual([]);
        await dialog(page).getByRole("button", { name: "Set Usual" }).click();
        await strip(page).getByText("Threat level: Attack").waitFor({ state: "hidden" });
      } finally {
        await looker.leave();
      }
    },
    120_000,
  );

  const kept = (of: Visitor) => (of as Awaited<ReturnType<typeof visit>>).keep();

  async function hold(page: Page, name: string): Promise<void> {
    await page.getByRole("button", { name }).hover();
    await page.mouse.down();
    await page.waitForTimeout(900);
    await page.mouse.up();
  }

  /** Looks at the live page whether it was told, and comes back to the same door. */
  async function happened2(page: Page, said: RegExp): Promise<void> {
    const { pathname } = new URL(page.url());
    await navigate(page, "Live");
    await happened(page, said).first().waitFor();
    await page.goBack();
    expect(new URL(page.url()).pathname).toBe(pathname);
    await sheet(page).waitFor();
  }
});
