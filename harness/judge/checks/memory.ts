import type { JudgeContext } from '../ledger/context.ts';
import type { CheckResult } from '../types.ts';

/** Where a sampler had too little room, what it decided of what is open in some cases. */
export function checkMemory({ memoryDoubts, paths, samplerStep }: JudgeContext): CheckResult[] {
  if (memoryDoubts.length === 0) return [];
  const hop = paths.traces.steps[samplerStep]?.tier.name ?? '';
  return [
    {
      name: 'evidence',
      subject: 'memory',
      verdict: 'unknown',
      expected: 'a sampler of which can be told what it held when it decided',
      observed: memoryDoubts.map((why) => `${hop}: ${why}`).join('; '),
      findings: memoryDoubts.map((why) => ({
        kind: 'not-modelled',
        hop,
        component: hop,
        cause: why,
        count: 1,
        window: null,
        examples: [],
        fix: 'give it room for this run: a larger num_traces, with set: or --set',
        gap: 'memory',
      })),
    },
  ];
}
