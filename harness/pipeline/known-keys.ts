import { nearest, type Reader } from './read.ts';
import type { Component, ComponentKind } from './types.ts';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/**
 * All settings of the components that are in most configurations, at their top (collector v0.152.0:
 * config.go of each, config/configgrpc, config/confighttp, internal/memorylimiter).
 */
const settings: Partial<Record<ComponentKind, Readonly<Record<string, readonly string[]>>>> = {
  processors: {
    batch: words(
      'metadata_cardinality_limit metadata_keys send_batch_max_size send_batch_size timeout',
    ),
    memory_limiter: words(`
      check_interval limit_mib limit_percentage min_gc_interval_when_hard_limited
      min_gc_interval_when_soft_limited spike_limit_mib spike_limit_percentage
    `),
  },
  exporters: {
    otlp_grpc: words(`
      auth authority balancer_name compression endpoint headers keepalive middlewares
      read_buffer_size retry_on_failure sending_queue timeout tls user_agent wait_for_ready
      write_buffer_size
    `),
    otlp_http: words(`
      auth compression compression_params cookies disable_keep_alives encoding endpoint
      force_attempt_http2 headers http2_ping_timeout http2_read_idle_timeout idle_conn_timeout
      logs_endpoint max_conns_per_host max_idle_conns max_idle_conns_per_host metrics_endpoint
      middlewares profiles_endpoint proxy_url read_buffer_size retry_on_failure sending_queue
      timeout tls traces_endpoint write_buffer_size
    `),
  },
};

/** A setting that the collector does not have ends it at once (`has invalid keys`). */
export function checkKeys(components: readonly Component[], reader: Reader): void {
  for (const { kind, id, type, config } of components) {
    const known = settings[kind]?.[type];
    if (!known) continue;
    for (const key of Object.keys(config)) {
      if (known.includes(key)) continue;
      const message = `${kind.slice(0, -1)} "${id}" has no setting "${key}"`;
      const place = reader.place([kind, id, key]);
      reader.problems.push({ place, message, ...nearest(key, known, 2) });
    }
  }
}
