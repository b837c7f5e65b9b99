import { writtenType } from './components.ts';
import type { Config } from './configs.ts';
import type { ResourceEdit } from './edits.ts';
import { at, object, type Plain } from './read.ts';

/** What was beside an exporter's endpoint before 0.36, and is in its `tls` since. */
const ofTls: readonly string[] = [
  'ca_file',
  'cert_file',
  'insecure',
  'insecure_skip_verify',
  'key_file',
  'max_version',
  'min_version',
  'server_name_override',
];

/** Where an exporter's client is set, by types that had it so. */
const clientIn: Readonly<Record<string, readonly string[]>> = {
  jaeger: [],
  loadbalancing: ['protocol', 'otlp'],
  opencensus: [],
  otlp: [],
  otlphttp: [],
  prometheusremotewrite: [],
  zipkin: [],
};

interface Told {
  readonly notes: Set<string>;
}

/**
 * Settings that have moved or gone since, as the operator does it to resources that it made itself
 * (v0.148.0, pkg/collector/upgrade: v0_24_0.go, v0_36_0.go, v0_39_0.go).
 */
export const movedKeys = (config: Config, told: Told): ResourceEdit[] => [
  ...clientTls(config, told),
  ...serverTls(config, told),
  ...ballast(config, told),
  ...healthPort(config, told),
];

const pathTo = (kind: string, id: string, steps: readonly string[] = []): string =>
  [`${kind}["${id}"]`, ...steps].join('.');

function clientTls({ value, edit }: Config, { notes }: Told): ResourceEdit[] {
  return Object.entries(object(value.exporters)).flatMap(([id, exporter]): ResourceEdit[] => {
    const steps = clientIn[writtenType(id)];
    if (steps === undefined) return [];
    const client = object(at(exporter, ...steps));
    const moved = Object.entries(client).filter(([key]) => ofTls.includes(key));
    if (moved.length === 0) return [];
    const path = pathTo('exporters', id, steps);
    const names = moved.map(([key]) => key).join(', ');
    notes.add(`exporter "${id}": ${names} is in its tls here, where collectors have it since 0.36`);
    const tls: Plain = { ...Object.fromEntries(moved), ...object(client.tls) };
    return [...moved.map(([key]) => edit(`${path}.${key}`, null)), edit(`${path}.tls`, tls)];
  });
}

function serverTls({ value, edit }: Config, { notes }: Told): ResourceEdit[] {
  return Object.entries(object(value.receivers)).flatMap(([id, receiver]) =>
    Object.entries(object(object(receiver).protocols)).flatMap(([protocol, settings]) => {
      const { tls_settings: tls } = object(settings);
      if (tls === undefined) return [];
      notes.add(`receiver "${id}": tls_settings is called tls here, as collectors do since 0.36`);
      const path = pathTo('receivers', id, ['protocols', protocol]);
      return [edit(`${path}.tls_settings`, null), edit(`${path}.tls`, tls)];
    }),
  );
}

function ballast({ value, edit }: Config, { notes }: Told): ResourceEdit[] {
  return Object.entries(object(value.processors)).flatMap(([id, processor]): ResourceEdit[] => {
    if (writtenType(id) !== 'memory_limiter' || !('ballast_size_mib' in object(processor)))
      return [];
    notes.add(`processor "${id}": ballast_size_mib is left out: later collectors have no ballast`);
    return [edit(pathTo('processors', id, ['ballast_size_mib']), null)];
  });
}

function healthPort({ value, edit }: Config, { notes }: Told): ResourceEdit[] {
  return Object.entries(object(value.extensions)).flatMap(([id, extension]): ResourceEdit[] => {
    const { port, endpoint } = object(extension);
    if (writtenType(id) !== 'health_check' || port === undefined) return [];
    const written = endpoint ?? `0.0.0.0:${String(port)}`;
    notes.add(
      `extension "${id}": port is endpoint ${String(written)} here, as collectors have it since 0.24`,
    );
    const path = pathTo('extensions', id);
    return [edit(`${path}.port`, null), edit(`${path}.endpoint`, written)];
  });
}
