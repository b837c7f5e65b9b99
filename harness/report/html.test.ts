import { describe, expect, it } from 'vitest';
import { type Report, renderHtml } from './html.ts';
import { check, finding, timeline, verdict } from './testing.ts';

const report = (over: Partial<Report> = {}): Report => ({
  verdict: verdict(),
  timeline: timeline(),
  folder: 'reports/small/2026-01-01-7',
  folderBytes: 48_000_000,
  ...over,
});

const failing = (over: Parameters<typeof finding>[0] = {}): Report =>
  report({
    verdict: verdict({
      verdict: 'fail',
      checks: [check(), check({ verdict: 'fail', findings: [finding(over)] })],
    }),
  });

const count = (text: string, what: RegExp): number => [...text.matchAll(what)].length;

describe('renderHtml', () => {
  it('stands alone: no script, nothing loaded, no link but to pages of findings', () => {
    const page = renderHtml(failing());
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\bsrc=|https?:/i);
    const links = [...page.matchAll(/href="([^"]*)"/g)].map((match) => match[1]);
    expect(links).toEqual(['../../../harness/judge/findings/held-by-killed.md']);
    expect(page).toContain('prefers-color-scheme: dark');
  });

  it('opens and closes every element', () => {
    const page = renderHtml(failing()).replace(/<style>[\s\S]*<\/style>/, '');
    const open: string[] = [];
    for (const [tag, end, name = '', empty] of page.matchAll(
      /<(\/?)([a-z][a-z0-9]*)(?:\s[^<>]*?)?(\/?)>/gi,
    )) {
      if (empty || name === 'meta') continue;
      if (!end) open.push(name);
      else expect(open.pop(), tag).toBe(name);
    }
    expect(open).toEqual([]);
  });

  it('draws the timeline and a flow of each signal, and no moment as NaN', () => {
    const page = renderHtml(report());
    expect(count(page, /<svg /g)).toBe(3);
    expect(page).toContain('kill gateway/1');
    expect(page).toContain('held-by-killed at gateway');
    expect(page).toContain('not sampled: 60 (60 %)');
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('says of a finding where, why, how often, when, an example, the fix and its page', () => {
    const page = renderHtml(failing());
    for (const text of [
      'Held in the memory of a process that was killed',
      'spans: <strong>3</strong>',
      '0.1 s to 2.6 s after the load began',
      'killed &lt;first&gt;',
      `npm run bench -- explain reports/small/2026-01-01-7 ${'aa'.repeat(16)}`,
      'a persistent queue',
      'harness/judge/findings/held-by-killed.md',
    ])
      expect(page).toContain(text);
  });

  it('says what was proved of a fault, what ran, how long, and how big the folder is', () => {
    const page = renderHtml(report());
    for (const text of ['exitCode 137', '0.152.0', '12.3 s', '48.0 MB', 'no node pressure'])
      expect(page).toContain(text);
    expect(page).toContain('npm run scenario -- small --seed 7');
  });

  it('gives every tone that is drawn a colour, in light and in dark', () => {
    const many = Array.from({ length: 8 }, (_, i) => ({
      ...timeline().lost[0]!,
      cause: `cause-${i}`,
    }));
    const page = renderHtml(report({ timeline: timeline({ lost: many }) }));
    const drawn = new Set([...page.matchAll(/<path class="(\w+)( ribbon)?"/g)].map((m) => m[1]));
    drawn.delete('cross');
    expect(drawn.size).toBeGreaterThan(6);
    for (const tone of drawn) {
      const [, variable = 'none'] =
        new RegExp(`\\.${tone} { fill: var\\((--\\w+)\\)`).exec(page) ?? [];
      expect(count(page, new RegExp(`${variable}: #`, 'g')), tone).toBe(2);
    }
  });

  it('escapes whatever a pipeline says, and hides its secrets', () => {
    const page = renderHtml(
      failing({ cause: '</style><script>alert(1)</script> password=hunter2', hop: '"><b>' }),
    );
    expect(page).not.toMatch(/<script|hunter2|"><b>/);
    expect(page).toContain('&lt;script&gt;');
  });

  it('is a page without a timeline too', () => {
    const page = renderHtml(report({ timeline: undefined }));
    expect(page).toContain('left nothing to draw it from');
    expect(page).not.toContain('<svg');
  });
});
