import { describe, expect, it } from 'vitest';
import type { Claim } from './scenario/claims.ts';
import type { Scenario } from './scenario/types.ts';
import { listScenarios } from './scenarios.ts';
import { claimsTable, questionsOf } from './scenarios-claims.ts';

const listed = (name: string, ...claims: Partial<Claim>[]) => ({
  name,
  scenario: {
    name: name.split('/').at(-1),
    claims: claims.map((claim) => ({ article: '000', line: 9, holds: true, ...claim })),
  } as unknown as Scenario,
});

describe('the table of claims', () => {
  const rowOf = (...all: ReturnType<typeof listed>[]) => claimsTable(all).split('\n')[2];

  it('says yes or no where all scenarios agree, with what was added', () => {
    expect(rowOf(listed('a', { says: 'It works.' }))).toBe(
      '| 000, line 9 | It works. | yes | [a](a.yaml) |',
    );
    expect(rowOf(listed('claims/a', { says: 'x', holds: false, when: 'it never was' }))).toBe(
      '| 000, line 9 | x | no: it never was | not: [a](claims/a.yaml) |',
    );
  });

  it('says on what it depends where they do not', () => {
    const yes = listed('a', { says: 'x', when: 'one pod decides' });
    const no = listed('negative/b', { holds: false, when: 'two do' });
    expect(rowOf(no, yes)).toBe(
      '| 000, line 9 | x | if one pod decides; not if two do | [a](a.yaml)<br>not: [b](negative/b.yaml) |',
    );
  });

  it('is in the order of the articles', () => {
    const all = [listed('a', { article: '002' }, { line: 70 }), listed('b', { line: 8 })];
    expect(questionsOf(all).map(({ article, line }) => [article, line])).toEqual([
      ['000', 8],
      ['000', 70],
      ['002', 9],
    ]);
  });
});

describe.each(questionsOf(listScenarios()))('article $article, line $line', ({ answers }) => {
  it('is told once, and what makes the difference where scenarios differ', () => {
    expect(answers.flatMap(({ says }) => says ?? [])).toHaveLength(1);
    const differ = new Set(answers.map(({ holds }) => holds)).size > 1;
    const without = answers.filter(({ when }) => differ && when === undefined);
    expect(without.map(({ by }) => by.name)).toEqual([]);
  });
});
