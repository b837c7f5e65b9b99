import { describe, expect, it } from 'vitest';
import { areaPath, timelineSvg } from './html-timeline.ts';
import { timeline } from './testing.ts';

describe('areaPath', () => {
  const x = (column: number): number => column * 10;
  const y = (value: number): number => 100 - value;

  it('steps along the values and back along what it stands on', () => {
    expect(areaPath([1, 2], [5, 0], x, y)).toBe('M0,95V94H10V98H20V100H10V95H0Z');
  });

  it('leaves columns without anything out', () => {
    expect(areaPath([0, 1, 0, 1], [0, 0, 0, 0], x, y)).toBe(
      'M10,100V99H20V100H10ZM30,100V99H40V100H30Z',
    );
    expect(areaPath([0, 0], [0, 0], x, y)).toBe('');
  });
});

describe('timelineSvg', () => {
  it('says what each column holds when it is pointed at', () => {
    const { markup } = timelineSvg(timeline());
    expect(markup).toContain('<title>0.5 to 1.0 s: acknowledged 200 (spans/s)</title>');
    expect(markup).toContain('<title>1.0 to 1.5 s: held-by-killed at gateway 3 (spans in 0.5 s)');
  });

  it('keeps everything inside the picture', () => {
    const fault = { ...timeline().faults[0]!, fromMs: 4_900, toMs: null };
    const { markup } = timelineSvg(timeline({ faults: [fault], endMs: 90_000 }));
    const [, height = '0'] = /viewBox="0 0 1000 ([\d.]+)"/.exec(markup) ?? [];
    const numbers = (name: string): number[] =>
      [...markup.matchAll(new RegExp(` ${name}[12]?="([^"]+)"`, 'g'))].map((m) => Number(m[1]));
    expect(Math.max(...numbers('x'))).toBeLessThanOrEqual(1_000);
    expect(Math.min(...numbers('x'))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers('y'))).toBeLessThanOrEqual(Number(height));
  });

  it('draws a run in which nothing happened', () => {
    const none = Array.from({ length: 10 }, () => 0);
    const empty = timeline({
      sent: { acked: none, refused: none, unknown: none, notSent: none },
      delivered: none,
      decisions: { kept: none, notKept: none, open: none },
      lost: [],
      faults: [],
      lives: [],
    });
    expect(timelineSvg(empty).markup).not.toMatch(/NaN|Infinity|class="column"/);
  });
});
