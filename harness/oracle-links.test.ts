import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRaw } from './evidence/raw.ts';
import { sealRun } from './evidence/seal.ts';
import type { Click, Clicks } from './evidence/types.ts';
import { judgeAgain } from './judge-folder.ts';

/** A recorded run whose links all lead where they should, and edits of where they led. */
const recorded = join(import.meta.dirname, '..', 'fixtures', 'runs', 'small-links');
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'links-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

type Edit = (clicks: Clicks) => Clicks | undefined;

/** Undefined as an edit's result takes the file away. The run is sealed anew. */
async function judged(edit: Edit, isSealed = true) {
  const run = mkdtempSync(join(root, 'run-'));
  cpSync(recorded, run, { recursive: true });
  const file = join(run, 'evidence', 'clicks.json');
  const edited = edit(JSON.parse(readFileSync(file, 'utf8')));
  if (edited) writeFileSync(file, JSON.stringify(edited));
  else rmSync(file);
  const raw = loadRaw(run);
  if (isSealed && raw) sealRun(run, raw);
  const verdict = await judgeAgain(run);
  const links = verdict.checks.filter(({ name }) => name === 'correlated');
  return {
    verdict: verdict.verdict,
    links: links.map(({ subject, verdict: own }) => `${subject} ${own}`),
    kinds: [...new Set(links.flatMap(({ findings }) => findings.map(({ kind }) => kind)))],
  };
}

const isOf = (link: Click['link']) => (click: Click) => click.link === link && click.answer;
const withClicks = (edit: (clicks: readonly Click[]) => readonly Click[]): Edit => {
  return (clicks) => ({ ...clicks, clicks: edit(clicks.clicks) });
};

/** The answers of the first two clicks of a kind that found something, each given to the other. */
const swapped = (link: Click['link']): Edit =>
  withClicks((clicks) => {
    const [one, other] = clicks.filter((c) => isOf(link)(c) && (c.answer?.items.length ?? 0) > 0);
    return clicks.map((click) => {
      const answer = click === one ? other?.answer : click === other ? one?.answer : undefined;
      return answer ? { ...click, answer } : click;
    });
  });

const both = (one: string, other: string): string[] => [
  `trace-to-log ${one}`,
  `log-to-trace ${other}`,
];

describe('a run whose links were followed', () => {
  it('passes as it was recorded', async () => {
    expect(await judged((clicks) => clicks)).toEqual({
      verdict: 'pass',
      links: both('pass', 'pass'),
      kinds: [],
    });
  });

  it.each<[Click['link'], string[]]>([
    ['trace-to-log', both('fail', 'pass')],
    ['log-to-trace', both('pass', 'fail')],
  ])('%s: a click that returns another trace’s data is found', async (link, links) => {
    expect(await judged(swapped(link))).toEqual({
      verdict: 'fail',
      links,
      kinds: ['link-leads-elsewhere'],
    });
  });

  it('a trace that is kept and not found is told from one that was sampled out', async () => {
    const isFound = (click: Click) => isOf('log-to-trace')(click) && click.answer?.status === 200;
    const gone = withClicks((clicks) => {
      const first = clicks.find(isFound);
      const answer = { status: 404, items: [] };
      return clicks.map((click) => (click === first ? { ...click, answer } : click));
    });
    expect(await judged(gone)).toMatchObject({
      verdict: 'fail',
      kinds: ['link-finds-nothing'],
    });
  });

  it.each<[string, Edit]>([
    ['none recorded', () => undefined],
    ['all of one kind gone', withClicks((clicks) => clicks.filter(isOf('trace-to-log')))],
    ['a few left', withClicks((clicks) => clicks.slice(0, 5))],
    [
      'a backend that was in trouble',
      withClicks((clicks) =>
        clicks.map((click) =>
          click.answer ? { ...click, answer: { status: 503, items: [] } } : click,
        ),
      ),
    ],
    [
      'clicks at what nobody sent',
      withClicks((clicks) => clicks.map((click) => ({ ...click, spanId: '00'.repeat(8) }))),
    ],
  ])('is unknown: %s', async (_, edit) => {
    const { verdict, links } = await judged(edit);
    expect(verdict).toBe('unknown');
    expect(links.some((one) => one.endsWith('unknown'))).toBe(true);
    expect(links.some((one) => one.endsWith('fail'))).toBe(false);
  });

  it('is unknown where the answers are not as they were sealed', async () => {
    expect((await judged(swapped('log-to-trace'), false)).verdict).toBe('unknown');
    expect((await judged(() => undefined, false)).verdict).toBe('unknown');
  });
});
