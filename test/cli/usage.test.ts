import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { commandLine } from "./command-line.js";

describe("a wrong command line", () => {
  test.each([
    [["dor", "list"], "unknown command 'dor'"],
    [["door", "lst"], "unknown command 'lst'"],
    [["door", "list", "--bogus"], "unknown option '--bogus'"],
    [["door", "unlock"], "missing required argument 'door'"],
    [["door", "list", "extra"], "too many arguments for 'list'"],
    [["door", "mode", "front", "ajar"], "Allowed choices are card, card-and-pin, pin,"],
    [["start", "--mqtt-port", "99999"], "whole number from 0 to 65535"],
    [["client", "add", "hub", "--role", "king"], "Allowed choices are"],
    [["journal", "tail", "--category", "doors"], "must be one of"],
  ])("%j ends with code 2, says what is wrong and where help is", async (argv, message) => {
    const said = await commandLine(argv);
    expect(said).toMatchObject({ exitCode: 2, out: "", asked: [] });
    expect(said.err).toContain(message);
    const json = await commandLine([...argv, "--json"]);
    expect(json).toMatchObject({ exitCode: 2, out: "" });
    expect(JSON.parse(json.err).error).toMatchObject({ faults: [] });
    expect(JSON.parse(json.err).error.message).toContain(message);
  });

  test("the hint names the command that was meant", async () => {
    expect((await commandLine(["door", "unlock"])).err).toContain("See: gatewarden door unlock --help\n");
  });

  test("a group without a command shows its help and ends with code 2", async () => {
    const said = await commandLine(["door"]);
    expect(said).toMatchObject({ exitCode: 2, out: "" });
    expect(said.err).toContain("Usage: gatewarden door");
  });
});

describe("which data folder", () => {
  test.each([
    [["door", "list", "--data", "/srv/site"], {}, "/srv/site"],
    [["--data", "/srv/site", "door", "list"], {}, "/srv/site"],
    [["door", "list"], { GATEWARDEN_DATA: "/srv/env" }, "/srv/env"],
    [["door", "list", "--data", "/srv/site"], { GATEWARDEN_DATA: "/srv/env" }, "/srv/site"],
    [["door", "list"], {}, resolve("data")],
    [["door", "list"], { GATEWARDEN_DATA: "" }, resolve("data")],
  ])("%j with %j works on %s", async (argv, env, folder) => {
    const said = await commandLine(argv, {
      env: env as Record<string, string>,
      play: () => ({ ok: true, result: { doors: [] } }),
    });
    expect(said.folders).toEqual([folder]);
  });
});

test("--json may stand before the command too", async () => {
  const said = await commandLine(["--json", "version"]);
  expect(JSON.parse(said.out)).toMatchObject({ node: process.versions.node });
});

test("version and help end well and talk to nobody", async () => {
  for (const argv of [["--version"], ["version"], ["--help"], ["door", "unlock", "--help"]]) {
    expect(await commandLine(argv)).toMatchObject({ exitCode: 0, err: "", folders: [] });
  }
});
