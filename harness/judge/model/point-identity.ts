import type { OttlFacts } from '../../collector/ottl.ts';
import { goRegExp } from '../../lib/go-regexp.ts';
import { list, object, text, texts } from '../../pipeline/read.ts';
import type { Component } from '../../pipeline/types.ts';
import { metricNames, podLabel } from '../../plan/types.ts';
import { editItem, noPod } from './edit-item.ts';
import { readTransform } from './transform.ts';

/** Whether a point may not be known any more behind a processor. */
type MayChange = (facts: OttlFacts) => boolean;

const always: MayChange = () => true;
const never: MayChange = () => false;

/**
 * What a processor of metrics may do to what a point of the load is known by: its metric's name,
 * `bench.pod`, time and value. Its resource, and other labels, are no part of that.
 *
 * @returns undefined of a processor that is not one of those that change points
 */
export function pointChange(component: Component): MayChange | undefined {
  const { type, config } = component;
  if (type === 'attributes') return touchesPodLabel(component) ? always : undefined;
  if (type === 'groupbyattrs') return list(config.keys).includes(podLabel) ? always : undefined;
  if (type === 'transform') return transformed(component);
  if (type === 'redaction' || type === 'span') return always;
  return converters[type]?.(component);
}

/** Whether it converts any point of the load's. */
export const convertsLoad = (component: Component): boolean =>
  metricNames.some((name) =>
    pointChange(component)?.({ name, kind: 0, statusCode: 0, attributes: {}, resource: {} }),
  );

/** Processors whose whole work is to change points: what they don't convert they hand on. */
export const isPointConverter = ({ type }: Component): boolean => Object.hasOwn(converters, type);

function touchesPodLabel({ config }: Component): boolean {
  return list(config.actions).some((action) => {
    const { key, pattern } = object(action);
    return key === podLabel || !isEmpty(pattern) || typeof key !== 'string';
  });
}

/** Runs the statements over the point itself, where they can be read. */
function transformed(component: Component): MayChange | undefined {
  if (isEmpty(component.config.metric_statements)) return undefined;
  if (!readTransform(component, 'metrics')) return always;
  const around = { signal: 'metrics', pod: noPod } as const;
  return (facts) => {
    const { name, attributes, uncertainAttributes, uncertainFields } = editItem(
      facts,
      [component],
      around,
    );
    const isOpen = uncertainAttributes.has(podLabel) || uncertainFields.has('name');
    return isOpen || name !== facts.name || attributes[podLabel] !== facts.attributes[podLabel];
  };
}

const converters: Readonly<Record<string, (component: Component) => MayChange>> = {
  metrics_transform: transformsOf,
  cumulativetodelta: deltasOf,
  // Points that are no deltas pass as they are (deltatocumulativeprocessor v0.152.0, processor.go).
  deltatocumulative: () => never,
};

/** Operations that leave values alone (metricstransformprocessor v0.152.0, config.go). */
const ofLabels = ['add_label', 'update_label'];

/**
 * `metrics_transform` looks for metrics by name: whole, or by an expression that is found in it
 * (metricstransformprocessor v0.152.0, factory.go, metrics_transform_processor_otlp.go). What it
 * inserts has another name, and the metric itself stays.
 */
function transformsOf({ config }: Component): MayChange {
  const transforms = list(config.transforms).map((written) => {
    const { include, match_type: matchType = 'strict', action, ...own } = object(written);
    const isFound = matcherOf([include], matchType, true);
    const labels = list(own.operations).flatMap((one) => {
      const { action: kind, label, new_label: newLabel } = object(one);
      return ofLabels.includes(String(kind)) ? [label, newLabel] : [podLabel];
    });
    const isHarmless =
      (action === 'insert' && isOther(own.new_name)) ||
      (action === 'update' && isEmpty(own.new_name) && !labels.includes(podLabel)) ||
      action === 'group';
    return { isFound, isHarmless };
  });
  return ({ name }) => transforms.some(({ isFound, isHarmless }) => !isHarmless && isFound(name));
}

/** The name of no metric of the load's; what a submatch makes of it is not known. */
const isOther = (name: unknown): boolean =>
  typeof name === 'string' && !name.includes('$') && !metricNames.some((own) => own === name);

/**
 * `cumulativetodelta` converts monotonic sums, and may keep back the first of a series
 * (cumulativetodeltaprocessor v0.152.0, config.go, processor.go). The load's gauge passes.
 */
function deltasOf({ config }: Component): MayChange {
  const [include, exclude] = [object(config.include), object(config.exclude)];
  const isMeant = matchOf(include, true);
  const isSpared = matchOf(exclude, false);
  const typesOf = ({ metric_types: types }: typeof include): string[] =>
    texts(types).map((type) => type.toLowerCase());
  const ofOthers = typesOf(include).length > 0 && !typesOf(include).includes('sum');
  if (ofOthers || typesOf(exclude).includes('sum')) return never;
  return ({ name }) =>
    name !== metricNames[1] && isMeant(name) !== false && isSpared(name) !== true;
}

const matchOf = (
  { metrics, match_type: matchType }: Readonly<Record<string, unknown>>,
  otherwise: boolean,
): ((name: string) => boolean | undefined) =>
  isEmpty(metrics) ? () => otherwise : matcherOf(list(metrics), matchType, undefined);

/** Whether a name is meant; what `open` says where an expression can't be read. */
function matcherOf(
  written: readonly unknown[],
  matchType: unknown,
  open: boolean | undefined,
): (name: string) => boolean | undefined {
  const patterns = written.map((one) => text(one) ?? '');
  if (matchType !== 'regexp') return (name) => patterns.includes(name);
  const regexes = patterns.map((pattern) => goRegExp(pattern));
  return (name) =>
    regexes.some((regex) => regex?.test(name)) || (regexes.includes(undefined) ? open : false);
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (Array.isArray(value) && value.length === 0);
