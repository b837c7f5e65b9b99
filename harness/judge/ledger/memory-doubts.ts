import { formatCount } from '../../lib/units.ts';
import type { TailSampling } from '../../pipeline/types.ts';
import type { PathStep } from '../model/path.ts';
import type { Stay } from './evictions.ts';
import { leastCacheSize } from './forgetting.ts';

/** What is known of what gateway processes held and forgot. */
export interface Memory {
  readonly evictions: ReadonlyMap<string, ReadonlyMap<number, readonly Stay[]>>;
  readonly newTraces: ReadonlyMap<string, Float64Array>;
  /** More traces came to one than `num_traces`. */
  readonly overflows: boolean;
}

/** Why nobody can tell what was held when, where memory was too small. */
export function memoryDoubts(
  sampling: TailSampling,
  step: PathStep | undefined,
  { evictions, newTraces, overflows }: Memory,
  pauses: ReadonlyMap<string, unknown>,
): string[] {
  const tooMany = 'more traces came than its memory holds';
  const doubts: string[] = [];
  if (sampling.blockOnOverflow && overflows) {
    const most = formatCount(sampling.numTraces);
    doubts.push(
      `${tooMany} (num_traces: ${most}, block_on_overflow): when it took in what is open`,
    );
  }
  const stopped = [...evictions.keys()].some((key) => pauses.has(key));
  if (stopped && leastCacheSize(sampling) !== undefined) {
    doubts.push(`${tooMany}, and it was stopped: when each left is open`);
  }
  const dropper = step?.droppers.find(({ index }) => index < step.sampler);
  if (dropper && evictions.size + newTraces.size > 0) {
    doubts.push(`${tooMany}, of which ${dropper.component.id} dropped some`);
  }
  return doubts;
}
