import { expect, it } from 'vitest';
import type { ItemAccount } from '../ledger/account.ts';
import { itemOf, judged, logOf, traceOf } from './accounts.testing.ts';
import { askedAtOne } from './at-one.ts';
import { provedByIntake } from './intake.ts';
import { createLostCheck } from './lost.ts';

const lost = (): ItemAccount =>
  itemOf('lost', {
    bucket: { kind: 'lost', hop: 'agent', cause: 'held-by-killed', detail: '' } as never,
  });
const asking = { spans: 0, logs: 0, metricPoints: undefined, except: [], atMost: undefined };
const context = { memoryDoubts: [], samplerStep: 1, sampling: undefined };
const check = (signals: readonly ('traces' | 'logs')[], at?: string) => {
  const own = createLostCheck({ check: 'lost', ...asking }, context);
  const proved = provedByIntake(own, 'nothing to lose', at === undefined ? undefined : signals);
  return askedAtOne(proved, { at, signals });
};
const spans = [traceOf([lost()])];

it('looks at what leads to that backend alone, and is told by it', async () => {
  const logs = [logOf(lost())];
  expect(await judged(check(['logs'], 'loki'), spans, logs)).toMatchObject({
    verdict: 'fail',
    subject: 'at loki',
    findings: [{ count: 1, cause: 'logs' }],
  });
  const fine = [logOf(itemOf('delivered'))];
  expect((await judged(check(['traces'], 'tempo'), spans, fine)).verdict).toBe('fail');
});

it('looks at all, with the subject that it has, where no backend is named', async () => {
  const result = await judged(check(['logs']), spans, []);
  expect(result).toMatchObject({ verdict: 'fail', subject: '' });
});

it('proves nothing where nothing of what it asks for came', async () => {
  const nowhere = itemOf('refused');
  const result = await judged(check(['logs'], 'loki'), spans, [logOf(nowhere)]);
  expect(result.verdict).toBe('unknown');
  expect(result.observed).toContain('no log record was taken in');
  expect(result.observed).not.toContain('no span');
});
