import { describe, expect, it } from 'vitest';
import type { ItemAccount } from '../ledger/account.ts';
import type { JudgeContext } from '../watch.ts';
import { itemOf, judged, traceOf } from './accounts.testing.ts';
import { createEndsCheck } from './ends.ts';

const debug = { kind: 'exporters', id: 'debug', type: 'debug', config: {} };
const traces = { id: 'traces', signal: 'traces', receivers: [], exporters: [debug] };
const batch = (timeout: string) => ({ id: 'batch', type: 'batch', config: { timeout } });
const life = { pod: 'gw-0', uid: 'u', life: 0, tier: 'gw', ending: 'stop' };
const told = (spans: Readonly<Record<string, number>>) => ({
  pod: 'gw-0',
  life: 0,
  atMs: 9e4,
  spans,
});

interface Over {
  readonly tier?: object;
  readonly path?: object;
  readonly evidence?: object;
  readonly samplerStep?: number;
}

/** A gateway whose traces end in `debug`, which counted so many. */
function contextOf(counted: number, { tier, path, evidence, samplerStep = -1 }: Over = {}) {
  const own = { name: 'gw', components: [debug], pipelines: [traces], ...tier };
  const step = { tier: own, processors: [batch('200ms')] };
  return {
    samplerStep,
    evidence: { facts: {}, lives: [life], sent: [told({ debug: counted })], ...evidence },
    paths: { traces: { steps: [step], ends: ['gw/debug'], backends: [], unclear: [], ...path } },
  } as unknown as JudgeContext;
}

/** Came to the gateway so, at that moment. */
const came = (kind: string, toMs = 1_000) => ({ kind, toMs, incarnation: { key: 'gw-0/u/0' } });

function spanOf(
  bucket: ItemAccount['bucket']['kind'],
  arrivals: readonly object[] = [came('ok')],
  over: Partial<ItemAccount> = {},
): ItemAccount {
  const account = itemOf(bucket, over);
  return { ...account, view: { ...account.view, arrivals: [arrivals] } } as unknown as ItemAccount;
}

const times = (count: number, make: () => ItemAccount) => Array.from({ length: count }, make);

async function say(context: JudgeContext, spans: readonly ItemAccount[], stays: object[] = []) {
  const check = createEndsCheck(context);
  if (!check) return undefined;
  const { verdict, observed, findings } = await judged(check, [traceOf(spans, { stays })]);
  return { verdict, observed, causes: findings.map(({ component, count }) => [component, count]) };
}

describe('what ends in a collector', () => {
  it('is as many as its exporter counted', async () => {
    expect(
      await say(
        contextOf(3),
        times(3, () => spanOf('ended')),
      ),
    ).toEqual({
      verdict: 'pass',
      observed: '3 spans by count',
      causes: [],
    });
  });

  it.each([0, 2, 4])('is unknown where it counted %i of 3', async (counted) => {
    expect(
      await say(
        contextOf(counted),
        times(3, () => spanOf('ended')),
      ),
    ).toEqual({
      verdict: 'unknown',
      observed: `debug of gw-0 counted ${counted} spans, 3 are to have ended in it`,
      causes: [['gw/debug', Math.abs(3 - counted)]],
    });
  });

  it.each([
    ['came twice', [spanOf('ended', [came('ok'), came('ok')])], [2, 2]],
    ['may have come', [spanOf('ended', [came('ok'), came('maybe')])], [1, 2]],
    ['was refused', [spanOf('ended', [came('ok'), came('refused')])], [1, 1]],
    ['was dropped', [spanOf('filtered')], [0, 0]],
    ['may have been dropped', [spanOf('filtered', undefined, { indeterminate: true })], [0, 1]],
    ['is lost behind it', [spanOf('lost')], [0, 1]],
    ['may be in a batch yet', [spanOf('ended', [came('ok', 88_900)])], [0, 1]],
    ['has just left its batch', [spanOf('ended', [came('ok', 88_300)])], [1, 1]],
  ])(
    'counts what %s between what it surely was and may have been',
    async (_, spans, [from, to]) => {
      for (const counted of [0, 1, 2, 3]) {
        const isDue = counted >= (from as number) && counted <= (to as number);
        const verdict = isDue ? 'pass' : 'unknown';
        expect(await say(contextOf(counted), spans)).toMatchObject({ verdict });
      }
    },
  );

  it('waits for the decision of a sampler', async () => {
    const spans = [spanOf('ended')];
    const held = new Set(spans.map(({ view }) => view.item.item));
    const sampled = (decidedToMs: number) =>
      say(contextOf(0, { samplerStep: 0 }), spans, [{ held, decidedToMs }]);
    expect(await sampled(50_000)).toMatchObject({ verdict: 'unknown' });
    expect(await sampled(89_000)).toMatchObject({ verdict: 'pass' });
  });

  it.each<[string, Over]>([
    ['goes on to a backend', { path: { backends: ['tempo:4317'] } }],
    ['has several ways', { path: { unclear: [{ hop: 'gw', why: 'two' }] } }],
    ['did not come to rest', { evidence: { facts: { unsettled: 'it went on' } } }],
    ['nobody told of', { evidence: { sent: [] } }],
    ['is in a process that was ended', { evidence: { lives: [{ ...life, ending: 'fault' }] } }],
    ['shares its exporter', { tier: { pipelines: [traces, { ...traces, id: 'traces/2' }] } }],
    ['ends in one that counts nothing', { tier: { components: [{ ...debug, type: 'nop' }] } }],
    ['ends in a connector', { tier: { components: [{ ...debug, kind: 'connectors' }] } }],
  ])('is not asked for where it %s', (_, over) => {
    expect(createEndsCheck(contextOf(0, over))).toBeUndefined();
  });
});
