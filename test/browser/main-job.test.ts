import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromePath, openBrowser, whyNoBrowser } from "../web/browser.js";
import { type Running, SideReader, startDemo } from "./gateway.js";
import { claimOwner, happened, navigate, tile, type Visitor, visit } from "./visitor.js";

const uid = "04c0ffee112233";

/** One visit from the first look on, in order: each test goes on where the last one stood. */
describe.skipIf(chromePath === undefined)(`the house in a browser (${chromePath ?? whyNoBrowser})`, () => {
  let browser: Browser;
  let house: Running;
  let visitor: Visitor;
  let reader: SideReader;

  beforeAll(async () => {
    [browser, house] = await Promise.all([openBrowser(), startDemo()]);
    visitor = await visit(browser, house.url);
    reader = await SideReader.connect(house);
  }, 90_000);

  afterAll(async () => {
    await reader?.gone();
    await visitor?.leave();
    await browser?.close();
    await house?.stop();
  });

  /** How many clicks something took. */
  async function counted(work: () => Promise<void>): Promise<number> {
    const before = visitor.clicks;
    await work();
    return visitor.clicks - before;
  }

  test("whoever has the printed secret becomes owner, and sees the doors", async () => {
    const { page } = visitor;
    await page.getByText("This gateway has no owner yet").waitFor();
    await claimOwner(page, house);
    await page.getByText("Nordlicht Feinwerk, Kiel").waitFor();
    await tile(page, "Front door")
      .getByText(/Locked|Unlocked|Open/)
      .first()
      .waitFor();
    expect(await page.getByRole("region", { name: "Doors" }).getByRole("listitem").count()).toBe(8);
    await expect.poll(() => page.title()).toMatch(/Live · Nordlicht Feinwerk, Kiel$/);
  });

  test("a badge arrives while one watches: grant, opening, passage and closing are one row", async () => {
    const { page } = visitor;
    const passage = happened(page, /went through [\s\S]*let in[\s\S]*opened[\s\S]*through[\s\S]*closed/i);
    await passage.first().waitFor({ timeout: 60_000 });
    const berlin = new Intl.DateTimeFormat("en-GB", {
      timeZone: "Europe/Berlin",
      hour: "2-digit",
      hourCycle: "h23",
    });
    expect(await passage.first().locator("time").textContent()).toMatch(
      new RegExp(`^${berlin.format(new Date())}:`),
    );
  });

  test("from a denial to why it was: one click; the rules that were asked, and what would have helped", async () => {
    const { page } = visitor;
    expect(await reader.present(uid)).toBe("denied");
    const denial = happened(page, "was not let in at Side door: the card is not known here");
    await denial.first().waitFor();
    const clicks = await counted(() =>
      visitor.click(denial.first().getByRole("link", { name: /^Why\? An unknown card/ })),
    );
    expect(clicks).toBe(1);
    await page.getByRole("heading", { name: /An unknown card .* was not let in at Side door/ }).waitFor();
    await page.getByText("Would be let in if the card were given to a person.").waitFor();
    const rules = page.getByRole("region", { name: "How it was decided" }).getByRole("listitem");
    expect(await rules.first().textContent()).toMatch(/^The card is known/);
    await page.getByRole("link", { name: "Live", exact: true }).first().click();
  });

  test("a door is unlocked by one hold; a click does not", async () => {
    const { page } = visitor;
    const hold = tile(page, "Server room").getByRole("button", { name: "Hold to unlock Server room" });
    await hold.click();
    await page.waitForTimeout(800);
    expect(await happened(page, "owner unlocked Server room").count()).toBe(0);
    await hold.hover();
    await page.mouse.down();
    await tile(page, "Server room").getByText("Unlocked by you").waitFor();
    await page.mouse.up();
    await happened(page, /owner unlocked Server room/i)
      .first()
      .waitFor();
  });

  test("with the keyboard too: held, not tapped", async () => {
    const { page } = visitor;
    await page.getByRole("button", { name: "Hold to unlock Stock room" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForTimeout(800);
    expect(await happened(page, "owner unlocked Stock room").count()).toBe(0);
    await page.keyboard.down("Space");
    await tile(page, "Stock room").getByText("Unlocked by you").waitFor();
    await page.keyboard.up("Space");
  });

  test("a card that was just presented is given to somebody in three clicks, and opens", async () => {
    const { page } = visitor;
    const clicks = await counted(async () => {
      await visitor.click(
        happened(page, "was not let in at Side door")
          .first()
          .getByRole("button", { name: /^Assign card/ }),
      );
      const dialog = page.getByRole("dialog", { name: "Assign this card" });
      await dialog.getByLabel("Who gets it?").fill("thomsen");
      await visitor.click(dialog.getByRole("radio", { name: /Anke Thomsen/ }));
      await visitor.click(dialog.getByRole("button", { name: "Give the card" }));
    });
    expect(clicks).toBe(3);
    await page.getByText("The card is given to Anke Thomsen").waitFor();
    // What the management may open at this hour is the demo's calendar; that the card is theirs is not.
    await reader.present(uid);
    await happened(page, /Anke Thomsen (was (not )?let in at|went through) Side door/)
      .first()
      .waitFor();
  });

  test("a lost badge is refused at the door in the same second, two clicks after its person", async () => {
    const { page } = visitor;
    await navigate(page, "People");
    await page.getByLabel("Search by name, card or id").fill("thomsen");
    await page.getByRole("link", { name: "Anke Thomsen" }).click();
    await page.getByRole("heading", { name: "Anke Thomsen", level: 1 }).waitFor();
    const badge = page
      .getByRole("region", { name: "Badges" })
      .getByRole("listitem")
      .filter({ hasText: /c0ffee112233/i });
    const clicks = await counted(async () => {
      await visitor.click(badge.getByRole("button", { name: /^Report lost: Badge/ }));
      await visitor.click(page.getByRole("dialog").getByRole("button", { name: "Block this badge" }));
    });
    const blockedAt = performance.now();
    expect(clicks).toBe(2);
    await page.getByText(/is lost and refused everywhere/).waitFor();
    expect(await reader.present(uid)).toBe("denied");
    expect(performance.now() - blockedAt).toBeLessThan(1_000);
    await navigate(page, "Live");
    await happened(page, "Anke Thomsen was not let in at Side door: the card was reported lost")
      .first()
      .waitFor();
  });

  test("a person is blocked after a question, and the block is undone", async () => {
    const { page } = visitor;
    await navigate(page, "People");
    await page.getByLabel("Search by name, card or id").fill("petersen");
    await page.getByRole("link", { name: "Lars Petersen" }).click();
    await page.getByRole("button", { name: "Block", exact: true }).click();
    await page
      .getByRole("dialog", { name: "Block Lars Petersen?" })
      .getByRole("button", { name: "Block" })
      .click();
    await page.getByText("Blocked", { exact: true }).waitFor();
    const said = page.getByRole("alert").filter({ hasText: "Lars Petersen is blocked" });
    await said.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Active", { exact: true }).first().waitFor();
  });

  test("what a person can open now, and their history on request", async () => {
    const { page } = visitor;
    const open = page.getByRole("region", { name: "Can open now" });
    await open.getByText("Front door").waitFor();
    expect(await open.getByRole("listitem").count()).toBe(8);
    await page.getByRole("button", { name: "Show history" }).click();
    await page
      .getByRole("region", { name: "History" })
      .getByText(/Lars Petersen|people: person/i)
      .first()
      .waitFor();
  });

  test("an invitation makes a guard, who sees doors and not accounts", async () => {
    const { page } = visitor;
    await navigate(page, "Accounts");
    await page.getByRole("button", { name: "Invite somebody" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Gus Holm");
    await dialog.getByLabel("Role").selectOption({ label: "Guard: doors and alarms" });
    await dialog.getByRole("button", { name: "Make the link" }).click();
    const link = await dialog.getByRole("textbox", { name: "Link for Gus Holm" }).inputValue();
    const guest = await visit(browser, house.url);
    try {
      // The link as it was handed over.
      await guest.page.goto(link);
      await guest.page.reload();
      await guest.page.getByText("You are invited.").waitFor();
      await guest.page.getByLabel("New password").fill("quiet night 81");
      await guest.page.getByRole("button", { name: "Accept the invitation" }).click();
      await tile(guest.page, "Front door").waitFor();
      expect(await guest.page.getByRole("link", { name: "Accounts" }).count()).toBe(0);
      expect(guest.complaints).toEqual([]);
    } finally {
      await guest.leave();
    }
    await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
  });

  test("an authenticator app is set up, and its recovery codes are shown once", async () => {
    const { page } = visitor;
    await page.getByRole("link", { name: /^owner/ }).click();
    await page.getByRole("button", { name: "Set up an app" }).click();
    const dialog = page.getByRole("dialog", { name: "Set up an app" });
    await dialog.getByRole("img", { name: "QR code for the authenticator app" }).waitFor();
    const secret = await dialog.getByLabel("Or type this key into it").inputValue();
    const { Secret, TOTP } = await import("otpauth");
    await dialog
      .getByLabel("Code from the app")
      .fill(new TOTP({ secret: Secret.fromBase32(secret) }).generate());
    await dialog.getByRole("button", { name: "Confirm" }).click();
    const codes = page.getByRole("dialog", { name: "Your recovery codes" });
    await codes.getByRole("listitem").nth(7).waitFor();
    await codes.getByRole("button", { name: "I have kept them" }).click();
    await page.getByText("In use", { exact: true }).waitFor();
  });

  test("the manual is searched inside, and leads on within the app", async () => {
    const { page } = visitor;
    await navigate(page, "Help");
    await page.getByLabel("Search the manual").fill("lost badge");
    await page
      .getByRole("navigation", { name: "Contents" })
      .getByRole("link", { name: /badges/i })
      .first()
      .click();
    await page.getByRole("article").getByRole("heading", { level: 1 }).waitFor();
  });

  test("German is a choice, and times stay the site's", async () => {
    const { page } = visitor;
    await navigate(page, "Live");
    await page.getByRole("button", { name: "Appearance and language" }).click();
    await page.getByRole("menuitemradio", { name: "Deutsch" }).click();
    await page.getByRole("heading", { name: "Türen" }).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("de");
    await page.getByRole("button", { name: "Darstellung und Sprache" }).click();
    await page.getByRole("menuitemradio", { name: "English" }).click();
    await page.getByRole("heading", { name: "Doors" }).waitFor();
  });

  test("when the gateway is gone the page says since when; it goes on by itself, with what happened meanwhile", async () => {
    const { page } = visitor;
    await house.goAway();
    const banner = page.getByRole("alert").filter({ hasText: "Stale since" });
    await banner.waitFor();
    expect(await banner.textContent()).toMatch(/^Stale since \d\d:\d\d No link to the gateway/);
    expect(await page.getByRole("button", { name: "Hold to unlock Front door" }).isDisabled()).toBe(true);
    await house.comeBack();
    await banner.waitFor({ state: "hidden", timeout: 20_000 });
    await happened(page, "The gateway started").first().waitFor();
    expect(await page.getByRole("button", { name: "Hold to unlock Front door" }).isEnabled()).toBe(true);
  }, 90_000);

  test("signing out closes the house, also for the way back; and a password with a code opens it", async () => {
    const { page } = visitor;
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You are signed out.").waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    expect(await page.getByRole("heading", { name: "Doors" }).count()).toBe(0);
    await page.getByLabel("Account").fill("owner");
    await page.getByRole("textbox", { name: "Password" }).fill("not this one 44");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").filter({ hasText: "not right" }).waitFor();
    await page.getByRole("textbox", { name: "Password" }).fill("harbour light 44");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Second factor" }).waitFor();
  });

  test("the browser had nothing to complain of, and nothing was asked for outside", () => {
    expect(visitor.complaints).toEqual([]);
  });
});
