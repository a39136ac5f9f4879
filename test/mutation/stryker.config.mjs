/**
 * `npm run mutation`: breaks the rules that let people in, one place at a time, and sees whether a story or a property notices.
 * Takes an hour or more; not part of CI. `npm run mutation -- --mutate gateway/core/access/card-active.ts` does a part.
 */

export default {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "test/mutation/vitest.config.mjs" },
  mutate: ["gateway/core/access/**/*.ts", "gateway/core/door.ts", "gateway/core/precedence.ts"],
  coverageAnalysis: "perTest",
  concurrency: 2,
  timeoutMS: 20_000,
  timeoutFactor: 3,
  reporters: ["clear-text", "progress", "html"],
  htmlReporter: { fileName: "dist/mutation/index.html" },
  tempDirName: "dist/mutation/sandbox",
  thresholds: { high: 90, low: 85, break: 85 },
  // What is built, and what is not of the core, is not copied for each mutant.
  ignorePatterns: ["dist", "web", "drivers", "test/browser", "test/peers"],
};
