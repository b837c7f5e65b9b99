import { describe, expect, it } from 'vitest';
import type { ItemAccount } from '../ledger/account.ts';
import type { JudgeContext } from '../watch.ts';
import { itemOf, judged, traceOf } from './accounts.testing.ts';
import { createBackendsCheck } from './backends.ts';

const answers = { traces: [], searched: [], logs: [], series: [], visibility: [], errors: [] };
const tempo = { id: 'tempo:4317', kind: 'tempo', signals: ['traces'] };
const outside = { id: 'api:443', kind: 'otlp', signals: ['traces', 'logs'] };
const leadingTo = (...backends: readonly { id: string }[]) => ({
  pipeline: { backends },
  paths: { traces: { backends: backends.map(({ id }) => id) } },
});
const contextOf = (sampling: unknown, traceIds: readonly string[] = []) => {
  const traces = traceIds.map((traceId) => ({ traceId, status: 200, spanIds: ['own'] }));
  const answered = { ...answers, traces, searched: traceIds };
  const evidence = { answers: answered };
  return { sampling, ...leadingTo(tempo), evidence } as unknown as JudgeContext;
};
const gone = (outcome: string) => traceOf([itemOf('notSampled')], { intent: { outcome } });

describe('backends', () => {
  it('is unknown where nothing came of what the policies keep', async () => {
    const traces = [gone('sampled'), gone('not-sampled')];
    const { verdict, observed } = await judged(createBackendsCheck(contextOf({})), traces);
    expect(verdict).toBe('unknown');
    expect(observed).toContain('nothing was delivered of 1 traces to be kept');
  });

  it('is unknown where nothing came at all and nothing samples', async () => {
    const check = createBackendsCheck(contextOf(undefined));
    expect((await judged(check, [traceOf([itemOf('refused')])])).verdict).toBe('unknown');
  });

  it('passes where nothing was to be kept, or something was and is there', async () => {
    const check = createBackendsCheck(contextOf({}));
    expect((await judged(check, [gone('not-sampled')])).verdict).toBe('pass');
    const span = itemOf('delivered');
    const view = { ...span.view, item: { ...span.view.item, spanId: 'own' } };
    const there = traceOf([{ ...span, view }], { intent: { outcome: 'sampled' } });
    const holds = createBackendsCheck(contextOf({}, [there.account.trace.traceId]));
    expect((await judged(holds, [there, gone('sampled')])).verdict).toBe('pass');
  });

  it('promises nothing of what a processor in front of the policies drops as it is told to', async () => {
    const sampled = { intent: { outcome: 'sampled' } };
    const judgedOf = async (...items: ItemAccount[]) =>
      (await judged(createBackendsCheck(contextOf({})), [traceOf(items, sampled)])).verdict;
    expect(await judgedOf(itemOf('filtered'))).toBe('pass');
    expect(await judgedOf(itemOf('filtered'), itemOf('lost'))).toBe('unknown');
    expect(await judgedOf({ ...itemOf('filtered'), indeterminate: true })).toBe('unknown');
  });

  const kept = (() => {
    const span = itemOf('delivered');
    const view = { ...span.view, item: { ...span.view.item, spanId: 'own' } };
    return traceOf([{ ...span, view }], { intent: { outcome: 'sampled' } });
  })();
  const { traceId } = kept.account.trace;
  const byId = { traceId, status: 200, spanIds: ['own'] };
  const up = { pod: 'gateway-0', tier: 'gateway', up: true, samples: 3, counters: {} };
  const whole = { ...answers, traces: [byId], searched: [traceId], series: [up] };

  it.each([
    ['nothing is amiss', {}, 'pass'],
    ['a trace is not there', { traces: [{ traceId, status: 404, spanIds: [] }] }, 'fail'],
    [
      'a trace could not be asked for',
      { traces: [{ ...byId, status: 503, spanIds: [] }] },
      'unknown',
    ],
    [
      'it holds more than was delivered',
      { traces: [{ ...byId, spanIds: ['own', 'other'] }] },
      'fail',
    ],
    ['search finds nothing', { searched: [] }, 'fail'],
    ['search gave no answer', { searched: undefined, errors: ['tempo search: 503'] }, 'unknown'],
    ['Prometheus gave no answer', { series: undefined, errors: ['prometheus: 503'] }, 'unknown'],
  ])('where %s', async (_, own, expected) => {
    const answered = { ...whole, ...own };
    const context = {
      ...contextOf({}),
      evidence: { answers: answered },
    } as unknown as JudgeContext;
    expect((await judged(createBackendsCheck(context), [kept])).verdict).toBe(expected);
  });

  it.each([
    ['alone stands behind a recorder: its record is all there is', [outside], 'pass'],
    ['stands beside a real one, which is asked', [outside, tempo], 'unknown'],
  ])('where a place outside %s', async (_, backends, expected) => {
    const context = { ...contextOf({}), ...leadingTo(...backends) } as unknown as JudgeContext;
    const told = await judged(createBackendsCheck(context as unknown as JudgeContext), [kept]);
    expect(told.verdict).toBe(expected);
    expect(told.observed.includes('can be asked')).toBe(expected === 'pass');
  });

  it.each([
    ['another backend did not take too', 'ok', 'pass'],
    ['a request broke off with', 'maybe', 'pass'],
    ['it refused', 'refused', 'fail'],
  ])('holds a span that %s: %s', async (_, kind, expected) => {
    const [own] = kept.account.spans;
    const lost = itemOf('lost');
    const deliveries = [{ kind }] as unknown as ItemAccount['view']['deliveries'];
    const view = { ...lost.view, item: { ...lost.view.item, spanId: 'lost' }, deliveries };
    const trace = { ...kept.account, spans: [own as ItemAccount, { ...lost, view }] };
    const answered = { ...whole, traces: [{ ...byId, spanIds: ['own', 'lost'] }] };
    const context = {
      ...contextOf({}),
      evidence: { answers: answered },
    } as unknown as JudgeContext;
    const { verdict } = await judged(createBackendsCheck(context), [{ ...kept, account: trace }]);
    expect(verdict).toBe(expected);
  });
});
