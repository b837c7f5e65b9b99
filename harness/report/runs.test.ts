import { describe, expect, it } from 'vitest';
import { type EndedRun, leadText, renderRunsMarkdown, worstFirst, worstOf } from './runs.ts';
import { renderRunsHtml } from './runs-html.ts';
import { check, finding, verdict } from './testing.ts';

const run = (over: Partial<EndedRun> = {}): EndedRun => ({
  name: 'steady',
  result: 'pass',
  tookMs: 45_000,
  verdict: verdict(),
  folder: '../../steady/1',
  other: undefined,
  ...over,
});
const failed = run({
  name: 'kill <b>',
  result: 'fail',
  folder: '../../kill/2',
  verdict: verdict({
    verdict: 'fail',
    checks: [check(), check({ verdict: 'fail', findings: [finding({ why: 'a <setting>' })] })],
  }),
});
const wanted = run({
  name: 'broken',
  verdict: verdict({
    checks: [
      check({ name: 'found', expected: 'exactly held-by-killed', observed: 'held-by-killed' }),
      check({ verdict: 'fail', findings: [finding()] }),
    ],
  }),
});
const refused = run({
  name: 'typo',
  result: 'badInput',
  verdict: undefined,
  folder: undefined,
  tookMs: 0,
});
const flaky = run({ name: 'flaky', result: 'flaky', other: '../../flaky/0' });
const report = { runs: [run(), failed, wanted, refused, flaky], startMs: 0, tookMs: 90_000 };

describe('the page over several runs', () => {
  const page = renderRunsHtml(report);

  it('says how all came out, and each, the worst first', () => {
    expect(page).toContain('<span class="badge fail">✘ BAD INPUT</span><h1>5 runs</h1>');
    expect(page).toContain('2 pass, 1 flaky, 1 fail, 1 bad input');
    expect(worstFirst(report.runs).map(({ name }) => name)).toEqual([
      ...['typo', 'kill <b>', 'flaky', 'broken', 'steady'],
    ]);
    expect(worstOf([])).toBe('unknown');
  });

  it('leads to each report that there is, and to nothing else', () => {
    const links = [...page.matchAll(/href="([^"]*)"/g)].map((match) => match[1]);
    expect([...new Set(links)].sort()).toEqual([
      '../../flaky/0/report.html',
      '../../kill/2/report.html',
      '../../steady/1/report.html',
    ]);
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|\bsrc=|https?:|NaN|undefined/i);
  });

  it('escapes what others wrote', () => {
    expect(page).toContain('kill &lt;b&gt;');
    expect(page).toContain('a &lt;setting&gt;');
  });

  it('names the leading finding, with its fix where it was not wanted', () => {
    expect(page).toContain('<code>held-by-killed</code> at gateway');
    expect(page).toContain('as it must find');
    expect(page).toContain('a persistent queue');
    const sections = page.split('What did not pass')[1] ?? '';
    expect(sections).not.toContain('broken');
  });

  it('opens and closes every element', () => {
    const body = page.replace(/<style>[\s\S]*<\/style>/, '');
    const open: string[] = [];
    for (const [tag, end, name = '', empty] of body.matchAll(
      /<(\/?)([a-z][a-z0-9]*)(?:\s[^<>]*?)?(\/?)>/gi,
    )) {
      if (empty || name === 'meta' || name === 'br') continue;
      if (!end) open.push(name);
      else expect(open.pop(), tag).toBe(name);
    }
    expect(open).toEqual([]);
  });
});

describe('the same as Markdown', () => {
  it('has a row a run', () => {
    const lines = renderRunsMarkdown(report).split('\n');
    expect(lines[0]).toBe('# ✘ 5 runs: 2 pass, 1 flaky, 1 fail, 1 bad input');
    expect(lines.filter((line) => /^\| [✔✘?] \|/.test(line))).toHaveLength(5);
    expect(lines.join('\n')).toContain('kill \\<b\\>');
  });

  it.each([
    ['held-by-killed at gateway', failed],
    ['held-by-killed at gateway, as it must be found', wanted],
    ['was refused: its input has mistakes', refused],
    ['All 2 checks passed.', run()],
  ])('%s', (text, one) => {
    expect(leadText(one)).toBe(text);
  });
});
