import { batchedForMs } from '../model/batches.ts';
import type { SignalPath } from '../model/path.ts';
import { type ItemView, taken } from './arrival.ts';
import type { StayAccount } from './stay.ts';
import { slackMs } from './ticks.ts';

/**
 * Where the config ends the way of what the last step took in: `debug`, `nop`, `file`, a
 * `prometheus` exporter, a connector to another signal. Undefined where the way goes on, and where
 * every process that took it was killed while it may still have been on its way inside.
 *
 * @param stay the one that sampled it, on a path with sampling
 */
export function endOfWay(
  { steps, ends }: SignalPath,
  step: number,
  view: ItemView,
  stay: StayAccount | undefined,
): string | undefined {
  if (ends.length === 0 || step + 1 < steps.length) return undefined;
  const insideMs = batchedForMs(steps[step]?.processors ?? []) + slackMs;
  const got = taken(view.arrivals[step] ?? []).some(({ incarnation, toMs }) => {
    const sampled = stay !== undefined && stay.incarnation.key === incarnation?.key;
    const readyMs = sampled ? stay.decidedToMs : toMs;
    const endedMs = incarnation?.life.endedMs ?? Number.POSITIVE_INFINITY;
    return incarnation?.ending !== 'killed' || readyMs + insideMs < endedMs;
  });
  return got ? ends.join('+') : undefined;
}
