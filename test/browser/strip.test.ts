import mqtt from "mqtt";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromePath, openBrowser, whyNoBrowser } from "../web/browser.js";
import { type Running, startBusyHouse } from "./gateway.js";
import { claimOwner, comeAs, findings, navigate, visit } from "./visitor.js";

const dialog = (page: Page): Locator => page.getByRole("dialog");
const strip = (page: Page): Locator => page.getByRole("region", { name: "State of the house" });

/** The box that the fire alarm panel's contact is wired to. */
class InputBox {
  readonly #client: mqtt.MqttClient;
  readonly #boot = Math.random().toString(36).slice(2, 10);
  #changes = 0;

  private constructor(client: mqtt.MqttClient) {
    this.#client = client;
  }

  static async connect(port: number, key: string): Promise<InputBox> {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
      clientId: box,
      username: box,
      password: key,
      protocolVersion: 4,
      will: { topic: `${up}/state`, payload: Buffer.from('{"state":"lost"}'), qos: 1, retain: true },
    });
    const own = new InputBox(client);
    const points = { reader: [], lock: [], input: [1, 2, 3, 4, 5, 6, 7, 8], output: [] };
    await own.#tell("hello", { proto: 1, model: "test", fw: "1.0.0", points });
    await own.#tell("state", { state: "ready" });
    return own;
  }

  async fire(active: boolean): Promise<void> {
    this.#changes += 1;
    await this.#tell("input/8", { active, fault: null, changes: this.#changes });
  }

  async #tell(what: string, said: object): Promise<void> {
    const payload = JSON.stringify({ boot: this.#boot, up_ms: 1 + this.#changes, ...said });
    await this.#client.publishAsync(`${up}/${what}`, payload, { qos: 1, retain: true });
  }

  gone(): Promise<void> {
    return this.#client.endAsync(true);
  }
}

const box = "office-inputs";
const up = `gw/v1/device/${box}/up`;

/** A house whose clock nobody answers for, and whose locks are not there. */
describe.skipIf(chromePath === undefined)(`the strip in trouble (${chromePath ?? whyNoBrowser})`, () => {
  let browser: Browser;
  let house: Running;
  let visitor: Awaited<ReturnType<typeof visit>>;
  let page: Page;
  let inputs: InputBox | undefined;

  beforeAll(async () => {
    [browser, house] = await Promise.all([openBrowser(), startBusyHouse()]);
    visitor = await visit(browser, house.url, { width: 390, colorScheme: "light" });
    ({ page } = visitor);
    await claimOwner(page, house);
  }, 90_000);

  afterAll(async () => {
    await inputs?.gone();
    await visitor?.leave();
    await browser?.close();
    await house?.stop();
  });

  test("a clock that nobody has confirmed stands on every page; the owner says that it is right", async () => {
    await strip(page).getByText("The clock has not been confirmed since the start").waitFor();
    await navigate(page, "Doors");
    await strip(page)
      .getByText(/Until it is, no schedule unlocks a door\. It shows \d/)
      .waitFor();
    expect.soft(await findings(page)).toEqual([]);
    const guard = await comeAs(browser, house, page, "guard");
    try {
      await strip(guard.page).getByText("The clock has not been confirmed since the start").waitFor();
      expect(await strip(guard.page).getByRole("button").count()).toBe(0);
      await strip(page).getByRole("button", { name: "It is right" }).click();
      await page.getByText("The clock is confirmed").waitFor();
      await strip(guard.page).waitFor({ state: "hidden" });
    } finally {
      await guard.leave();
    }
  });

  test("a fire stands on top while it calls, is reset when it is quiet, and doors that do not lock are named", async () => {
    const key = await page.evaluate(async () => {
      const body = JSON.stringify({ device: "office-inputs" });
      const headers = { "Content-Type": "application/json" };
      const answer = await fetch("/api/v1/operations/device.add", { method: "POST", headers, body });
      return ((await answer.json()) as { result: { key: string } }).result.key;
    });
    inputs = await InputBox.connect(house.mqttPort, key);
    await inputs.fire(false);
    await inputs.fire(true);
    await strip(page).getByText("Fire: Fire alarm panel").waitFor();
    await strip(page)
      .getByText(/still calling/)
      .waitFor();
    await strip(page).getByText("People are being counted").waitFor();
    expect(await strip(page).getByRole("button", { name: /Reset/ }).count()).toBe(0);
    await inputs.fire(false);
    await strip(page)
      .getByText(/the input is quiet/)
      .waitFor();
    expect.soft(await findings(page)).toEqual([]);
    await strip(page).getByRole("button", { name: "Reset Fire alarm panel" }).click();
    await dialog(page).getByRole("button", { name: "Reset Fire alarm panel" }).click();
    await strip(page).getByText("Fire: Fire alarm panel", { exact: true }).waitFor({ state: "hidden" });
    // The doors are as before; somebody must still answer for the alarm.
    await strip(page).getByText("1 open alarm: Fire: Fire alarm panel").waitFor();
    await strip(page).getByText("Did not lock again: Car park gate").waitFor();
    await strip(page).getByRole("link", { name: "Show" }).click();
    await page.getByRole("article").getByText("Did not lock again after the reset: go and look").waitFor();
    expect(visitor.complaints).toEqual([]);
  });
});
