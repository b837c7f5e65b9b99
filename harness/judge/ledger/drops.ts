import type { DropLine } from '../../evidence/types.ts';
import type { Signal } from '../../pipeline/types.ts';

/** Charges lost items to the log lines that own up to them, never more than a line says. */
export interface DropLedger {
  /**
   * A line of one of these pods after a moment that has items left to account for.
   * @param untilMs only lines up to then, and only such as say how many
   */
  take(
    pods: readonly string[],
    signal: Signal,
    sinceMs: number,
    untilMs?: number,
  ): DropLine | undefined;
}

/** @param isSampled whether a pod's log may lack lines: then a line answers for any number */
export function createDropLedger(
  lines: readonly DropLine[],
  isSampled: (pod: string) => boolean,
): DropLedger {
  const left = lines.map((line) => (isSampled(line.pod) ? Number.POSITIVE_INFINITY : line.items));
  return {
    take: (pods, signal, sinceMs, untilMs) => {
      const index = lines.findIndex(
        (line, i) =>
          (left[i] ?? 0) > 0 &&
          pods.includes(line.pod) &&
          line.atMs >= sinceMs &&
          (untilMs === undefined || (line.atMs <= untilMs && Number.isFinite(left[i]))) &&
          (line.signal === '' || line.signal === signal),
      );
      if (index < 0) return undefined;
      left[index] = (left[index] ?? 0) - 1;
      return lines[index];
    },
  };
}
