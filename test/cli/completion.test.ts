import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { completionNodes } from "../../gateway/cli/completion/tree.js";
import { commandLine, commandTree } from "./command-line.js";

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gw-completion-"));
  for (const shell of ["bash", "zsh", "fish"]) {
    const said = await commandLine(["completion", shell]);
    expect(said).toMatchObject({ exitCode: 0, err: "" });
    writeFileSync(join(folder, shell), said.out);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Whether a program is on this machine; zsh and fish need not be. */
function has(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** What bash would offer for the last word. */
function bashOffers(...words: string[]): string[] {
  const script = `source "$1"; shift; COMP_WORDS=(gatewarden "$@"); COMP_CWORD=$#; _gatewarden; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync("bash", ["--norc", "-c", script, "bash", join(folder, "bash"), ...words], {
    encoding: "utf8",
    cwd: folder,
  });
  return out.split("\n").filter((line) => line !== "");
}

describe.skipIf(!has("bash"))("completion in bash", () => {
  test.each([
    [[""], ["start", "demo", "site", "door", "why"]],
    [["d"], ["demo", "device", "door"]],
    [
      ["door", ""],
      ["list", "unlock", "mode"],
    ],
    [["--json", "door", "un"], ["unlock"]],
    [["--data", "door", "site", "im"], ["import"]],
    [
      ["door", "unlock", "--"],
      ["--for", "--note", "--data", "--json", "--help"],
    ],
    [
      ["door", "mode", "front", ""],
      ["card", "free", "secured", "rest"],
    ],
    [["door", "mode", "--note", "parcel", "front", "f"], ["free"]],
    [["client", "add", "hub", "--role", "a"], ["auditor"]],
    [
      ["credential", "status", "c1", "s"],
      ["suspended", "stolen"],
    ],
    [["check-config", "f"], ["fish"]],
    [["journal", "tail", "--severity", "c"], ["critical"]],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
  ])("%j offers %j", (words, offered) => {
    const found = bashOffers(...words);
    for (const word of offered) expect(found).toContain(word);
    const last = words.at(-1) ?? "";
    expect(found.every((word) => word.startsWith(last))).toBe(true);
  });

  test("what no shell can know is offered nothing", () => {
    expect(bashOffers("door", "unlock", "")).toEqual([]);
    expect(bashOffers("door", "unlock", "front", "--for", "")).toEqual([]);
  });

  test("a command of one group is not offered in another", () => {
    expect(bashOffers("site", "")).not.toContain("unlock");
  });
});

describe.skipIf(!has("zsh"))("completion in zsh", () => {
  test("the script loads", () => {
    execFileSync("zsh", [
      "-f",
      "-c",
      `autoload -Uz compinit; compinit -D -u; source "$1"; (( $+functions[_gatewarden_door_unlock] ))`,
      "zsh",
      join(folder, "zsh"),
    ]);
  });
});

/** Not a literal in the call: a machine without it is no fault. */
const fish = "fish";

/** What fish would offer for a command line. */
function fishOffers(line: string): string[] {
  const out = execFileSync(
    fish,
    ["--no-config", "-c", `source $argv[1]; complete -C $argv[2]`, join(folder, "fish"), line],
    {
      encoding: "utf8",
      env: { ...process.env, HOME: folder },
    },
  );
  return out.split("\n").map((offer) => offer.split("\t")[0] ?? "");
}

describe.skipIf(!has(fish))("completion in fish", () => {
  test.each([
    ["gatewarden d", ["demo", "device", "door"]],
    ["gatewarden door un", ["unlock"]],
    ["gatewarden --data door site im", ["import"]],
    ["gatewarden door mode front f", ["free"]],
    ["gatewarden door unlock --n", ["--note"]],
    ["gatewarden client add hub --role a", ["auditor"]],
  ])("%j offers %j", (line, offered) => {
    const found = fishOffers(line);
    for (const word of offered) expect(found).toContain(word);
  });
});

test("every shell's script knows every command", async () => {
  const commands = completionNodes(commandTree()).filter((node) => node.path !== "");
  expect(commands.length).toBeGreaterThan(30);
  for (const shell of ["bash", "zsh", "fish"]) {
    const { out } = await commandLine(["completion", shell]);
    for (const { path } of commands)
      expect(out).toContain(shell === "zsh" ? `_${path.replace(" ", "_")}()` : `"${path}"`);
  }
});

test("another shell is refused by name", async () => {
  expect(await commandLine(["completion", "tcsh"])).toMatchObject({ exitCode: 2, out: "" });
});
