import { expect, it } from 'vitest';
import type { CheckResult } from '../types.ts';
import { openSharedStores } from './shared-stores.ts';

const store = (host: string, kind = 'tempo') => ({ host, kind, signals: ['traces'] });
const visible = { name: 'visible', verdict: 'pass', findings: [] } as unknown as CheckResult;
const lost = { ...visible, name: 'lost' } as CheckResult;
const opened = (...backends: object[]) =>
  openSharedStores({ backends } as never, [visible, lost]).map(({ verdict }) => verdict);

it('does not tell when a trace could be queried in one of two stores', () => {
  expect(opened(store('tempo'), store('archive'))).toEqual(['unknown', 'pass']);
});

it('tells it of the only store, whatever stands beside it', () => {
  expect(opened(store('tempo'), store('api', 'otlp'))).toEqual(['pass', 'pass']);
});
