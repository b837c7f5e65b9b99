import { describe, expect, it } from 'vitest';
import { escapeMarkdown, renderMarkdown } from './markdown.ts';
import { check, finding, timeline, verdict } from './testing.ts';

const render = (over: Parameters<typeof verdict>[0] = {}): string =>
  renderMarkdown({
    verdict: verdict(over),
    timeline: timeline(),
    folder: 'reports/small/2026-01-01-7',
    folderBytes: 48_000_000,
  });

describe('renderMarkdown', () => {
  it('has as many cells in every row of a table as in its head', () => {
    const text = render({
      checks: [check({ expected: 'a | b', observed: 'two\nlines', findings: [finding()] })],
    });
    const cells = (line: string): number => line.replace(/\\\|/g, '').split('|').length;
    const tables = text.split('\n\n').filter((part) => part.startsWith('|'));
    expect(tables).toHaveLength(5);
    for (const table of tables) {
      const [head = '', ...rows] = table.split('\n');
      expect(rows.map(cells)).toEqual(rows.map(() => cells(head)));
    }
  });

  it('says the verdict, the findings with examples, the account and how to run it again', () => {
    const failed = check({ verdict: 'fail', findings: [finding()] });
    const text = render({ verdict: 'fail', checks: [failed] });
    for (const part of [
      '# ✘ fail: small',
      '1 of 1 checks failed: lost.',
      '### Held in the memory of a process that was killed (`held-by-killed`)',
      '- when: 0.1 s to 2.6 s after the load began',
      `trace \`${'aa'.repeat(16)}\` span \`${'bb'.repeat(8)}\`: killed \\<first\\>`,
      '| lost at gateway: held-by-killed | 3 |',
      '| ✔ | kill gateway/1 | gateway-collector-1 | 1.0 s | 2.2 s | exitCode 137 |',
      '(48.0 MB)',
      'npm run scenario -- small --seed 7',
    ])
      expect(text).toContain(part);
  });

  it('hides secrets', () => {
    expect(render({ fidelity: ['env password=hunter2'] })).not.toContain('hunter2');
  });
});

describe('escapeMarkdown', () => {
  it('keeps a text the text that it is', () => {
    expect(escapeMarkdown('a|b *c* <script> `d` [e](f)\n# g')).toBe(
      'a\\|b \\*c\\* \\<script\\> \\`d\\` \\[e\\](f) \\# g',
    );
  });
});
