import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ModuleKind, transpileModule } from "typescript";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { missing } from "./catalogue.js";
import { install, type Surroundings, withoutServices } from "./install-step.js";

const nobody = 65_534;
const nobodyRunsNode =
  process.getuid?.() === 0 && spawnSync(process.execPath, ["-e", "0"], { uid: nobody }).status === 0;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gatewarden-peers-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** A machine on which socat is missing; apt does as told by `aptWorks`. */
function machine(overrides: Partial<Surroundings> = {}, aptWorks = true) {
  const said: string[] = [];
  const apt: (readonly string[])[] = [];
  let there = false;
  const code = install({
    look: () =>
      there
        ? { packages: [], untested: [] }
        : { packages: ["chromium", "socat"], untested: ["serial lines"] },
    mayInstall: true,
    required: false,
    apt: (args) => {
      apt.push(args);
      there = aptWorks && args[0] === "install";
      return aptWorks
        ? { status: 0, stdout: "", stderr: "" }
        : {
            status: 100,
            stdout: "Reading package lists...\n",
            stderr: "E: Unable to locate package socat\n",
          };
    },
    withoutServices: (work) => work(),
    say: (line) => said.push(line),
    ...overrides,
  });
  return { code, said, apt };
}

describe("the step before the tests", () => {
  test("says nothing where everything is there", () => {
    expect(machine({ look: () => ({ packages: [], untested: [] }) })).toEqual({ code: 0, said: [], apt: [] });
  });

  test("as root installs what is missing, after fetching the lists, and waits for who holds the lock", () => {
    const { code, said, apt } = machine();
    expect(apt).toEqual([
      ["update", "-o", "DPkg::Lock::Timeout=120"],
      ["install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", "chromium", "socat"],
    ]);
    expect(said).toEqual(["Installing what some tests talk to: chromium socat"]);
    expect(code).toBe(0);
  });

  test("as anybody else names the one command and what is skipped, and runs nothing", () => {
    const { code, said, apt } = machine({ mayInstall: false, required: true });
    expect(apt).toEqual([]);
    expect(said).toEqual([
      "To have every test run, as root: apt-get update && apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 chromium socat",
      "Skipped without: serial lines",
    ]);
    expect(code).toBe(0);
  });

  test("reports an apt that failed, and fails itself only where peers are required", () => {
    const failed = machine({}, false);
    expect(failed.said.join("\n")).toMatch(
      /failed \(100\)\n.*Reading.*\n {2}E: Unable to locate package socat/,
    );
    expect(failed.said.at(-1)).toBe("Skipped without: serial lines");
    expect(failed.code).toBe(0);
    expect(machine({ required: true }, false).code).toBe(1);
  });

  test("forbids Debian to start services while it installs, and takes the ban away again", () => {
    const policy = join(folder, "policy-rc.d");
    withoutServices(() => {
      expect(statSync(policy).mode & 0o111).toBe(0o111);
      expect(spawnSync(policy).status).toBe(101);
    }, policy);
    expect(existsSync(policy)).toBe(false);
    expect(() =>
      withoutServices(() => {
        throw new Error("apt broke");
      }, policy),
    ).toThrow("apt broke");
    expect(existsSync(policy)).toBe(false);
  });

  test("leaves a policy that somebody else has set as it is", () => {
    const policy = join(folder, "policy-rc.d");
    writeFileSync(policy, "#!/bin/sh\nexit 0\n");
    withoutServices(() => {}, policy);
    expect(readFileSync(policy, "utf8")).toBe("#!/bin/sh\nexit 0\n");
  });

  test.skipIf(!nobodyRunsNode)("run by another user it ends well and never calls apt or sudo", () => {
    const called = join(folder, "called");
    chmodSync(folder, 0o777);
    for (const name of ["apt-get", "sudo", "su"]) {
      writeFileSync(join(folder, name), `#!/bin/sh\necho ${name} >> ${called}\n`, { mode: 0o755 });
    }
    // Another user may not be able to read the repository, nor a loader for TypeScript.
    for (const name of ["install-step", "catalogue"]) {
      const source = readFileSync(join(import.meta.dirname, `${name}.ts`), "utf8");
      const { outputText } = transpileModule(source, { compilerOptions: { module: ModuleKind.ESNext } });
      writeFileSync(join(folder, `${name}.js`), outputText);
    }
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(
      join(folder, "run.js"),
      'import { installHere } from "./install-step.js";\nprocess.exitCode = installHere();\n',
    );
    const { status, stdout } = spawnSync(process.execPath, [join(folder, "run.js")], {
      uid: nobody,
      env: { PATH: folder },
      encoding: "utf8",
    });
    expect(status).toBe(0);
    // No browser is on that path, whatever else this machine has.
    expect(stdout).toMatch(/^Skipped without: .*the pages in a real browser.*\n$/m);
    expect(existsSync(called)).toBe(false);
  });

  test.skipIf(missing().untested.length > 0)("run by npm where everything is there it says nothing", () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, "install.mjs")],
      { encoding: "utf8" },
    );
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
  });
});

