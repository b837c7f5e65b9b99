import { metricNames, type PlannedPod, podLabel } from './types.ts';

/** As Prometheus' text format has them: no dots, and a counter ends in `_total`. */
export const exposedNames = metricNames.map(
  (name, i) => name.replaceAll('.', '_') + (i === 0 ? '_total' : ''),
);
const exposedLabel = podLabel.replaceAll('.', '_');
const exposedTypes = ['counter', 'gauge'] as const;

/** One number of an exposition. */
export interface ExposedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The pods whose metrics a target tells, of so many targets: each pod's are told by one. */
export const podsOfTarget = <Pod>(pods: readonly Pod[], target: number, targets: number): Pod[] =>
  pods.filter((_, pod) => pod % targets === target);

/** What a target answers to its scrape of a number: a counter and a gauge of each pod. */
export const exposition = (pods: readonly Pick<PlannedPod, 'name'>[], scrape: number): string =>
  exposedNames
    .flatMap((name, i) => [
      `# TYPE ${name} ${exposedTypes[i]}\n`,
      ...pods.map((pod) => `${name}{${exposedLabel}="${pod.name}"} ${scrape}\n`),
    ])
    .join('');

/** Reads what `exposition` wrote. @throws Error where it is something else */
export function readExposition(text: string): ExposedSample[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, name = '', pod = '', value] = /^(\w+)\{\w+="([^"]*)"\} (\d+)$/.exec(line) ?? [];
    if (value === undefined) throw new Error(`not an exposition of the bench: ${line}`);
    return { name, labels: { [exposedLabel]: pod }, value: Number(value) };
  });
}
