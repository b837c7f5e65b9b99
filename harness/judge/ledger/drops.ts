import type { DropLine } from '../../evidence/types.ts';
import type { Signal } from '../../pipeline/types.ts';
import type { SignalPath } from '../model/path.ts';

/** Charges lost items to the log lines that own up to them, never more than a line says. */
export interface DropLedger {
  /**
   * A line of one of these pods after a moment that has items left to account for. In a log that
   * may lack lines that is also one before, as long as those that followed it were left out.
   * @param untilMs only lines up to then, and only such as say how many
   */
  take(
    pods: readonly string[],
    signal: Signal,
    sinceMs: number,
    untilMs?: number,
  ): DropLine | undefined;
}

/**
 * @param isSampled whether a pod's log may lack lines: then a line answers for any number, as does
 *   one that does not say how many
 */
export function createDropLedger(
  lines: readonly DropLine[],
  isSampled: (pod: string) => boolean,
): DropLedger {
  const answersUntilMs = silentUntilMs(lines, isSampled);
  const left = lines.map((line) =>
    line.uncounted || isSampled(line.pod) ? Number.POSITIVE_INFINITY : line.items,
  );
  return {
    take: (pods, signal, sinceMs, untilMs) => {
      const index = lines.findIndex(
        (line, i) =>
          (left[i] ?? 0) > 0 &&
          pods.includes(line.pod) &&
          (answersUntilMs[i] ?? line.atMs) >= sinceMs &&
          (untilMs === undefined || (line.atMs <= untilMs && Number.isFinite(left[i]))) &&
          (line.signal === '' || line.signal === signal),
      );
      if (index < 0) return undefined;
      left[index] = (left[index] ?? 0) - 1;
      return lines[index];
    },
  };
}

/**
 * Of equal messages in ten seconds a collector writes the first ten, then each hundredth; the
 * seconds count from the first (service v0.152.0, telemetry logs.sampling; zapcore sampler.go).
 */
const samplingTickMs = 10_000;
const writtenFirst = 10;

/** Until when each line's followers may have been left out: its own moment where none were. */
function silentUntilMs(
  lines: readonly DropLine[],
  isSampled: (pod: string) => boolean,
): readonly number[] {
  const untilMs = lines.map(({ atMs }) => atMs);
  const order = lines.map((_, i) => i).sort((a, b) => (untilMs[a] ?? 0) - (untilMs[b] ?? 0));
  const ticks = new Map<string, { readonly endMs: number; written: number }>();
  for (const i of order) {
    const { pod, atMs, rejected, uncounted, component } = lines[i] as DropLine;
    if (!isSampled(pod)) continue;
    const message = `${pod}/${uncounted ? component : rejected}`;
    const known = ticks.get(message);
    const tick = known && atMs < known.endMs ? known : { endMs: atMs + samplingTickMs, written: 0 };
    ticks.set(message, tick);
    tick.written++;
    if (tick.written >= writtenFirst) untilMs[i] = tick.endMs;
  }
  return untilMs;
}

/** What an exporter of a level turns away, a failover connector gives to the next: no drop. */
export const isTriedElsewhere = (
  paths: Readonly<Partial<Record<Signal, SignalPath>>>,
  { signal, component, rejected }: DropLine,
): boolean =>
  rejected &&
  Object.values(paths).some(
    ({ failover, signal: own }) =>
      (signal === '' || signal === own) &&
      failover?.exporters.slice(0, -1).some((some) => some.includes(component)),
  );
