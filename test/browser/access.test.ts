import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromePath, openBrowser, whyNoBrowser } from "../web/browser.js";
import { type Running, startDemo } from "./gateway.js";
import { claimOwner, comeAs, findings, navigate, overTheEdge, takeBack, visit } from "./visitor.js";

const dialog = (page: Page): Locator => page.getByRole("dialog");
/** With `SCREENSHOTS=folder`, what the test sees is kept there, to be looked at. */
const screenshots = process.env.SCREENSHOTS;
const shot = async (page: Page, name: string): Promise<void> => {
  if (screenshots) await page.screenshot({ path: `${screenshots}/${name}.png`, fullPage: true });
};

const article = (page: Page): Locator => page.getByRole("article");

async function open(page: Page, tab: string, entry?: string): Promise<void> {
  await navigate(page, "Access");
  await page.getByRole("navigation", { name: "What" }).getByRole("link", { name: tab, exact: true }).click();
  if (entry !== undefined) await page.getByRole("link", { name: entry, exact: true }).first().click();
}

async function choose(within: Locator | Page, label: string, option: string): Promise<void> {
  const input = within.getByRole("combobox", { name: label, exact: true });
  const page = "mouse" in within ? within : within.page();
  await input.click();
  await page.getByRole("option", { name: option, exact: true }).click();
  // Of several that may be chosen the list stays open.
  if (await page.getByRole("listbox").isVisible()) await page.keyboard.press("Escape");
}

async function putInForce(page: Page): Promise<void> {
  await dialog(page).getByRole("button", { name: "Put it in force" }).click();
  await dialog(page).first().waitFor({ state: "hidden" });
}

