/** The programs that some tests talk to: where they are, or why a test goes without. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe } from "vitest";
import { browserNames, onPath, programs } from "./catalogue.js";

export type Peer = { readonly path: string } | { readonly missing: string };

/** In CI a peer that is missing is a failure: a test that never ran proves nothing. */
const peersAreRequired = process.env.REQUIRE_PEERS === "1";

/** Where the program is, or why there is none. Throws for a program that the catalogue does not name. */
export function peer(name: string): Peer {
  const program = programs.find((each) => each.name === name);
  if (!program) throw new Error(`peer ${name}: not in test/peers/catalogue.ts, so nothing installs it`);
  const path = onPath(name);
  return path === undefined ? { missing: `${name} is not here (Debian: ${program.package})` } : { path };
}

/** The paths by name, or why the tests cannot be run; throws instead of the latter where peers are required. */
export function requirePeers<Name extends string>(
  ...names: readonly Name[]
): Readonly<Record<Name, string>> | { readonly missing: string } {
  const found = names.map((name) => [name, peer(name)] as const);
  const reasons = found.flatMap(([, each]) => ("missing" in each ? [each.missing] : []));
  if (reasons.length > 0) return without(reasons.join("; "));
  return Object.fromEntries(found.map(([name, each]) => [name, (each as { path: string }).path])) as Record<
    Name,
    string
  >;
}

/** A suite that needs other programs; without them it is skipped under its reason, or fails where peers are required. */
export function describeWithPeers<Name extends string>(
  title: string,
  names: readonly Name[],
  suite: (paths: Readonly<Record<Name, string>>) => void,
): void {
  const found = requirePeers(...names);
  if ("missing" in found)
    describe.skip(`${title} (skipped: ${found.missing})`, () => suite({} as Record<Name, string>));
  else describe(title, () => suite(found));
}

function without(reason: string): { readonly missing: string } {
  if (peersAreRequired) throw new Error(`a required peer is missing: ${reason}`);
  return { missing: reason };
}

const launchWithinMs = 30_000;

/** `--no-sandbox` only as root, whom Chromium refuses to start for without it. */
export function chromiumArgs(): string[] {
  return [
    "--headless",
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
  ];
}

let launched: Promise<Peer> | undefined;

/** A browser that was seen to start: `CHROME_PATH` if it is set, else Chromium, else Google Chrome. */
export async function chromium(): Promise<Peer> {
  launched ??= findChromium();
  return launched;
}

/** Its path, or undefined: skip the test. Throws where peers are required. */
export async function chromiumPath(): Promise<string | undefined> {
  const found = await chromium();
  if ("path" in found) return found.path;
  without(found.missing);
  return undefined;
}

async function findChromium(): Promise<Peer> {
  const named = process.env.CHROME_PATH;
  const paths = named ? [named] : browserNames.flatMap((name) => onPath(name) ?? []);
  const reasons: string[] = [];
  for (const path of paths) {
    const fault = await launch(path);
    if (fault === undefined) return { path };
    reasons.push(`${path} does not start: ${fault}`);
  }
  return { missing: reasons.join("; ") || "no Chromium and no Google Chrome here (Debian: chromium)" };
}

/** Ubuntu's chromium is a stub that asks for a snap: only a page that came out proves a browser. */
async function launch(path: string): Promise<string | undefined> {
  const profile = await mkdtemp(join(tmpdir(), "gatewarden-chromium-"));
  try {
    const { stdout } = await promisify(execFile)(
      path,
      [...chromiumArgs(), `--user-data-dir=${profile}`, "--dump-dom", "data:text/html,<p>here"],
      { timeout: launchWithinMs },
    );
    return stdout.includes("<p>here") ? undefined : "no page came out";
  } catch (error) {
    return (error as Error).message.split("\n")[0] ?? "no reason given";
  } finally {
    // Its helpers may still be writing for a moment after it has ended.
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
