import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandLine } from "./command-line.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gw-config-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(text: string): string {
  const path = join(folder, "gateway.yaml");
  writeFileSync(path, text);
  return path;
}

describe("a gateway.yaml", () => {
  test("that the package comes with is valid", async () => {
    const shipped = fileURLToPath(new URL("../../config/gateway.yaml", import.meta.url));
    const said = await commandLine(["check-config", shipped]);
    expect(said).toMatchObject({ exitCode: 0, err: "", folders: [] });
    expect(said.out).toContain("MQTT on 127.0.0.1:1883, web on 127.0.0.1:8080");
  });

  test("is told as JSON with the values in force", async () => {
    const said = await commandLine(["check-config", file("web: { port: 8081 }"), "--json"]);
    expect(JSON.parse(said.out)).toMatchObject({ config: { web: { host: "127.0.0.1", port: 8081 } } });
  });

  const faulty = "web:\n  port: many\nmqtt:\n  port: 70000\n";

  test.each([["check-config"], ["start", "--data", "/nowhere/to/be", "--config"]])(
    "with several faults has all of them told with their lines by %s",
    async (...command) => {
      const path = file(faulty);
      const said = await commandLine([...command, path]);
      expect(said).toMatchObject({ exitCode: 2, out: "" });
      expect(said.err).toContain(`gatewarden: ${path}: 2 faults\n`);
      expect(said.err).toContain(`  ${path}:2:9 web.port: `);
      expect(said.err).toContain(`  ${path}:4:9 mqtt.port: `);
    },
  );

  test("that is no YAML says where", async () => {
    const path = file("web: {port: 1\nmqtt: ]");
    const said = await commandLine(["check-config", path, "--json"]);
    expect(said.exitCode).toBe(2);
    expect(JSON.parse(said.err).error.faults[0]).toMatchObject({ file: path, line: 2 });
  });

  test("that is not there is named", async () => {
    const path = join(folder, "none.yaml");
    const said = await commandLine(["check-config", path]);
    expect(said.exitCode).toBe(2);
    expect(said.err).toContain(path);
  });
});
