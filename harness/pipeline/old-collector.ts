import type { Problem } from '../lib/errors.ts';
import { parseYaml } from '../lib/yaml.ts';
import { withParts } from './components.ts';
import { object, type Plain } from './read.ts';
import type { Resource } from './types.ts';

const oldVersion = 'opentelemetry.io/v1alpha1';
const newVersion = 'opentelemetry.io/v1beta1';

/** A resource as the cluster stores it, or why it can't be. */
export interface Converted {
  readonly resource: Resource;
  readonly note?: string;
  readonly problems: readonly Problem[];
}

/**
 * An OpenTelemetryCollector of v1alpha1 as the operator's webhook converts it to v1beta1; any other
 * resource as it is. Source: opentelemetry-operator v0.148.0, apis/v1alpha1/convert.go (tov1beta1).
 * A configuration that is no YAML becomes an empty one there: here it is a problem. What is no part
 * of one is left behind, as no field of the type holds it.
 */
export function convertOldCollector(resource: Resource): Converted {
  const { kind, name, apiVersion, value, place } = resource;
  if (kind !== 'OpenTelemetryCollector' || apiVersion !== oldVersion) {
    return { resource, problems: [] };
  }
  const spec = object(value.spec);
  const path = ['spec', 'config'];
  if (typeof spec.config !== 'string') {
    const message = `config: found ${typeof spec.config}, expected a text: ${oldVersion} has no other`;
    const hint = `config: |, or apiVersion: ${newVersion}`;
    return { resource, problems: [{ place: place(path), message, hint }] };
  }
  const { documents, problems } = parseYaml('', spec.config);
  const [config] = documents;
  if (problems.length > 0 || !config) {
    const empty = [{ place: place(path), message: 'spec.config is an empty text' }];
    const own = problems.map(({ place: { line, column }, message }) => ({
      place: resource.placeInside(path, line, column),
      message,
    }));
    return { resource, problems: own.length > 0 ? own : empty };
  }
  return {
    resource: {
      ...resource,
      apiVersion: newVersion,
      value: { ...value, apiVersion: newVersion, spec: convertSpec(spec, object(config.value)) },
      place: (at) => {
        const [first, second, ...rest] = at;
        if (first !== 'spec' || second !== 'config') return place(at);
        const { line, column } = config.place(rest);
        return resource.placeInside(path, line, column);
      },
      placeInside: (at, line, column) =>
        at[0] === 'spec' && at[1] === 'config'
          ? place(path)
          : resource.placeInside(at, line, column),
    },
    note: `${kind}/${name} is of ${oldVersion}: converted to v1beta1 as the operator does`,
    problems: [],
  };
}

/** What is called or built otherwise in v1beta1. */
function convertSpec(spec: Plain, config: Plain): Plain {
  const { minReplicas, maxReplicas, updateStrategy, autoscaler, targetAllocator, ...same } = spec;
  const isScaled = [autoscaler, minReplicas, maxReplicas].some((part) => part != null);
  const scaled = {
    ...(minReplicas == null ? {} : { minReplicas }),
    ...(maxReplicas == null ? {} : { maxReplicas }),
    ...object(autoscaler),
  };
  return {
    ...same,
    config: withParts(config),
    ...(updateStrategy === undefined ? {} : { daemonSetUpdateStrategy: updateStrategy }),
    ...(isScaled ? { autoscaler: scaled } : {}),
    ...(targetAllocator === undefined
      ? {}
      : { targetAllocator: convertAllocator(object(targetAllocator)) }),
  };
}

/** Its selectors were plain labels. */
function convertAllocator(allocator: Plain): Plain {
  if (allocator.prometheusCR === undefined) return allocator;
  const { podMonitorSelector, serviceMonitorSelector, ...same } = object(allocator.prometheusCR);
  return {
    ...allocator,
    prometheusCR: {
      ...same,
      podMonitorSelector: { matchLabels: podMonitorSelector },
      serviceMonitorSelector: { matchLabels: serviceMonitorSelector },
    },
  };
}
