import type { Leg, Route } from '../../pipeline/routes.ts';
import type { Pipeline, Signal, SignalPipeline, Tier } from '../../pipeline/types.ts';

/** The pipeline as one route sees it: of that route's signal each tier has its own leg alone. */
export function alongRoute(pipeline: Pipeline, { signal, legs }: Route): Pipeline {
  return {
    ...pipeline,
    tiers: pipeline.tiers.map((tier) => {
      const leg = legs.find((own) => own.tier.name === tier.name);
      return leg ? throughLeg(tier, signal, leg) : withoutSampler(tier, signal);
    }),
  };
}

function throughLeg(tier: Tier, signal: Signal, leg: Leg): Tier {
  const { receivers, processors, output } = leg;
  const own: SignalPipeline = {
    id: signal,
    signal,
    receivers: receivers.filter(({ kind }) => kind !== 'connectors'),
    processors,
    exporters: [output.exporter],
  };
  const sampler = processors.find(({ type }) => type === 'tail_sampling');
  return {
    ...tier,
    pipelines: [...tier.pipelines.filter((other) => other.signal !== signal), own],
    outputs: [...tier.outputs.filter((other) => other.signal !== signal), output],
    ...(signal === 'traces'
      ? {
          tailSampling:
            sampler && tier.samplers.find(({ component }) => component.id === sampler.id),
        }
      : {}),
  };
}

const withoutSampler = (tier: Tier, signal: Signal): Tier =>
  signal === 'traces' ? { ...tier, tailSampling: undefined } : tier;