describe("peers", () => {
  test("a program that is there is named by its path", async () => {
    vi.stubEnv("PATH", folder);
    writeFileSync(join(folder, "mosquitto_rr"), "#!/bin/sh\n", { mode: 0o755 });
    const { peer } = await import("./peers.js");
    expect(peer("mosquitto_rr")).toEqual({ path: join(folder, "mosquitto_rr") });
  });

  test("one that is not there, or is no program, is missing with its package", async () => {
    vi.stubEnv("PATH", folder);
    writeFileSync(join(folder, "mosquitto_pub"), "no program", { mode: 0o644 });
    const { peer } = await import("./peers.js");
    expect(peer("mosquitto_pub")).toEqual({
      missing: "mosquitto_pub is not here (Debian: mosquitto-clients)",
    });
  });

  test("a missing one skips its tests, and fails them where peers are required", async () => {
    vi.stubEnv("PATH", folder);
    vi.stubEnv("REQUIRE_PEERS", "");
    const optional = await import("./peers.js");
    expect(optional.requirePeers("mosquitto_pub")).toEqual({
      missing: expect.stringContaining("mosquitto_pub"),
    });
    vi.resetModules();
    vi.stubEnv("REQUIRE_PEERS", "1");
    const required = await import("./peers.js");
    expect(() => required.requirePeers("mosquitto_pub")).toThrow(/required peer is missing: mosquitto_pub/);
  });

  test("a program that nothing would install is a mistake in the test", async () => {
    const { peer } = await import("./peers.js");
    expect(() => peer("emqx")).toThrow(/emqx/);
  });
});

describe("the browser", () => {
  test("a stub that only says where to get one is no browser", async () => {
    const stub = join(folder, "chromium");
    writeFileSync(stub, "#!/bin/sh\necho 'requires the chromium snap to be installed'\n", { mode: 0o755 });
    vi.stubEnv("CHROME_PATH", stub);
    vi.stubEnv("REQUIRE_PEERS", "");
    const { chromium, chromiumPath } = await import("./peers.js");
    expect(await chromium()).toEqual({ missing: `${stub} does not start: no page came out` });
    expect(await chromiumPath()).toBeUndefined();
    vi.stubEnv("REQUIRE_PEERS", "1");
    vi.resetModules();
    const required = await import("./peers.js");
    await expect(required.chromiumPath()).rejects.toThrow(/does not start/);
  });

  test("a real one is found by its launching, and runs unsandboxed only as root", async ({ skip }) => {
    const { chromiumArgs, chromiumPath } = await import("./peers.js");
    expect(chromiumArgs().includes("--no-sandbox")).toBe(process.getuid?.() === 0);
    if ((await chromiumPath()) === undefined) skip("no Chromium here");
  });
});
