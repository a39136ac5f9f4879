import type { Reporter, TestModule, TestRunEndReason } from "vitest/node";

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** What a run came to, in one line that a script can look for: `12 passed, 0 failed, 3 skipped`. */
function tallyLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * Counts every test once. A file that could not be read, a suite whose hook failed, an error outside of any test and a run
 * that was cut short each count as one failed, so that the line never says `0 failed` of a run that went wrong.
 */
function tally(modules: readonly TestModule[], strayErrors: number, reason: TestRunEndReason): Tally {
  const sum: Tally = { passed: 0, failed: strayErrors, skipped: 0 };
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "passed") sum.passed += 1;
      else if (state === "failed") sum.failed += 1;
      else sum.skipped += 1;
    }
    sum.failed += module.errors().length;
    for (const suite of module.children.allSuites()) sum.failed += suite.errors().length;
  }
  if (reason !== "passed" && sum.failed === 0) sum.failed = 1;
  return sum;
}

// biome-ignore lint/style/noDefaultExport: vitest loads a reporter by its default export.
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: TestRunEndReason): void {
    const line = tallyLine(tally(modules, errors.length, reason));
    // After the summary of the default reporter, which is told in the same round.
    setImmediate(() => process.stdout.write(`${line}\n`));
  }
}
