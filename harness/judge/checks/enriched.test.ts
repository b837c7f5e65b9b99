import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../evidence/types.ts';
import type { PodKey } from '../../scenario/words/enriched.ts';
import type { JudgeContext } from '../watch.ts';
import { itemOf, judged, logOf, traceOf } from './accounts.testing.ts';
import { createEnrichedCheck } from './enriched.ts';

const pods = ['cart-a', 'cart-b'].map((name, node) => ({
  ...{ name, node, namespace: 'shop', deployment: 'cart', replicaSet: 'cart-1', uid: `u-${name}` },
}));
const ownOf = (pod: number): Attributes => ({
  'k8s.pod.name': pods[pod]?.name ?? '',
  'k8s.deployment.name': 'cart',
});
const looker = {
  ...{ id: 'k8s_attributes', type: 'k8s_attributes', place: { file: 'agent.yaml', line: 7 } },
  config: { extract: { metadata: ['k8s.pod.name', 'k8s.deployment.name'] } },
};
const deleter = {
  ...{ id: 'resource', type: 'resource', place: { file: 'gateway.yaml', line: 9 } },
  config: { attributes: [{ key: 'k8s.pod.name', action: 'delete' }] },
};

/** What was sent is resource 0; what backends saw is numbered behind it. */
function contextOf(resources: readonly Attributes[], agent: object[] = [looker], gateway = agent) {
  const steps = [
    { tier: { name: 'agent' }, processors: agent },
    { tier: { name: 'gateway' }, processors: gateway === agent ? [] : gateway },
  ];
  const all = [{ 'service.name': 'cart' }, ...resources];
  return {
    paths: { traces: { signal: 'traces', steps }, logs: { signal: 'logs', steps } },
    evidence: {
      facts: { pods, workerNodes: ['n0', 'n1'], addressOfPod: ['10.0.0.1', '10.0.0.2'] },
      resource: (id: number) => all[id] ?? {},
    },
    spoken: { by: () => [], startMs: 0 },
  } as unknown as JudgeContext;
}

const itemAt = (pod: number, ...seen: number[]) => {
  const item = itemOf(seen.length > 0 ? 'delivered' : 'notSampled');
  Object.assign(item.view.item, { pod, resourceId: 0 });
  const deliveries = seen.map((resourceId) => ({ kind: 'ok', sighting: { resourceId } }));
  return { ...item, view: { ...item.view, block: {}, deliveries } } as unknown as typeof item;
};

const names: PodKey[] = ['k8s.pod.name', 'k8s.deployment.name'];
const check = (context: JudgeContext, share = 1, keys = names) =>
  createEnrichedCheck({ check: 'enriched', keys, share }, context);

describe('enriched', () => {
  it('passes where each signal says of which pod it is', async () => {
    const context = contextOf([ownOf(0), ownOf(1)]);
    const spans = [itemAt(0, 1), itemAt(1, 2), itemAt(1)];
    const result = await judged(check(context), [traceOf(spans)], [logOf(itemAt(1, 2))]);
    expect(result).toMatchObject({
      verdict: 'pass',
      observed: '2 of 2 spans, 1 of 1 log records',
      findings: [],
    });
  });

  it('blames what does not extract what was promised', async () => {
    const context = contextOf([{ 'k8s.pod.name': 'cart-a' }]);
    const keys: PodKey[] = ['k8s.pod.name', 'k8s.node.name'];
    expect(await judged(check(context, 1, keys), [traceOf([itemAt(0, 1)])])).toMatchObject({
      verdict: 'fail',
      observed: '0 of 1 spans',
      findings: [
        {
          kind: 'metadata-missing',
          component: 'agent/k8s_attributes',
          cause: 'spans without k8s.node.name',
          why: 'extract.metadata: ["k8s.pod.name","k8s.deployment.name"] (agent.yaml:7)',
        },
      ],
    });
  });

  it('blames who takes it out, or that nobody puts it in', async () => {
    const seen = [{ 'k8s.deployment.name': 'cart' }];
    const taken = contextOf(seen, [looker], [deleter]);
    expect((await judged(check(taken), [traceOf([itemAt(0, 1)])])).findings).toMatchObject([
      { kind: 'metadata-missing', component: 'gateway/resource' },
    ]);
    const nobody = contextOf([{}], []);
    expect((await judged(check(nobody), [traceOf([itemAt(0, 1)])])).findings[0]).toMatchObject({
      component: 'agent',
      why: 'no k8s_attributes is on the way',
    });
  });

  it('blames the association where it is another pod’s, and the load where that said so', async () => {
    const context = contextOf([ownOf(1)]);
    const logs = [logOf(itemAt(0, 1))];
    expect((await judged(check(context), [], logs)).findings).toMatchObject([
      {
        kind: 'metadata-of-another-pod',
        component: 'agent/k8s_attributes',
        cause: 'log records with another k8s.pod.name',
        why: expect.stringMatching(/^pod_association: /),
        examples: [{ note: 'k8s.pod.name: cart-b' }],
      },
    ]);
    const said = contextOf([ownOf(1)]);
    said.evidence.resource = () => ownOf(1);
    expect((await judged(check(said), [], logs)).findings[0]?.component).toBe('load');
  });

  it('is of each backend that took it, and of each signal', async () => {
    const context = contextOf([ownOf(0), {}]);
    expect((await judged(check(context), [traceOf([itemAt(0, 1, 2)])])).verdict).toBe('fail');
    const spans = traceOf([itemAt(0, 1), itemAt(0, 1)]);
    const half = await judged(check(context, 0.5), [spans], [logOf(itemAt(0, 2))]);
    expect(half).toMatchObject({ verdict: 'fail', observed: '2 of 2 spans, 0 of 1 log records' });
  });

  it('takes a share of what came', async () => {
    const context = contextOf([ownOf(0), {}]);
    const load = [traceOf([itemAt(0, 1), itemAt(0, 1), itemAt(0, 2)])];
    expect((await judged(check(context, 0.66), load)).verdict).toBe('pass');
    expect((await judged(check(context, 0.67), load)).verdict).toBe('fail');
  });

  it('proves nothing by what did not come, or came from nobody knows where', async () => {
    const context = contextOf([ownOf(0), {}]);
    expect((await judged(check(context), [])).verdict).toBe('unknown');
    const noLogs = [logOf(itemAt(0))];
    expect((await judged(check(context), [traceOf([itemAt(0, 1)])], noLogs)).verdict).toBe(
      'unknown',
    );
    const strange = await judged(check(context), [traceOf([itemAt(9, 2)])]);
    expect(strange).toMatchObject({ verdict: 'unknown', observed: '0 of 1 spans (1 open)' });
  });
});
