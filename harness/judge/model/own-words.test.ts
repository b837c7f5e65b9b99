import { expect, it } from 'vitest';
import type { WordLine } from '../../evidence/types.ts';
import { failedStatements, spokenWords, tellWords } from './own-words.ts';

const line = (pod: string, fromMs: number, over: Partial<WordLine> = {}): WordLine => ({
  ...{ pod, component: 'transform', signal: 'traces', words: 'failed to execute statement' },
  ...{ about: 'set(x, 1)', error: 'boom', fromMs, toMs: fromMs, lines: 1 },
  ...over,
});
const lives = [
  { pod: 'agent-0', tier: 'agent' },
  { pod: 'gateway-0', tier: 'gateway' },
  { pod: 'gateway-1', tier: 'gateway' },
];
const words = [line('gateway-1', 5_000), line('agent-0', 1_000), line('gateway-0', 3_000)];
const facts = { startMs: 4_000 };
const spoken = spokenWords({ words, lives, facts } as unknown as Parameters<typeof spokenWords>[0]);

it('each tier has what its pods said, first said first', () => {
  expect(spoken.by('gateway').map(({ pod }) => pod)).toEqual(['gateway-0', 'gateway-1']);
  expect(spoken.by('other')).toEqual([]);
});

it('is told with pod and moment', () => {
  const [first, second] = spoken.by('gateway');
  const told = 'failed to execute statement: set(x, 1): boom';
  expect(tellWords([first as WordLine], 4_000)).toBe(`gateway-0 said so before the load: ${told}`);
  expect(tellWords([second as WordLine], 4_000)).toContain('gateway-1 said so 1.0 s into the load');
  expect(tellWords([line('p', 9_000)], 4_000, 'boom')).toContain('statement: set(x, 1)');
  expect(tellWords([], 4_000)).toBeUndefined();
});

it('a statement that failed is its own component’s', () => {
  const other = line('agent-0', 1, { words: 'failed to resolve' });
  const [own] = words as [WordLine, ...WordLine[]];
  expect(failedStatements([own, other], 'transform')).toEqual([own]);
  expect(failedStatements([own, other], 'transform/x')).toEqual([]);
});
