import { describe, expect, it } from 'vitest';
import { readWords } from './words.ts';

const line = (second: number, level: string, message: string, fields: object): string =>
  `2026-11-28T19:49:5${second}.143Z\t${level}\tx.go:1\t${message}\t${JSON.stringify(fields)}`;
const at = (second: number): number => Date.parse(`2026-11-28T19:49:5${second}.143Z`);
const refusing = 'Memory usage is above soft limit. Refusing data.';
const transform = { 'otelcol.component.id': 'transform/x', 'otelcol.signal': 'traces' };

describe('readWords', () => {
  it('folds what says the same, with its first and last moment', () => {
    const own = { 'otelcol.component.kind': 'processor', cur_mem_mib: 10 };
    const log = [
      line(3, 'warn', refusing, own),
      line(1, 'info', 'Memory usage back within limits. Resuming normal operation.', own),
      line(1, 'warn', refusing, { ...own, cur_mem_mib: 12 }),
    ].join('\n');
    expect(readWords('agent-0', log)).toEqual([
      {
        pod: 'agent-0',
        component: '',
        signal: '',
        words: refusing,
        about: '',
        error: '',
        fromMs: at(1),
        toMs: at(3),
        lines: 2,
      },
    ]);
  });

  it('keeps apart what different components say, and of different statements', () => {
    const of = (statement: string) => ({ ...transform, statement, error: 'boom' });
    const log = [
      line(1, 'warn', 'failed to execute statement', of('set(a, 1)')),
      line(2, 'warn', 'failed to execute statement', of('set(b, 1)')),
      line(3, 'error', 'failed processing traces', { ...transform, error: 'y' }),
      JSON.stringify({ ts: '2026-11-28T19:49:54.143Z', msg: 'failed to resolve', error: 'z' }),
    ].join('\n');
    expect(
      readWords('agent-0', log).map(({ component, words, about, error }) => [
        component,
        words,
        about,
        error,
      ]),
    ).toEqual([
      ['transform/x', 'failed to execute statement', 'set(a, 1)', 'boom'],
      ['transform/x', 'failed to execute statement', 'set(b, 1)', 'boom'],
      ['transform/x', 'failed processing traces', '', 'y'],
      ['', 'failed to resolve', '', 'z'],
    ]);
  });

  it('reads what the API server denied in klog’s lines, in the year of those before', () => {
    const says =
      'E1128 19:49:54.323960       1 reflector.go:204] "Failed to watch" err="failed to list *v1.Pod: pods is forbidden: User \\"system:serviceaccount:obs:agent\\" cannot list resource \\"pods\\" in API group \\"\\" at the cluster scope" logger="UnhandledError" type="*v1.Pod"';
    expect(readWords('agent-0', [says, line(1, 'info', 'x', {}), says, says].join('\n'))).toEqual([
      {
        pod: 'agent-0',
        component: '',
        signal: '',
        words: 'is forbidden',
        about: 'pods',
        error:
          'pods is forbidden: User "system:serviceaccount:obs:agent" cannot list resource "pods" in API group "" at the cluster scope',
        fromMs: Date.parse('2026-11-28T19:49:54.323Z'),
        toMs: Date.parse('2026-11-28T19:49:54.323Z'),
        lines: 2,
      },
    ]);
  });

  it('reads nothing of lines that repeat another’s error, or say no moment', () => {
    const dropped = { ...transform, error: 'failed to execute statement: set(a, 1), boom' };
    const log = [
      line(1, 'error', 'Exporting failed. Dropping data.', dropped),
      `no moment\t${refusing}\t{}`,
    ].join('\n');
    expect(readWords('agent-0', log)).toEqual([]);
  });
});
