import { defineConfig } from "vitest/config";

/** `LONG=1 npm test` (or `npm run test:long`) adds the soaks and the many-round fault tests: files named `*.long.test.ts`. */
const long = process.env.LONG === "1";

const include = ["test/**/*.test.ts"];
const alone = ["test/hostile/**/*.test.ts", "test/drivers/osdp/line-share.test.ts"];
const exclude = ["**/node_modules/**", "dist/**", ...(long ? [] : ["test/**/*.long.test.ts"])];

export default defineConfig({
  test: {
    // Real sockets, real files and second processes: a process a file, and no more of them than a small machine has cores.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: long ? 600_000 : 30_000,
    hookTimeout: long ? 600_000 : 60_000,
    teardownTimeout: 10_000,
    reporters: ["default", "./test/report/tally.ts"],
    setupFiles: ["./test/report/seed.ts"],
    projects: [
      {
        extends: true,
        test: { name: "house", include, exclude: [...exclude, ...alone], sequence: { groupOrder: 0 } },
      },
      // Alone on the machine: what is measured is the gateway under attack, not the gateway beside another test.
      {
        extends: true,
        test: {
          name: "alone",
          include: alone,
          exclude,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
