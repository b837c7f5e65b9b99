import { parseDurationMs } from '../../lib/units.ts';
import { text } from '../../pipeline/read.ts';
import { sendersOf, settingPath } from '../../pipeline/senders.ts';
import { batchedBySenderMs, batchedForMs } from './batches.ts';
import { outputsOf } from './outputs.ts';
import type { SignalPath } from './path.ts';
import { settingOf, tellSetting } from './settings.ts';

export interface Wait {
  readonly component: string;
  readonly why: string;
  readonly forMs: number;
}

/**
 * Who on the way, or on some steps of it, holds an item back, by its setting: what samples, a
 * batch, or the batches of an exporter's queue; the longest first.
 */
export function waitsOf({ signal, steps }: Pick<SignalPath, 'signal' | 'steps'>): Wait[] {
  const waits = steps.flatMap(({ tier, processors }): Wait[] => [
    ...processors.flatMap((component): Wait[] => {
      const own = { component: `${tier.name}/${component.id}` };
      if (component.type === 'batch') {
        const forMs = batchedForMs([component]);
        return [{ ...own, forMs, why: tellSetting(component, 'timeout', '200ms') }];
      }
      if (component.type === 'groupbytrace') {
        const forMs = batchedForMs([component]);
        return [{ ...own, forMs, why: tellSetting(component, 'wait_duration', '1s') }];
      }
      if (component.type !== 'tail_sampling') return [];
      const forMs = parseDurationMs(text(settingOf(component, 'decision_wait')) ?? '30s') ?? 0;
      return [{ ...own, forMs, why: tellSetting(component, 'decision_wait', '30s') }];
    }),
    ...outputsOf(tier, signal).flatMap(({ exporter }) =>
      sendersOf(exporter).map((sender): Wait => {
        const batch = settingPath(sender, 'sending_queue.batch.flush_timeout');
        return {
          component: `${tier.name}/${exporter.id}`,
          forMs: batchedBySenderMs(sender),
          why: tellSetting(exporter, batch, '200ms'),
        };
      }),
    ),
  ]);
  return waits.filter(({ forMs }) => forMs > 0).sort((a, b) => b.forMs - a.forMs);
}
