import { defineConfig } from "vitest/config";

/** Stories and properties of the core; few cases of each property, since they are tried for every mutant. */
export default defineConfig({
  test: {
    include: ["test/core/**/*.test.ts", "test/stories/**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    env: { RUNS: "200" },
    pool: "threads",
    testTimeout: 60_000,
  },
});
