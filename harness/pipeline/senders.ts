import { at, object, type Plain, text } from './read.ts';
import type { Component } from './types.ts';

/** One place at which an exporter queues, tries again and gives up (exporterhelper v0.152.0). */
export interface Sender {
  /** Below which its settings stand: none, or `protocol.otlp`. */
  readonly under: string;
  /** `sending_queue`; undefined where it has none. */
  readonly queue: Plain | undefined;
  /** `retry_on_failure`; undefined where it tries only once. */
  readonly retry: Plain | undefined;
  /** As it is written. */
  readonly timeout: string | undefined;
}

/**
 * The senders that an item passes in an exporter, in order. `loadbalancing` makes an OTLP exporter
 * of its `protocol.otlp` for each endpoint. Its own queue in front of these is off unless it is
 * written, its own retries unless they are switched on (loadbalancingexporter v0.152.0, its
 * factory.go).
 */
export function sendersOf({ type, config }: Component): readonly Sender[] {
  if (type !== 'loadbalancing') return [sender('', config)];
  const { sending_queue: queue, retry_on_failure: retry } = config;
  const own = {
    ...sender('', config),
    ...(queue === undefined || queue === null ? { queue: undefined } : {}),
    ...(object(retry).enabled === true ? {} : { retry: undefined }),
  };
  return [own, sender('protocol.otlp', object(at(config, 'protocol', 'otlp')))];
}

function sender(under: string, settings: Plain): Sender {
  const queue = object(settings.sending_queue);
  const retry = object(settings.retry_on_failure);
  return {
    under,
    queue: queue.enabled === false ? undefined : queue,
    retry: retry.enabled === false ? undefined : retry,
    timeout: text(settings.timeout),
  };
}

/** The sender whose queue refuses what comes; the last, where none has a queue. */
export function doorOf(component: Component): Sender {
  const senders = sendersOf(component);
  return (senders.find(({ queue }) => queue) ?? senders.at(-1)) as Sender;
}

/** Where a sender's setting stands in its exporter's: `protocol.otlp.sending_queue.queue_size`. */
export const settingPath = ({ under }: Pick<Sender, 'under'>, name: string): string =>
  under === '' ? name : `${under}.${name}`;
