import { isCalled } from '../../pipeline/called.ts';
import { failoverType } from '../../pipeline/routes.ts';
import { hopName, type SignalPath } from '../model/path.ts';
import type { Bucket } from './account.ts';
import type { ItemView } from './arrival.ts';
import type { JudgeContext } from './context.ts';

type Around = Pick<
  JudgeContext,
  'evidence' | 'backendOf' | 'pipeline' | 'spoken' | 'failedBetween'
>;
type Failover = NonNullable<SignalPath['failover']>;

/**
 * What a failover connector gives to another of its levels. It asks the first for each request; at
 * an error it moves to the next with the same request, stays there, and tries those before it with
 * one request each retry_interval (failoverconnector v0.152.0, traces.go, pipeline_selector.go). So
 * what came by one level is not missed on the ways of the others; what came by none is told of the
 * last that was seen to try it, of the first where none was.
 *
 * @returns undefined where this way is to answer for the item; `tookIt`: the other one has it
 */
export function failedOver(
  { evidence, backendOf }: Around,
  path: SignalPath,
  { item }: ItemView,
): { readonly tookIt: boolean; readonly bucket: Bucket } | undefined {
  const { failover } = path;
  if (!failover) return undefined;
  const seen = item.sightings.flatMap(({ recorder, request }) => {
    const level = levelOf(failover, backendOf.get(recorder));
    const { outcome, rejected = 0 } = evidence.request(recorder, request) ?? {};
    return level < 0 ? [] : { level, came: outcome === 'ok' && rejected === 0 };
  });
  const took = seen.filter(({ came }) => came).map(({ level }) => level);
  const answering = took.length > 0 ? took : [Math.max(0, ...seen.map(({ level }) => level))];
  if (answering.includes(failover.level)) return undefined;
  const { step, connector } = failover;
  const tier = path.steps[step]?.tier.name;
  const processor = `${tier}/${connector.id}`;
  const behind = (path.steps[step]?.sampler ?? -1) >= 0;
  const bucket = { kind: 'filtered', processor, type: failoverType, behind } as const;
  return { tookIt: took.length > 0, bucket };
}

const levelOf = ({ backends }: Failover, backend: string | undefined): number =>
  backends.findIndex((some) => backend !== undefined && some.includes(backend));

/**
 * It came by a level though nothing is known to have failed at the one before it: a request that
 * was refused or broken there, a fault of its backend, or words of an exporter to it.
 */
export function withoutCause(
  { evidence, backendOf, pipeline, spoken, failedBetween }: Around,
  path: SignalPath,
  { deliveries }: ItemView,
): Bucket | undefined {
  const { failover } = path;
  if (!failover || failover.level === 0) return undefined;
  const { backends, exporters, level, step, connector } = failover;
  const before = pipeline.backends.filter(({ id }) => backends[level - 1]?.includes(id));
  const byMs = Math.max(...deliveries.map(({ toMs }) => toMs));
  const recorders = evidence.recorders.flatMap(({ number }) =>
    before.some(({ id }) => id === backendOf.get(number)) ? number : [],
  );
  const tier = path.steps[step]?.tier;
  const isBroken = (fault: number): boolean => {
    const called = evidence.facts.faults[fault]?.spec.target.backend;
    return called !== undefined && before.some((backend) => isCalled(backend, called));
  };
  const failed =
    failedBetween(new Set(recorders), 0, byMs) ||
    evidence.receipts.some(({ fault, injectedMs }) => injectedMs <= byMs && isBroken(fault)) ||
    spoken
      .by(tier?.name ?? '')
      .some(({ component, fromMs }) => fromMs <= byMs && exporters[level - 1]?.includes(component));
  if (failed) return undefined;
  const by = `${tier?.name}/${connector.id}`;
  const why = `came by level ${level + 1} of ${by}, though nothing failed at the one before it`;
  return { kind: 'unexplained', hop: hopName(path, path.steps.length), why };
}
