import { describe, expect, it } from 'vitest';
import {
  type CardResult,
  type CardScenario,
  cardMarkdown,
  fullCells,
  mergeResults,
  scenarioDigest,
  withCard,
} from './card.ts';
import type { CardCell } from './scenario/card.ts';
import { decodeScenario } from './scenario/decode.ts';

const cell: CardCell = { event: 'restart', outcome: 'sampling' };

const text = (name: string, more: string): string => `name: ${name}
about: It restarts.
pipeline: two-tier
card: { restart: [sampling] }
load: [{ traces: checkout, rate: 100/s }]
phases: [{ for: 5s }]
expect:
  - lost: { spans: 0 }
${more}`;

function scenario(name: string, more = ''): CardScenario {
  const file = text(name, more);
  return {
    name,
    scenario: decodeScenario(`${name}.yaml`, file, ['stale-ring']),
    digest: scenarioDigest(`${name}.yaml`, file),
  };
}
const holds = scenario('restart');
const finds = scenario('stale', '  - found: [stale-ring]\n');

const result = (of: CardScenario, more: Partial<CardResult> = {}): CardResult => ({
  scenario: of.name,
  runtime: 'embedded',
  verdict: 'pass',
  seeds: [1],
  digest: of.digest,
  ...more,
});
const scenarios = [holds, finds];
const restartRow = (results: readonly CardResult[]): string =>
  cardMarkdown({ scenarios, results })
    .split('\n')
    .find((line) => line.startsWith('| **restart**')) ?? '';

describe('the card', () => {
  it('gives its scenarios the tag and the cells that they name', () => {
    expect(holds.scenario).toMatchObject({ tags: ['card'], card: [cell] });
  });

  it('names both where both have a verdict', () => {
    const results = [result(holds, { seeds: [1, 2, 3] }), result(finds)];
    expect(restartRow(results)).toBe(
      '| **restart** | holds: [restart](scenarios/restart.yaml) ✔ embedded 3 times, kind not yet' +
        '<br>found: [stale](scenarios/stale.yaml) ✔ embedded, kind not yet | not yet | not yet |',
    );
    expect(fullCells({ scenarios, results }, 'embedded')).toEqual([cell]);
    expect(fullCells({ scenarios, results }, 'kind')).toEqual([]);
  });

  it.each<[string, readonly CardResult[], RegExp]>([
    ['without a verdict nothing is claimed', [], /^\| \*\*restart\*\* \| not yet \| not yet/],
    ['a verdict of an older file is none', [result(holds, { digest: 'old' })], /\| not yet \|/],
    ['half is said to be half', [result(holds)], /✔ embedded, kind not yet<br>found: not yet \|/],
    ['the other half too', [result(finds)], /holds: not yet<br>found: .* ✔ embedded/],
    [
      'what failed is no check mark',
      [result(holds, { verdict: 'fail' }), result(finds)],
      /✘ embedded fail/,
    ],
    ['each runtime has its own', [result(holds, { runtime: 'kind' })], /embedded not yet, ✔ kind/],
  ])('%s', (_, results, row) => {
    expect(restartRow(results)).toMatch(row);
    expect(fullCells({ scenarios, results }, 'embedded')).toEqual([]);
  });
});

describe('verdicts of several runs', () => {
  it('are one row, the worst of them; it replaces what was known', () => {
    const known = [result(holds, { seeds: [9] }), result(finds, { seeds: [8] })];
    const runs = [
      result(holds, { seeds: [1], verdict: 'unknown' }),
      result(holds, { seeds: [2], verdict: 'pass' }),
    ];
    expect(mergeResults(known, runs)).toEqual([
      result(holds, { seeds: [1, 2], verdict: 'unknown' }),
      result(finds, { seeds: [8] }),
    ]);
    const fails = result(holds, { verdict: 'fail' });
    expect(mergeResults([], [...runs, fails])[0]?.verdict).toBe('fail');
    const onKind = result(holds, { runtime: 'kind' });
    expect(mergeResults(known, [onKind])).toHaveLength(3);
  });
});

describe('the digest of a scenario', () => {
  const of = (file: string): string => scenarioDigest('s.yaml', file);
  const file = text('s', '');
  it.each([
    ['what it says about itself', file.replace('It restarts.', 'Otherwise.'), true],
    ['its cells', file.replace('sampling', 'correlation'), true],
    ['a comment', `# why\n${file}`, true],
    ['the load', file.replace('100/s', '101/s'), false],
    ['what is expected', file.replace('spans: 0', 'spans: 1'), false],
  ])('%s', (_, changed, isSame) => {
    expect(of(changed) === of(file)).toBe(isSame);
  });
});

it('stands between its marks, and nothing else changes', () => {
  const marks = '<!-- card: npm run bench -- card -->\nold\n<!-- /card -->';
  const card = { scenarios, results: [] };
  const made = withCard(`before\n${marks}\nbehind\n`, card);
  expect(made).toContain(cardMarkdown(card));
  expect(made).not.toContain('old');
  expect(made).toMatch(/^before\n[\s\S]*\nbehind\n$/);
  expect(withCard(made, card)).toBe(made);
  expect(() => withCard('no marks', card)).toThrow('expected <!-- card');
});
