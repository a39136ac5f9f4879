/** What every file is tried with; `run.mjs` says which file, and where its results go. */

export default {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "test/mutation/vitest.config.mjs", related: false },
  buildCommand: "node test/mutation/bundle.mjs",
  coverageAnalysis: "perTest",
  // What is made once as the file is read (tables, constants) would need the file read anew for each mutant.
  ignoreStatic: true,
  concurrency: 1,
  // A slow machine must not count as a test that noticed.
  timeoutMS: 120_000,
  timeoutFactor: 10,
  dryRunTimeoutMinutes: 20,
  tempDirName: "dist/mutation/sandbox",
  // What is built, and what is not of the core, is not copied.
  ignorePatterns: ["dist", "web", "drivers", "config", "test/browser", "test/peers"],
};
