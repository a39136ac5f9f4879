import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromePath, openBrowser, whyNoBrowser } from "../web/browser.js";
import { type Running, SideReader, startBusyHouse } from "./gateway.js";
import { claimOwner, type Visitor, visit } from "./visitor.js";

const eventsPerSecond = 200;
const measuredMs = process.env.LONG === "1" ? 120_000 : 8_000;
const mostMs = 50;
/** Other tests share this machine's cores; what is asked is what the page can do, so the best of so many measurings counts. */
const tries = process.env.LONG === "1" ? 1 : 3;

describe.skipIf(chromePath === undefined)(`a flood of events (${chromePath ?? whyNoBrowser})`, () => {
  let browser: Browser;
  let house: Running;
  let visitor: Visitor;
  let reader: SideReader;

  beforeAll(async () => {
    [browser, house] = await Promise.all([openBrowser(), startBusyHouse()]);
    visitor = await visit(browser, house.url);
    reader = await SideReader.connect(house);
    await claimOwner(visitor.page, house);
  }, 120_000);

  afterAll(async () => {
    await reader?.gone();
    await visitor?.leave();
    await browser?.close();
    await house?.stop();
  });

  test(
    `at ${eventsPerSecond} events/s, 95 of 100 frames of the live page are drawn within ${mostMs} ms`,
    async () => {
      const { page } = visitor;
      let sent = 0;
      const begun = performance.now();
      const sending = setInterval(() => {
        const due = ((performance.now() - begun) / 1000) * eventsPerSecond;
        // Cards that nobody has: one event a scan.
        for (; sent < due; sent += 1) reader.send(`04${(0xaaaa0000 + sent).toString(16)}11`);
      }, 20);
      try {
        await page.waitForTimeout(2_000);
        let best = await measured(page);
        for (let n = 1; n < tries && best.p95Ms > mostMs; n += 1) {
          const again = await measured(page);
          if (again.p95Ms < best.p95Ms) best = again;
        }
        if (process.env.LONG === "1") {
          const { p95Ms, eventsPerSecond: rate, rows } = best;
          process.stdout.write(
            `frame time p95 ${p95Ms.toFixed(1)} ms at ${rate.toFixed(0)} events/s, ${rows} rows drawn\n`,
          );
        }
        expect(best.eventsPerSecond).toBeGreaterThan(eventsPerSecond * 0.8);
        // Only what is near the screen is drawn.
        expect(best.rows).toBeGreaterThan(5);
        expect(best.rows).toBeLessThan(80);
        expect(best.p95Ms).toBeLessThanOrEqual(mostMs);
      } finally {
        clearInterval(sending);
      }
    },
    tries * measuredMs + 60_000,
  );
});

interface Measured {
  readonly p95Ms: number;
  readonly eventsPerSecond: number;
  /** In the document at the end. */
  readonly rows: number;
}

async function measured(page: Page): Promise<Measured> {
  const { frames, events, rows } = await page.evaluate(async (forMs) => {
    const seq = async () => {
      const answer = await fetch("/api/v1/events?limit=1");
      return ((await answer.json()) as { events: { seq: number }[] }).events[0]?.seq ?? 0;
    };
    const from = await seq();
    const frames: number[] = [];
    const startedAt = performance.now();
    await new Promise<void>((over) => {
      let last = startedAt;
      const frame = (now: number) => {
        frames.push(now - last);
        last = now;
        if (now - startedAt < forMs) requestAnimationFrame(frame);
        else over();
      };
      requestAnimationFrame(frame);
    });
    return { frames, events: (await seq()) - from, rows: document.querySelectorAll(".event").length };
  }, measuredMs);
  const sorted = frames.sort((a, b) => a - b);
  const p95Ms = sorted[Math.floor(sorted.length * 0.95)] ?? Number.POSITIVE_INFINITY;
  return { p95Ms, eventsPerSecond: (events / measuredMs) * 1000, rows };
}
