import { parseDurationMs } from '../../lib/units.ts';
import { object, text } from '../../pipeline/read.ts';
import type { Component, Output } from '../../pipeline/types.ts';

/** Defaults of batchprocessor and exporterhelper v0.152.0. */
const batchTimeout = '200ms';

/** How long `batch` processors may hold an item back, one after the other. */
export function batchedForMs(processors: readonly Component[]): number {
  return processors
    .filter(({ type }) => type === 'batch')
    .reduce((sum, { config }) => sum + durationOr(config.timeout), 0);
}

/** How long the batches of exporters' own queues may hold an item back. */
export function queuedForMs(outputs: readonly Pick<Output, 'exporter'>[]): number {
  const batches = outputs.flatMap(({ exporter }) => {
    const { batch } = object(exporter.config.sending_queue);
    return batch === undefined || batch === null ? [] : [object(batch)];
  });
  return Math.max(0, ...batches.map((batch) => durationOr(batch.flush_timeout)));
}

const durationOr = (written: unknown): number =>
  parseDurationMs(text(written) ?? batchTimeout) ?? 0;
