import { hasExpansion } from '../lib/expansion.ts';
import { duration, misfit, object, type Reader } from './read.ts';
import type { Component, ComponentKind } from './types.ts';

/**
 * What a component's settings are decoded into. The collector decodes without weak typing (confmap
 * v1.58.0, internal/decoder.go): no number for a text, no text for a number, true or false only
 * unquoted; a text that names a variable is decoded once that is known. What is not listed is left
 * to the collector.
 */
type Kind = 'text' | 'texts' | 'boolean' | 'number' | 'wholes' | 'duration';
type Shape = Kind | { readonly [key: string]: Shape };

const retry: Shape = {
  enabled: 'boolean',
  initial_interval: 'duration',
  randomization_factor: 'number',
  multiplier: 'number',
  max_interval: 'duration',
  max_elapsed_time: 'duration',
};
const queue: Shape = {
  enabled: 'boolean',
  num_consumers: 'number',
  queue_size: 'number',
  sizer: 'text',
  block_on_overflow: 'boolean',
  wait_for_result: 'boolean',
  storage: 'text',
  batch: { flush_timeout: 'duration', min_size: 'number', max_size: 'number', sizer: 'text' },
};
const tls: Shape = {
  insecure: 'boolean',
  insecure_skip_verify: 'boolean',
  server_name_override: 'text',
  ca_file: 'text',
  cert_file: 'text',
  key_file: 'text',
};
const sender: Shape = { timeout: 'duration', retry_on_failure: retry, sending_queue: queue };
const client: Shape = { ...sender, endpoint: 'text', compression: 'text', tls };
const grpc: Shape = {
  ...client,
  authority: 'text',
  balancer_name: 'text',
  read_buffer_size: 'number',
  wait_for_ready: 'boolean',
  write_buffer_size: 'number',
};

/** By type, as of collector v0.152.0 (config.go of each). */
const shapes: Readonly<Record<ComponentKind, Readonly<Record<string, Shape>>>> = {
  receivers: {
    file_log: { include: 'texts', exclude: 'texts' },
    otlp: {
      protocols: {
        grpc: { endpoint: 'text', transport: 'text', max_recv_msg_size_mib: 'number', tls },
        http: {
          endpoint: 'text',
          traces_url_path: 'text',
          metrics_url_path: 'text',
          logs_url_path: 'text',
          max_request_body_size: 'number',
          include_metadata: 'boolean',
          tls,
        },
      },
    },
  },
  processors: {
    batch: {
      timeout: 'duration',
      send_batch_size: 'number',
      send_batch_max_size: 'number',
      metadata_keys: 'texts',
      metadata_cardinality_limit: 'number',
    },
    memory_limiter: {
      check_interval: 'duration',
      limit_mib: 'number',
      spike_limit_mib: 'number',
      limit_percentage: 'number',
      spike_limit_percentage: 'number',
    },
    probabilistic_sampler: {
      sampling_percentage: 'number',
      hash_seed: 'number',
      mode: 'text',
      attribute_source: 'text',
      from_attribute: 'text',
      fail_closed: 'boolean',
    },
    filter: { error_mode: 'text' },
    transform: { error_mode: 'text' },
    k8s_attributes: {
      auth_type: 'text',
      passthrough: 'boolean',
      wait_for_metadata: 'boolean',
      wait_for_metadata_timeout: 'duration',
    },
  },
  exporters: {
    otlp_grpc: grpc,
    otlp_http: {
      ...client,
      encoding: 'text',
      traces_endpoint: 'text',
      metrics_endpoint: 'text',
      logs_endpoint: 'text',
    },
    loadbalancing: {
      ...sender,
      protocol: { otlp: grpc },
      resolver: {
        dns: { hostname: 'text', port: 'text', interval: 'duration', timeout: 'duration' },
        k8s: { service: 'text', ports: 'wholes', timeout: 'duration', return_hostnames: 'boolean' },
        static: { hostnames: 'texts' },
      },
      routing_key: 'text',
      routing_attributes: 'texts',
    },
    prometheusremotewrite: { ...client, namespace: 'text' },
    file: { path: 'text', format: 'text', compression: 'text', append: 'boolean' },
    debug: { verbosity: 'text', sampling_initial: 'number', sampling_thereafter: 'number' },
  },
  connectors: {},
  extensions: {
    health_check: { endpoint: 'text', path: 'text' },
    file_storage: { directory: 'text', timeout: 'duration', create_directory: 'boolean' },
    pprof: { endpoint: 'text' },
    zpages: { endpoint: 'text' },
  },
};

/** What the collector would refuse to decode in the settings that are known is a problem. */
export function checkSettings(components: readonly Component[], reader: Reader): void {
  for (const { kind, id, type, config } of components) {
    const shape = shapes[kind][type] ?? (kind === 'exporters' ? sender : {});
    check(reader, shape, config, [kind, id]);
  }
}

const expected: Readonly<Record<Exclude<Kind, 'duration'>, string>> = {
  text: 'a text: put it in quotes',
  texts: 'a list of texts',
  boolean: 'true or false, without quotes',
  number: 'a number, without quotes',
  wholes: 'a list of whole numbers',
};

function check(reader: Reader, shape: Shape, value: unknown, path: readonly string[]): void {
  if (value === undefined || value === null) return;
  if (typeof shape !== 'string') {
    // A mapping may come from a variable as a whole.
    if (typeof value === 'string' && hasExpansion(value)) return;
    if (object(value) !== value) misfit(reader, value, path, 'a mapping');
    for (const [key, inner] of Object.entries(shape)) {
      check(reader, inner, object(value)[key], [...path, key]);
    }
  } else if (shape === 'duration') duration(reader, value, path, 0);
  else if (!isOf(shape, value)) misfit(reader, value, path, expected[shape]);
}

function isOf(kind: Exclude<Kind, 'duration'>, value: unknown): boolean {
  // A variable's value is decoded as what is asked for where it can be.
  if (typeof value === 'string' && hasExpansion(value)) return true;
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number';
    case 'texts':
      // A text is split at its commas.
      return typeof value === 'string' || (Array.isArray(value) && value.every(isText));
    case 'wholes':
      return Array.isArray(value) && value.every((item) => isOf('number', item));
  }
}

const isText = (value: unknown): boolean => typeof value === 'string';
