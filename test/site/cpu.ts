/** Milliseconds of processor time that something takes: unlike the clock on the wall, not longer on a busy machine. */
export function cpuMs(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
