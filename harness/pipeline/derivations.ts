import { enteredBy } from './doors.ts';
import { entranceOf, entryTierOf } from './entry.ts';
import { guardOf } from './routes.ts';
import type { Component, Output, Pipeline, Signal, SignalPipeline, Tier } from './types.ts';

/** A connector that makes metrics of another signal. */
export interface Derivation {
  readonly connector: Component;
  readonly tier: Tier;
  readonly signal: Signal;
  /** Of the metrics pipelines that it feeds: what they do, and where they send. */
  readonly processors: readonly Component[];
  readonly outputs: readonly Output[];
  /** The pipeline as what enters the connector sees it: it ends there. */
  readonly pipeline: Pipeline;
  /** Why what enters it can't be followed. */
  readonly unclear: readonly string[];
}

/** Connectors of these types count what they are given. */
export const countingTypes: ReadonlySet<string> = new Set(['span_metrics', 'count']);

/** Every use of a connector of that name, or of that type, which feeds metrics pipelines. */
export function derivationsOf(pipeline: Pipeline, name: string): Derivation[] {
  return pipeline.tiers.flatMap((tier) =>
    tier.components
      .filter(({ kind, id, type }) => kind === 'connectors' && (id === name || type === name))
      .flatMap((connector) =>
        (['traces', 'logs'] as const).flatMap((signal) =>
          derivationIn(pipeline, tier, connector, signal),
        ),
      ),
  );
}

const names = (some: readonly Component[], { id }: Component): boolean =>
  some.some((one) => one.id === id);

function derivationIn(
  pipeline: Pipeline,
  tier: Tier,
  connector: Component,
  signal: Signal,
): Derivation[] {
  const own = tier.pipelines.filter((one) => one.signal === signal);
  const feeding = own.filter(({ exporters }) => names(exporters, connector));
  const fed = tier.pipelines.filter(
    (one) => one.signal === 'metrics' && names(one.receivers, connector),
  );
  const [last] = feeding;
  if (!last || fed.length === 0) return [];
  const chain = chainTo(last, own);
  const unclear = [
    ...(feeding.length > 1 ? [`several pipelines feed ${connector.id}`] : []),
    ...(fed.length > 1 ? [`${connector.id} feeds several pipelines`] : []),
    ...(chain ? [] : [`what leads to ${last.id} is not modelled`]),
    ...(chain?.[0] && passesBy(pipeline, tier, signal, chain[0])
      ? [`the load does not get into pipeline ${chain[0].id}`]
      : []),
  ];
  const exporters = fed.flatMap((one) => one.exporters);
  return [
    {
      connector,
      tier,
      signal,
      processors: fed.flatMap(({ processors }) => processors),
      outputs: tier.outputs.filter(
        (output) => output.signal === 'metrics' && names(exporters, output.exporter),
      ),
      pipeline: endingAt(pipeline, tier, connector, signal, chain ?? [last]),
      unclear,
    },
  ];
}

/** It stands in the tier by which the load comes, behind a receiver by which that does not. */
function passesBy(pipeline: Pipeline, tier: Tier, signal: Signal, { id }: SignalPipeline): boolean {
  if (entryTierOf(pipeline, signal) !== tier) return false;
  const own = tier.pipelines.filter((one) => one.signal === signal);
  return enteredBy(own, entranceOf(pipeline, signal)).every((one) => one.id !== id);
}

/** Pipelines from outside to this one, with guards where a routing connector parts them. */
function chainTo(
  end: SignalPipeline,
  own: readonly SignalPipeline[],
): readonly SignalPipeline[] | undefined {
  const chain = [end];
  for (let at = end; at.receivers.every(({ kind }) => kind === 'connectors'); ) {
    const before = own.filter(({ exporters }) => at.receivers.some((r) => names(exporters, r)));
    const [one] = before;
    const joint = one && at.receivers.find((receiver) => names(one.exporters, receiver));
    if (!one || !joint || before.length > 1 || chain.includes(one)) return undefined;
    if (joint.type === 'routing') {
      chain[0] = { ...at, processors: [guardOf(joint, at.id), ...at.processors] };
    } else if (joint.type !== 'forward') return undefined;
    chain.unshift(one);
    at = one;
  }
  return chain;
}

function endingAt(
  pipeline: Pipeline,
  tier: Tier,
  connector: Component,
  signal: Signal,
  chain: readonly SignalPipeline[],
): Pipeline {
  const processors = chain.flatMap((one) => one.processors);
  const receivers = chain[0]?.receivers.filter(({ kind }) => kind !== 'connectors') ?? [];
  const only: SignalPipeline = {
    id: signal,
    signal,
    receivers,
    processors,
    exporters: [connector],
  };
  const sampler = processors.find(({ type }) => type === 'tail_sampling');
  const leadsThere = (name: string, seen: readonly string[] = []): boolean =>
    name === tier.name ||
    (!seen.includes(name) &&
      outputsOf(pipeline, name, signal).some(
        ({ to }) => 'tier' in to && leadsThere(to.tier, [...seen, name]),
      ));
  const tiers = pipeline.tiers.map((other): Tier => {
    if (other.name !== tier.name) {
      const outputs = other.outputs.filter(
        ({ signal: of, to }) => of !== signal || ('tier' in to && leadsThere(to.tier)),
      );
      return { ...other, outputs };
    }
    const rest = other.pipelines.filter((one) => one.signal !== signal);
    return {
      ...other,
      pipelines: [...rest, only],
      outputs: other.outputs.filter((output) => output.signal !== signal),
      tailSampling: sampler && other.samplers.find(({ component }) => component.id === sampler.id),
    };
  });
  const entry = entryTierOf(pipeline, signal);
  return entry && !leadsThere(entry.name) ? { ...pipeline, tiers: [] } : { ...pipeline, tiers };
}

const outputsOf = ({ tiers }: Pipeline, name: string, signal: Signal): readonly Output[] =>
  tiers.find((tier) => tier.name === name)?.outputs.filter((own) => own.signal === signal) ?? [];
