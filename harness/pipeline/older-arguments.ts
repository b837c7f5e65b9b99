import { editResource, keptOf } from './configs.ts';
import type { ResourceEdit } from './edits.ts';
import { isCollectorImage, isRawWorkload } from './raw.ts';
import { at, list, object, text, texts } from './read.ts';
import type { Resource } from './types.ts';

/**
 * Flags that collectors had once, and whether a value stands behind each (opentelemetry-operator
 * v0.148.0, pkg/collector/upgrade: v0_15_0.go, v0_38_0.go, v0_43_0.go; the ballast became an
 * extension, which went as well).
 */
const gone: Readonly<Record<string, 'value' | 'alone'>> = {
  'add-instance-id': 'alone',
  'legacy-metrics': 'alone',
  'log-format': 'value',
  'log-level': 'value',
  'log-profile': 'value',
  'mem-ballast-size-mib': 'value',
  'metrics-addr': 'value',
  'metrics-level': 'value',
  'metrics-prefix': 'value',
  'new-metrics': 'alone',
};

/** Taken away with 0.110 (v0_110_0.go there); where it counts is in older-listening.ts. */
const goneGate = /^[+-]?component\.UseLocalHostAsDefaultHost$/;

/**
 * Takes arguments away that collectors had once: one that the program does not know ends it.
 *
 * @returns a note for each
 */
export function dropArguments(resources: Resource[]): string[] {
  const notes = new Set<string>();
  for (const resource of [...resources]) {
    const edits = isRawWorkload(resource)
      ? ofContainers(resource, notes)
      : ofOperator(resource, notes);
    if (edits.length > 0) editResource(resources, resource, edits);
  }
  return [...notes];
}

const nameOf = ({ kind, name }: Resource): string => `${kind}/${name}`;

const leftOut = (resource: Resource, flag: string): string =>
  `${nameOf(resource)}: argument --${flag} is left out: the collector that runs it has it no more`;

function ofContainers(resource: Resource, notes: Set<string>): ResourceEdit[] {
  const path = ['spec', 'template', 'spec', 'containers'];
  return list(at(resource.value, ...path)).flatMap((value, i) => {
    const container = object(value);
    if (!isCollectorImage(text(container.image) ?? '')) return [];
    return (['command', 'args'] as const).flatMap((key): ResourceEdit[] => {
      const words = texts(container[key]);
      const kept = without(words, (flag) => notes.add(leftOut(resource, flag)));
      if (kept.join('\0') === words.join('\0')) return [];
      const own = `${path.join('.')}[${i}].${key}`;
      const stood = keptOf(words, kept, [...path, i, key]);
      return [{ resource: nameOf(resource), path: own, value: kept, origin: 'the bench', stood }];
    });
  });
}

function ofOperator(resource: Resource, notes: Set<string>): ResourceEdit[] {
  if (resource.kind !== 'OpenTelemetryCollector') return [];
  return Object.entries(object(at(resource.value, 'spec', 'args'))).flatMap(([key, value]) => {
    const flag = key.replace(/^-+/, '');
    const gates = flag === 'feature-gates' ? withoutGate(String(value)) : undefined;
    const isGone = Object.hasOwn(gone, flag) || gates === '';
    if (!isGone && (gates === undefined || gates === value)) return [];
    notes.add(leftOut(resource, isGone ? flag : `${flag} ${String(value)}`));
    const path = `spec.args["${key}"]`;
    const to = isGone ? null : gates;
    return [{ resource: nameOf(resource), path, value: to, origin: 'the bench' }];
  });
}

const withoutGate = (gates: string): string =>
  gates
    .split(',')
    .filter((gate) => !goneGate.test(gate.trim()))
    .join(',');

/** The words that are left, each flag with the value that stands behind it. */
function without(words: readonly string[], tell: (flag: string) => void): string[] {
  const kept: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const [, flag = '', , value] = /^--?([a-z-]+)(=([\s\S]*))?$/.exec(word) ?? [];
    if (flag === 'feature-gates') {
      const isBehind = value === undefined;
      const written = isBehind ? (words[++i] ?? '') : value;
      const gates = withoutGate(written);
      if (gates !== written) tell(`feature-gates=${written}`);
      if (gates === written && isBehind) kept.push(word, written);
      else if (gates !== '') kept.push(`--feature-gates=${gates}`);
    } else if (!Object.hasOwn(gone, flag)) kept.push(word);
    else {
      tell(flag);
      const isBehind = gone[flag] === 'value' && value === undefined;
      if (isBehind && !words[i + 1]?.startsWith('-')) i++;
    }
  }
  return kept;
}
