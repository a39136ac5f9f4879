import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { completionNodes } from "../../gateway/cli/completion/tree.js";
import { exitCodes } from "../../gateway/cli/failure.js";
import { commandLine, commandTree } from "./command-line.js";

const nodes = completionNodes(commandTree()).filter((node) => node.path !== "");
const manual = readFileSync(new URL("../../web/help/command-line.md", import.meta.url), "utf8");
const globalFlags = ["--data", "--json", "--help", "-h"];

describe("the tree of commands", () => {
  test("is what scripts rely on", () => {
    const lines = nodes.map(({ path, options }) =>
      [path, ...options.flatMap((option) => option.flags).filter((flag) => !globalFlags.includes(flag))].join(
        " ",
      ),
    );
    expect(lines).toMatchSnapshot();
  });

  test.each(nodes.map(({ path }) => [path]))(
    "%s has a help that fits a terminal of 80 columns",
    async (path) => {
      const said = await commandLine([...path.split(" "), "--help"]);
      expect(said).toMatchObject({ exitCode: 0, err: "", folders: [] });
      expect(said.out).toContain(`Usage: gatewarden ${path}`);
      for (const line of said.out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    },
  );

  test("the program's own help fits too", async () => {
    const said = await commandLine(["--help"]);
    for (const line of said.out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("every command, argument and option says what it is for", () => {
    for (const node of nodes) {
      expect(node.description, node.path).not.toBe("");
      for (const option of node.options)
        expect(option.description, `${node.path} ${option.flags}`).not.toBe("");
    }
  });
});

describe("the manual's page on the command line", () => {
  test.each(nodes.filter((node) => node.commands.length === 0).map((node) => [node.path, node] as const))(
    "has a section on %s with all its options",
    (path, node) => {
      const start = manual.search(new RegExp(`^### \`gatewarden ${path}[ \`]`, "m"));
      expect(start, `a heading for ${path}`).toBeGreaterThanOrEqual(0);
      const section = manual.slice(start, manual.indexOf("\n### ", start + 1) + 1 || undefined);
      for (const flag of node.options.flatMap((option) => option.flags)) {
        if (!globalFlags.includes(flag)) expect(section, `${path} ${flag}`).toContain(flag);
      }
    },
  );

  test("has no section on a command that is not there", () => {
    const paths = nodes.map((node) => node.path);
    for (const [, heading = ""] of manual.matchAll(/^### `gatewarden ([a-z -]+?)(?: [<[-][^`]*)?`/gm)) {
      expect(paths).toContain(heading);
    }
  });

  test("lists every exit code", () => {
    for (const code of Object.values(exitCodes)) expect(manual).toMatch(new RegExp(`^\\| ${code} +\\|`, "m"));
  });
});
