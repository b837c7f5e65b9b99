import { expect, it } from 'vitest';
import type { CheckResult, Finding } from './judge/types.ts';
import { loadPipeline } from './pipeline/load.ts';
import { reconnect } from './pipeline/retries.ts';
import { edit, files } from './pipeline/two-tier.testing.ts';
import { failedBy, sizedTierOf, whyUnknown } from './size-run.ts';

it('sizes the tier that samples, by what its manifest says', () => {
  const edits = [edit('gateway', 'spec.resources.limits.cpu', '500m')];
  expect(sizedTierOf(loadPipeline('two-tier', files, edits), undefined)).toEqual({
    name: 'gateway',
    replicas: 2,
    cpuLimit: 0.5,
    isRing: true,
    decisionWaitMs: 10_000,
    numTraces: 50_000,
    queueSize: 1_000,
    consumers: 10,
    comeBack: {
      consumers: 10,
      connection: reconnect,
      retry: { initialMs: 1_000, mostMs: 30_000, multiplier: 1.5, jitter: 0.5 },
    },
    backend: 'tempo:4317',
  });
});

it('does not know a queue that counts other than requests', () => {
  const queue = { sizer: 'items', queue_size: 5_000 };
  const path = 'spec.config.exporters.otlp_grpc/tempo.sending_queue';
  const pipeline = loadPipeline('two-tier', files, [edit('gateway', path, queue)]);
  expect(sizedTierOf(pipeline, undefined)?.queueSize).toBeUndefined();
});

it('does not know a queue whose exporter drops what failed once', () => {
  const path = 'spec.config.exporters.otlp_grpc/tempo.retry_on_failure.enabled';
  const pipeline = loadPipeline('two-tier', files, [edit('gateway', path, false)]);
  expect(sizedTierOf(pipeline, undefined)?.queueSize).toBeUndefined();
});

it('has no number of replicas to give for a DaemonSet', () => {
  const pipeline = loadPipeline('two-tier', files);
  expect(sizedTierOf(pipeline, 'agent')).toBeUndefined();
  expect(sizedTierOf(pipeline, 'nobody')).toBeUndefined();
});

const finding = (kind: Finding['kind'], component: string, cause: string, more: object = {}) =>
  ({ kind, component, cause, hop: '', count: 1, examples: [], fix: '', ...more }) as never;
const check = (name: string, verdict: string, ...findings: Finding[]) =>
  ({ name, subject: '', verdict, expected: '', observed: `${name} seen`, findings }) as CheckResult;

it('says of a run that proves nothing what is behind it, not what that opened', () => {
  const late = finding('load-not-offered', 'k6', 'sent more than 1.0 s late', { gap: 'bench' });
  const lost = finding('dropped-by-exporter', 'gateway/otlp', 'queue is full');
  const checks = [check('lost', 'unknown', lost), check('load', 'unknown', late)];
  expect(whyUnknown(checks)).toBe('k6: sent more than 1.0 s late');
  expect(whyUnknown([check('kept', 'pass', late), check('lost', 'unknown')])).toBe(
    'lost: lost seen',
  );
  expect(whyUnknown([])).toBe('no reason is told');
});

it('says of a run that lost spans what is to blame, and what to do', () => {
  const full = finding('dropped-by-exporter', 'gateway/otlp', 'queue is full', { fix: 'raise it' });
  const open = finding('evidence-missing', 'tempo', 'no answer');
  const checks = [check('lost', 'fail', full), check('backends', 'unknown', open)];
  expect(failedBy(checks)).toBe('gateway/otlp: queue is full; raise it');
  expect(failedBy([check('backends', 'unknown', open)])).toBeUndefined();
});
