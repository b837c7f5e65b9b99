/** `USER_HZ`, in which Linux counts a process's time on every platform that we run on. */
export const ticksPerSecond = 100;

/** Milliseconds of so many ticks. */
export const msOfTicks = (ticks: number): number => (ticks * 1_000) / ticksPerSecond;

/** User and system time of a process, of `/proc/<pid>/stat` (proc_pid_stat(5), 14 and 15). */
export function cpuMsOf(stat: string): number {
  const fields = statFields(stat);
  return msOfTicks(Number(fields[11]) + Number(fields[12]));
}

/** What stands behind a process's name, which may hold blanks and brackets itself. */
export const statFields = (stat: string): readonly string[] =>
  stat.slice(stat.lastIndexOf(')') + 2).split(' ');