/** One visit from the first look on, in order: each test goes on where the last one stood. */
describe.skipIf(chromePath === undefined)(`who may open what (${chromePath ?? whyNoBrowser})`, () => {
  let browser: Browser;
  let house: Running;
  let visitor: Awaited<ReturnType<typeof visit>>;
  let page: Page;

  beforeAll(async () => {
    [browser, house] = await Promise.all([openBrowser(), startDemo()]);
    visitor = await visit(browser, house.url);
    ({ page } = visitor);
    await claimOwner(page, house);
  }, 90_000);

  afterAll(async () => {
    await visitor?.leave();
    await browser?.close();
    await house?.stop();
  });

  test("a group says what it opens and when, and who is in it", async () => {
    await open(page, "Groups", "IT, on call");
    const rights = article(page).getByRole("listitem").filter({ hasText: "Server room" });
    await rights.filter({ hasText: "At any hour" }).first().waitFor();
    await page
      .getByRole("region", { name: /^People in it \(3\)/ })
      .getByRole("link")
      .nth(2)
      .waitFor();
  });

  test("a door says which groups open it, by what and when, and names their people", async () => {
    await article(page).getByRole("link", { name: "Server room", exact: true }).click();
    await page.getByRole("heading", { name: "Who may open Server room" }).waitFor();
    const facility = article(page).getByRole("listitem").filter({ hasText: "Facility team" });
    await facility.getByText("At any hour (by area Server room)").waitFor();
    await facility.getByRole("button", { name: "3 people: show who is in Facility team" }).click();
    await facility.getByRole("link", { name: "Petra Hansen" }).waitFor();
  });

  test("from a door's sheet one press leads to who may open it", async () => {
    await navigate(page, "Doors");
    await page.getByRole("link", { name: "Yard door", exact: true }).click();
    await page.getByRole("link", { name: "Who may open it" }).click();
    await page.getByText("Free for everybody: Deliveries").waitFor();
  });

  test("a right is added: what it changes is said first, then it is in force, then it is taken back", async () => {
    await open(page, "Groups", "Cleaners");
    await article(page).getByRole("button", { name: "Change", exact: true }).click();
    await page.getByRole("button", { name: "Add a right" }).click();
    const right = page.getByRole("group", { name: "Right 2" });
    await choose(right, "Door groups", "Rooms with valuables");
    await choose(right, "When", "Visiting hours");
    await page.getByRole("button", { name: "Look what it changes" }).click();
    await dialog(page).getByText("Cleaners (3 people)").waitFor();
    await dialog(page).getByText("opens also Server room, Stock room").waitFor();
    await dialog(page).getByLabel(/^Why/).fill("spring cleaning");
    await putInForce(page);
    await article(page).getByText("Rooms with valuables: all its doors").waitFor();
    await article(page).getByText("5 doors in all").waitFor();
    await takeBack(page, "Cleaners: in force");
    await article(page).getByText("3 doors in all").waitFor();
  });

  test("a right may keep out, and hold only under conditions", async () => {
    await open(page, "Groups", "Visitors");
    await article(page).getByRole("button", { name: "Change", exact: true }).click();
    await page.getByRole("button", { name: "Add a right" }).click();
    const right = page.getByRole("group", { name: "Right 2" });
    await right.getByRole("radio", { name: "keeps out" }).check();
    await choose(right, "Doors", "Office");
    await right.getByText("Only if …").click();
    await choose(right, "This partition is disarmed", "Workshop and stock");
    await page.getByRole("button", { name: "Look what it changes" }).click();
    await dialog(page).getByText("at other hours or under other conditions: Office").waitFor();
    await putInForce(page);
    await article(page).getByText("not let in, At any hour, while Workshop and stock is disarmed").waitFor();
  });

  test("a new group is made without a word of a document, and an empty one is deleted", async () => {
    await open(page, "Groups");
    await page.getByRole("link", { name: "New group" }).click();
    await page.getByLabel("Name").fill("Gardeners");
    await page.getByText("Choose at least one door, door group or area.").waitFor();
    const look = page.getByRole("button", { name: "Look what it changes" });
    expect(await look.isDisabled()).toBe(true);
    await choose(page.getByRole("group", { name: "Right 1" }), "Areas", "Car park");
    await look.click();
    await dialog(page).getByText("Gardeners (nobody in it yet)").waitFor();
    await putInForce(page);
    await article(page).getByRole("heading", { name: "Gardeners" }).waitFor();
    await article(page).getByRole("button", { name: "Delete Gardeners" }).click();
    await dialog(page).getByText("no longer opens Car park gate").waitFor();
    await putInForce(page);
    await page.getByRole("link", { name: "Gardeners", exact: true }).waitFor({ state: "hidden" });
  });

  test("a group with people in it is not deleted, and says why", async () => {
    await open(page, "Groups", "Staff");
    expect(await article(page).getByRole("button", { name: "Delete Staff" }).isDisabled()).toBe(true);
    await article(page).getByText("17 people are in it: take them out before it is deleted.").waitFor();
  });

  test("somebody else changed the same group meanwhile: nothing is overwritten, and it is said", async () => {
    await open(page, "Groups", "Night watch");
    await article(page).getByRole("button", { name: "Change", exact: true }).click();
    await page.getByLabel("Name").fill("Night guards");
    await page.getByRole("button", { name: "Look what it changes" }).click();
    await dialog(page).getByText("No door opens for anybody else than before.").waitFor();
    const status = await page.evaluate(async () => {
      const { revision, groups } = await (await fetch("/api/v1/access")).json();
      const put = { ...groups.find((each: { id: string }) => each.id === "night-watch"), name: "Watchmen" };
      const body = JSON.stringify({ base: revision, changes: [{ kind: "group", put }] });
      const headers = { "Content-Type": "application/json" };
      return (await fetch("/api/v1/site/changes", { method: "POST", headers, body })).status;
    });
    expect(status).toBe(200);
    await dialog(page).getByRole("button", { name: "Put it in force" }).click();
    await dialog(page)
      .getByText(/changed by somebody meanwhile/)
      .waitFor();
    await page.keyboard.press("Escape");
    await open(page, "Groups");
    await page.getByRole("link", { name: "Watchmen", exact: true }).waitFor();
  });

  test("a week is set on a phone: hours over midnight, copied to every day, with their own on half days", async () => {
    const phone = await visit(browser, house.url, { width: 390, colorScheme: "light" }, await visitor.keep());
    try {
      const { page } = phone;
      await open(page, "Schedules");
      await page.getByRole("link", { name: "New schedule" }).click();
      await page.getByLabel("Name").fill("Bakery");
      await page.getByRole("button", { name: "Add hours on Monday" }).click();
      await page.getByLabel("Monday, hours 1: from").fill("22:00");
      await page.getByLabel("Monday, hours 1: to").fill("05:30");
      await page.getByText("ends at 05:30 the next day").waitFor();
      await page.getByRole("button", { name: "Copy to every day: the hours of Monday" }).click();
      await page.getByRole("button", { name: "Remove hours 1 on Sunday" }).click();
      const half = page.getByRole("group", { name: "On Half day" }).first();
      await half.getByRole("radio", { name: "Its own hours" }).check();
      expect.soft(await findings(page)).toEqual([]);
      expect.soft(await overTheEdge(page)).toEqual([]);
      await page.getByRole("button", { name: "Look what it changes" }).click();
      await putInForce(page);
      await article(page).getByText("22:00–05:30 the next day").nth(5).waitFor();
      await article(page).getByText("Nobody uses it.").waitFor();
      expect(phone.complaints).toEqual([]);
    } finally {
      await phone.leave();
    }
  });

  test("other hours say whom they concern before they hold; a schedule in use is not deleted", async () => {
    await open(page, "Schedules", "Deliveries");
    expect(await article(page).getByRole("button", { name: "Delete Deliveries" }).isDisabled()).toBe(true);
    await article(page).getByRole("button", { name: "Change", exact: true }).click();
    await page.getByLabel("Monday, hours 1: to").fill("11:30");
    await page.getByRole("button", { name: "Look what it changes" }).click();
    await dialog(page).getByText("Free at other hours: Yard door").waitFor();
    await putInForce(page);
    await article(page).getByText("09:30–11:30").waitFor();
  });

  test("a holiday is entered on the calendar, is of a kind, and is deleted", async () => {
    await open(page, "Holidays");
    await page.getByRole("button", { name: "Later months" }).click();
    await page.getByRole("button", { name: /^New holiday on .*15 March 2027/ }).click();
    await dialog(page).getByLabel("What is it called?").fill("Stock taking");
    await dialog(page).getByLabel("Last day").fill("2027-03-16");
    await choose(dialog(page), "Kind of day", "Half day");
    await dialog(page).getByRole("button", { name: "Look what it changes" }).click();
    await page.getByRole("button", { name: "Put it in force" }).click();
    await page.getByText("15 Mar 2027 – Tue, 16 Mar 2027, Half day").waitFor();
    await page.getByRole("button", { name: /^Delete Stock taking/ }).click();
    await putInForce(page);
    await page.getByText("Stock taking", { exact: true }).waitFor({ state: "hidden" });
  });

  test("doors come under one name, and can be locked down by it at once", async () => {
    await open(page, "Door groups");
    await page.getByRole("link", { name: "New door group" }).click();
    await page.getByLabel("Name").fill("Ground floor");
    await choose(page, "Its doors", "Office");
    await choose(page, "Its doors", "Workshop");
    await page.getByRole("button", { name: "Look what it changes" }).click();
    await putInForce(page);
    await page.getByRole("button", { name: "Security" }).click();
    await dialog(page).getByRole("button", { name: "Ground floor (2 doors)" }).waitFor();
    await page.keyboard.press("Escape");
  });

  test("an area is given its limits, and a threat level what it changes; both say so in the list", async () => {
    await open(page, "Areas", "Server room");
    const room = page.getByRole("form", { name: "Server room" });
    expect(await room.getByLabel("At most so many people").inputValue()).toBe("6");
    await room.getByLabel("At most so many people").fill("3");
    await room.getByLabel("Nobody, or at least so many").fill("4");
    await room.getByText("That is more than it may hold.").waitFor();
    await room.getByLabel("Nobody, or at least so many").fill("2");
    await choose(room, "Anti-passback", "Refused for a while");
    await room.getByLabel("For so many minutes").fill("5");
    await room.getByLabel("Some people need an escort here").check();
    await room.getByRole("button", { name: "Look what it changes" }).click();
    await putInForce(page);
    const limits = "at most 3, nobody or at least 2, anti-passback for a time, some only with an escort";
    await page.getByText(limits).waitFor();

    await open(page, "Threat levels");
    await page.getByRole("link", { name: "New threat level" }).click();
    await page.getByLabel("Name").fill("Storm");
    await page.getByRole("button", { name: "Add doors" }).click();
    await choose(page, "Mode 1", "Card and PIN");
    await choose(page, "Only these groups are let in", "Facility team");
    await page.getByRole("button", { name: "Look what it changes" }).click();
    await putInForce(page);
    await page.getByText("All doors: Card and PIN; only Facility team").waitFor();
    await page.getByRole("button", { name: "Delete Storm" }).click();
    await putInForce(page);
    await page.getByText("All doors: Card and PIN; only Facility team").waitFor({ state: "hidden" });

    const german = await visit(
      browser,
      house.url,
      { width: 390, colorScheme: "dark", locale: "de-DE" },
      await visitor.keep(),
    );
    try {
      await german.page.goto(`${house.url}/access/areas/server-room`);
      const area = german.page.getByRole("form", { name: "Server room" });
      await area.getByLabel("Höchstens so viele Personen").waitFor();
      expect.soft(await findings(german.page)).toEqual([]);
      expect.soft(await overTheEdge(german.page)).toEqual([]);
      await shot(german.page, "area-de-390-dark");
      await german.page.goto(`${house.url}/access/levels/threat`);
      await german.page.getByRole("button", { name: "Türen hinzufügen" }).waitFor();
      expect.soft(await findings(german.page)).toEqual([]);
      expect.soft(await overTheEdge(german.page)).toEqual([]);
      await shot(german.page, "level-de-390-dark");
      await page.goto(`${house.url}/access/levels/threat`);
      await page.getByRole("button", { name: "Add doors" }).waitFor();
      await shot(page, "level-1280");
      await page.goto(`${house.url}/access/areas/server-room`);
      await page.getByLabel("At most so many people").waitFor();
      await shot(page, "area-1280");
      await page.goto(`${house.url}/access`);
    } finally {
      await german.leave();
    }
  }, 120_000);

  test("an auditor reads all of it and changes nothing", async () => {
    const auditor = await comeAs(browser, house, page, "auditor");
    try {
      await open(auditor.page, "Groups", "Staff");
      await article(auditor.page).getByText("Office hours").waitFor();
      expect(await auditor.page.getByRole("button", { name: /^(Change|Delete)/ }).count()).toBe(0);
      expect(await auditor.page.getByRole("link", { name: "New group" }).count()).toBe(0);
      await auditor.page.getByText("You may look at all of this; managers and owners change it.").waitFor();
    } finally {
      await auditor.leave();
    }
  });

  test("all that was done so far gave the browser nothing to complain of", () => {
    expect(visitor.complaints).toEqual([]);
  });

  test.each([
    { width: 390, colorScheme: "dark" },
    { width: 1280, colorScheme: "light" },
  ] as const)(
    "nothing for axe-core to find: $width px, $colorScheme",
    async (sight) => {
      const looker = await visit(browser, house.url, sight, await visitor.keep());
      try {
        const { page } = looker;
        const look = async (what: string) => {
          expect.soft(await findings(page), `${what}, ${sight.width}`).toEqual([]);
          expect.soft(await overTheEdge(page), `${what}, ${sight.width}`).toEqual([]);
        };
        await open(page, "Groups", "Cleaners");
        await look("group");
        await article(page).getByRole("button", { name: "Change", exact: true }).click();
        await look("group's form");
        await open(page, "By door", "Front door");
        await look("door");
        await open(page, "Schedules", "Office hours");
        await look("schedule");
        await open(page, "Holidays");
        await page.getByRole("region", { name: "Calendar" }).waitFor();
        await look("holidays");
        await page.getByRole("button", { name: "New holiday", exact: true }).click();
        await look("holiday");
      } finally {
        await looker.leave();
      }
    },
    120_000,
  );
});
