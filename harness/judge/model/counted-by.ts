import { compileCondition } from '../../collector/ottl.ts';
import type { OtlpValue } from '../../lib/otlp/decode.ts';
import { parseDurationMs } from '../../lib/units.ts';
import { list, object, text, texts } from '../../pipeline/read.ts';
import type { Component, Signal } from '../../pipeline/types.ts';
import type { EditedItem } from './edit-item.ts';

/** One metric that a connector makes: which items it counts, and by which labels. */
export interface CountedMetric {
  readonly metric: string;
  /** Labels of an item; undefined where it is not counted, `open` where that can't be told. */
  readonly labelsOf: (item: EditedItem) => Labels | 'open' | undefined;
  /** What one unit of its sum is, in nanoseconds, where it sums up durations. */
  readonly unitNanos?: number | undefined;
}

export type Labels = Readonly<Record<string, OtlpValue>>;

/** What a connector is to make. */
export interface Counting {
  readonly metrics: readonly CountedMetric[];
  /** How long it may hold back what it counted. */
  readonly withinMs: number;
  /** Settings whose effect is not modelled. */
  readonly unmodelled: readonly string[];
}

/** What a connector of a counting type makes of a signal. */
export const countingOf = (connector: Component, signal: Signal): Counting =>
  connector.type === 'count' ? byCount(connector, signal) : bySpanMetrics(connector);

const kinds = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'] as const;
const statuses = ['UNSET', 'OK', 'ERROR'] as const;

/** Beside what tells collectors apart: a label of its own, which no span has. */
export const instanceLabel = 'collector.instance.id';

interface Dimension {
  readonly key: string;
  readonly otherwise: OtlpValue | undefined;
}

/**
 * `span_metrics` (spanmetricsconnector v0.152.0, connector.go, aggregateMetrics and
 * buildAttributes; defaults: factory.go): spans of a resource without `service.name` are left out.
 */
function bySpanMetrics({ config }: Component): Counting {
  const namespace = text(config.namespace) ?? 'traces.span.metrics';
  const histogram = object(config.histogram);
  const excluded = new Set(texts(config.exclude_dimensions));
  const common = dimensionsOf(config.dimensions, 'name', 'default');
  const labelsWith =
    (own: readonly Dimension[]): CountedMetric['labelsOf'] =>
    (item) => {
      const service = item.resource['service.name'];
      if (isOpen(item, ['service.name', ...own.map(({ key }) => key)])) return 'open';
      if (service === undefined) return undefined;
      const labels: Record<string, OtlpValue> = {
        'service.name': typeof service === 'string' ? service : '',
        'span.name': item.name,
        'span.kind': `SPAN_KIND_${(kinds[item.kind] ?? 'Unspecified').toUpperCase()}`,
        'status.code': `STATUS_CODE_${statuses[item.statusCode] ?? 'UNSET'}`,
      };
      for (const key of excluded) delete labels[key];
      return { ...labels, ...valuesOf(item, own) };
    };
  const calls = [...common, ...dimensionsOf(config.calls_dimensions, 'name', 'default')];
  const durations = [...common, ...dimensionsOf(histogram.dimensions, 'name', 'default')];
  return {
    metrics: [
      { metric: nameIn(namespace, 'calls'), labelsOf: labelsWith(calls) },
      ...(histogram.disable === true
        ? []
        : [
            {
              metric: nameIn(namespace, 'duration'),
              labelsOf: labelsWith(durations),
              unitNanos: histogram.unit === 's' ? 1e9 : 1e6,
            },
          ]),
    ],
    withinMs: parseDurationMs(text(config.metrics_flush_interval) ?? '60s') ?? 60_000,
    unmodelled: ['include_instrumentation_scope', 'enable_metrics_sampling_method'].filter(
      (key) => config[key] !== undefined && config[key] !== false,
    ),
  };
}

const nameIn = (namespace: string, name: string): string =>
  namespace === '' ? name : `${namespace}.${name}`;

/** Sections of `count`, and what it counts where none is written (countconnector, config.go). */
const sections = {
  traces: ['spans', 'trace.span.count'],
  logs: ['logs', 'log.record.count'],
} as const;

/** `count` (countconnector v0.152.0, counter.go, update): who lacks a label is not counted. */
function byCount({ config }: Component, signal: Signal): Counting {
  const [section, usual] = sections[signal === 'logs' ? 'logs' : 'traces'];
  const isBare = Object.values(config).every((one) => Object.keys(object(one)).length === 0);
  const written = isBare ? { [usual]: {} } : object(config[section]);
  const unmodelled: string[] = [];
  const metrics = Object.entries(written).map(([metric, own]): CountedMetric => {
    const { conditions, attributes } = object(own);
    const compiled = texts(conditions).map((one) => compileCondition(one));
    if (compiled.includes(undefined)) unmodelled.push(`conditions of ${metric}`);
    const dimensions = dimensionsOf(attributes, 'key', 'default_value');
    return {
      metric,
      labelsOf: (item) => {
        if (
          isOpen(
            item,
            dimensions.map(({ key }) => key),
          )
        )
          return 'open';
        const labels = valuesOf(item, dimensions);
        if (Object.keys(labels).length < dimensions.length) return undefined;
        const answers = compiled.map((condition) => condition?.(item));
        if (answers.length === 0 || answers.includes(true)) return labels;
        return answers.includes(undefined) ? 'open' : undefined;
      },
    };
  });
  return { metrics, withinMs: 0, unmodelled };
}

const dimensionsOf = (written: unknown, key: string, otherwise: string): Dimension[] =>
  list(written)
    .map(object)
    .map((one) => ({
      key: text(one[key]) ?? '',
      otherwise: one[otherwise] as OtlpValue | undefined,
    }));

/** The item's own attribute comes first, then its resource's, then the default. */
function valuesOf(item: EditedItem, dimensions: readonly Dimension[]): Labels {
  return Object.fromEntries(
    dimensions.flatMap(({ key, otherwise }) => {
      const own = Object.hasOwn(item.attributes, key) ? item.attributes[key] : undefined;
      const value = own ?? item.resource[key] ?? otherwise;
      return value === undefined ? [] : [[key, value] as const];
    }),
  );
}

const isOpen = (item: EditedItem, keys: readonly string[]): boolean =>
  ['name', 'kind', 'status'].some((field) => item.uncertainFields.has(field)) ||
  keys.some((key) => item.uncertainAttributes.has(key) || item.uncertainResource.has(key));
