import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const candidates = [process.env.CHROME_PATH, "/usr/bin/chromium", "/usr/bin/google-chrome"];

/** The Chromium of this machine; undefined: none, and the tests that need one say so and are skipped. */
export const chromePath = candidates.find((path) => path !== undefined && existsSync(path));

export const whyNoBrowser =
  "no Chromium here: apt-get install -y --no-install-recommends chromium fonts-dejavu-core";

if (chromePath === undefined && process.env.REQUIRE_PEERS === "1") throw new Error(whyNoBrowser);

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromePath ?? "",
    headless: true,
    // Chromium's sandbox refuses to run as root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
}
