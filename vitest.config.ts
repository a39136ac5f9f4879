import { defineConfig } from "vitest/config";

/** `LONG=1 npm test` (or `npm run test:long`) adds the soaks and the many-round fault tests: files named `*.long.test.ts`. */
const long = process.env.LONG === "1";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "dist/**", ...(long ? [] : ["test/**/*.long.test.ts"])],
    // Real sockets, real files and second processes: a process a file, and no more of them than a small machine has cores.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: long ? 600_000 : 30_000,
    hookTimeout: long ? 600_000 : 60_000,
    teardownTimeout: 10_000,
    reporters: ["default", "./test/report/tally.ts"],
  },
});
