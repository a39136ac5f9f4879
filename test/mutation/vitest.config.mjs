import { defineConfig } from "vitest/config";

/** The one file that `bundle.mjs` makes; few cases of each property, always the same, since they are tried for every mutant. */
export default defineConfig({
  test: {
    include: ["test/stories/every-story.bundle.mjs"],
    exclude: ["**/node_modules/**"],
    setupFiles: ["test/report/seed.ts"],
    env: { RUNS: "10", SEED: "1" },
    pool: "threads",
    maxWorkers: 1,
    // The core keeps nothing between two steps, so that one worker may try many mutants.
    isolate: false,
    testTimeout: 300_000,
  },
});
