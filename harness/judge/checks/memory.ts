import type { JudgeContext } from '../ledger/context.ts';
import type { CheckResult } from '../types.ts';
import { notModelled } from './not-modelled.ts';

/** Where a sampler had too little room, what it decided of what is open in some cases. */
export function checkMemory({ memoryDoubts, paths, samplerStep }: JudgeContext): CheckResult[] {
  const hop = paths.traces.steps[samplerStep]?.tier.name ?? '';
  return notModelled({
    subject: 'memory',
    expected: 'a sampler of which can be told what it held when it decided',
    reasons: memoryDoubts.map((why) => ({ hop, why })),
    fix: 'give it room for this run: a larger num_traces, with set: or --set',
    gap: 'memory',
  });
}
