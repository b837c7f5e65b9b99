import type { Output, Signal, Tier } from '../../pipeline/types.ts';

/** It speaks Prometheus' remote write. */
export const isRemoteWriter = ({ exporter }: Pick<Output, 'exporter'>): boolean =>
  exporter.type === 'prometheusremotewrite';

/** Where a tier sends a signal to. */
export const outputsOf = (tier: Pick<Tier, 'outputs'> | undefined, signal: Signal): Output[] =>
  (tier?.outputs ?? []).filter((output) => output.signal === signal);
