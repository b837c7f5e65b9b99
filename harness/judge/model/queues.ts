import { text } from '../../pipeline/read.ts';
import { type Sender, sendersOf } from '../../pipeline/senders.ts';
import type { Component, Signal, Tier } from '../../pipeline/types.ts';
import { outputsOf } from './outputs.ts';

/**
 * Where an exporter keeps its queue: in its memory, or in the folder of a storage extension that is
 * on no volume (and goes with the container), on an emptyDir (with the pod), or on a volume that
 * outlives the pod.
 */
export type QueuePlace = 'memory' | 'container' | 'pod' | 'volume';

/**
 * Where a tier queues a signal, an entry a queue that is passed. A persistent queue is not drained
 * when its collector ends: what is in it waits for the next process that finds it (exporterhelper
 * v0.152.0, internal/queue/persistent_queue.go, Shutdown).
 */
export const queuePlaces = (tier: Tier, signal: Signal): QueuePlace[] =>
  outputsOf(tier, signal).flatMap(({ exporter }) => queuesOf(tier, exporter).map((q) => q.place));

/**
 * What was made anew behind the end of a process; with its `volumes` all that was on any disk;
 * `nothing` where its pod was to go for good, and what is on any disk waits for nobody.
 */
export type Ended = 'container' | 'pod' | 'volumes' | 'nothing';

/** Whether a queue is gone, or out of reach, behind such an end. */
export const isGoneWith = (place: QueuePlace, ended: Ended): boolean =>
  place === 'container' ||
  (place === 'pod' && ended === 'pod') ||
  (place !== 'memory' && (ended === 'volumes' || ended === 'nothing'));

/** Of filestorage v0.152.0 (default_others.go). */
const defaultFolder = '/var/lib/otelcol/file_storage';

/** Where one exporter of a tier does, queue by queue; without any, what it sends is in memory. */
export function queuesOf(
  tier: Tier,
  exporter: Component,
): readonly { readonly sender: Sender; readonly place: QueuePlace }[] {
  const senders = sendersOf(exporter);
  const queueing = senders.filter(({ queue }) => queue);
  return (queueing.length > 0 ? queueing : senders.slice(-1)).map((sender) => ({
    sender,
    place: queuePlace(tier, sender),
  }));
}

const queuePlace = (tier: Tier, { queue = {} }: Sender): QueuePlace =>
  placeOfStorage(tier, text(queue.storage));

/** Where what is kept in a storage extension is; in memory where none is named. */
export function placeOfStorage(tier: Tier, storage: string | undefined): QueuePlace {
  const extension = tier.components.find(
    (c) => c.kind === 'extensions' && c.type === 'file_storage' && c.id === storage,
  );
  return extension ? volumeOf(tier, text(extension.config.directory) ?? defaultFolder) : 'memory';
}

function volumeOf({ workload: { mounts, volumes } }: Tier, folder: string): QueuePlace {
  const holding = mounts.filter(({ path }) =>
    `${folder}/`.startsWith(`${path.replace(/\/$/, '')}/`),
  );
  const innermost = holding.sort((a, b) => b.path.length - a.path.length)[0];
  const volume = volumes.find(({ name }) => name === innermost?.volume);
  if (!volume) return 'container';
  return 'emptyDir' in volume.source ? 'pod' : 'volume';
}
