import { parseDurationMs } from '../../lib/units.ts';
import { object, text } from '../../pipeline/read.ts';
import { type Sender, sendersOf } from '../../pipeline/senders.ts';
import type { Component, Output } from '../../pipeline/types.ts';

/** Defaults of batchprocessor and exporterhelper v0.152.0. */
const batchTimeout = '200ms';

/** Default of groupbytraceprocessor v0.152.0 (factory.go). */
const groupedFor = '1s';

/** How long `batch` and `groupbytrace` processors may hold an item back, one after the other. */
export function batchedForMs(processors: readonly Component[]): number {
  return processors.reduce((sum, { type, config }) => {
    if (type === 'batch') return sum + durationOr(config.timeout);
    return type === 'groupbytrace' ? sum + durationOr(config.wait_duration, groupedFor) : sum;
  }, 0);
}

/** How long the batches of exporters' own queues may hold an item back. */
export function queuedForMs(outputs: readonly Pick<Output, 'exporter'>[]): number {
  return Math.max(
    0,
    ...outputs.map(({ exporter }) =>
      sendersOf(exporter).reduce((sum, sender) => sum + batchedBySenderMs(sender), 0),
    ),
  );
}

/** How long the batch of one sender's queue may hold an item back. */
export function batchedBySenderMs({ queue }: Sender): number {
  const batch = queue?.batch;
  return batch === undefined || batch === null ? 0 : durationOr(object(batch).flush_timeout);
}

const durationOr = (written: unknown, otherwise = batchTimeout): number =>
  parseDurationMs(text(written) ?? otherwise) ?? 0;
