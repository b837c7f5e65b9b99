import { describe, expect, it } from 'vitest';
import { annotationOf, annotationText } from './annotations.ts';
import type { EndedRun } from './runs.ts';
import { check, finding, verdict } from './testing.ts';

const place = { file: 'scenarios/steady.yaml', line: 20, column: 5 };
const failed = (why?: string): EndedRun => ({
  name: 'steady',
  result: 'fail',
  tookMs: 1,
  folder: 'x',
  other: undefined,
  verdict: verdict({
    verdict: 'fail',
    checks: [
      check(),
      check({ verdict: 'fail', findings: [finding(why === undefined ? {} : { why })] }),
    ],
  }),
});

describe('an annotation', () => {
  it('is a command that a text can not get out of', () => {
    const text = annotationText({
      level: 'error',
      place: { file: 'a,b:c.yaml', line: 3, column: 5 },
      title: 'one,two: 50 %\n::error::x',
      message: 'line\r\n::set-output name=x::100 %',
    });
    expect(text).toBe(
      '::error file=a%2Cb%3Ac.yaml,line=3,col=5,title=one%2Ctwo%3A 50 %25%0A%3A%3Aerror%3A%3Ax' +
        '::line%0D%0A::set-output name=x::100 %25',
    );
  });

  it.each([
    [
      'the manifest’s line that made it so',
      'num_traces: 5 (manifests/gateway.yaml:12:9)',
      { file: 'manifests/gateway.yaml', line: 12, column: 9 },
    ],
    ['the expectation, where no line is known', 'the collector said so', place],
    ['the expectation, where nothing says why', undefined, place],
  ])('stands at %s', (_, why, expected) => {
    expect(annotationOf(failed(why), () => place)?.place).toEqual(expected);
  });

  it('says what was found and how to fix it', () => {
    const annotation = annotationOf(failed('a setting'), () => undefined);
    expect(annotation?.title).toBe('steady: held-by-killed at gateway');
    expect(annotation?.message).toMatch(
      /failed: lost.*\nwhy: a setting\nfix: a persistent queue\n/,
    );
  });

  it('is none of a pass, a warning where nothing is proved', () => {
    const run = failed();
    expect(annotationOf({ ...run, result: 'pass' }, () => place)).toBeUndefined();
    expect(annotationOf({ ...run, result: 'unknown' }, () => place)?.level).toBe('warning');
    expect(annotationOf({ ...run, result: 'flaky' }, () => place)?.level).toBe('error');
  });
});
