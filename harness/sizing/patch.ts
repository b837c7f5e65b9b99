import type { Interval } from './fit.ts';
import type { Answer, Asked, Measurement } from './types.ts';

/** Of a limit, what Go's heap may fill before it collects harder. */
const memoryShare = 0.8;
const leastMemoryMiB = 64;

/**
 * What to change in the user's own resource, each line with its reason; undefined where nothing is
 * proved.
 */
export function patchYaml(
  measurement: Measurement,
  asked: Asked,
  sized: Answer,
): string | undefined {
  const { tier } = measurement;
  const { refusals, replicas, cores, memoryMiB, numTraces, outage } = sized;
  if (refusals.length > 0 || !replicas || !cores || !memoryMiB) return undefined;
  const limitMiB = limitMiBOf(memoryMiB);
  const cpu = Math.ceil((cores.high / 0.7) * 20) / 20;
  const lines: (readonly [string, string])[] = [
    ['apiVersion: opentelemetry.io/v1beta1', 'of another kind of resource, the same values'],
    ['kind: OpenTelemetryCollector', ''],
    [`metadata: { name: ${tier.name} }`, ''],
    ['spec:', ''],
    [
      `  replicas: ${replicas}`,
      `${Math.round(asked.spansPerSecond)} spans/s, one pod down, ${percent(asked.headroom)} spare`,
    ],
    ['  resources:', ''],
    ['    requests:', ''],
    [`      cpu: ${Math.round(cores.value * 1_000)}m`, `busiest pod: ${interval(cores, 2)} cores`],
    [`      memory: ${Math.ceil(memoryMiB.value)}Mi`, `busiest pod: ${interval(memoryMiB, 0)} MiB`],
    ['    limits:', ''],
    [`      cpu: ${cpu}`, 'upper end at 70 %; the operator sets GOMAXPROCS by it'],
    [`      memory: ${limitMiB}Mi`, 'upper end at 80 %'],
    ['  env:', ''],
    ['    - name: GOMEMLIMIT', 'the operator would set the whole limit'],
    [`      value: ${Math.floor(limitMiB * memoryShare)}MiB`, '80 % of the limit'],
  ];
  if (numTraces !== undefined) {
    lines.push(
      ['  config:', ''],
      ['    processors:', ''],
      ['      tail_sampling:', 'under its own name'],
      [
        `        num_traces: ${numTraces}`,
        '1.2 x traces/s of the busiest pod x (decision_wait + 2 s)',
      ],
    );
  }
  if (outage?.queueSize !== undefined) {
    lines.push(
      ['    exporters:', ''],
      ['      otlp:', 'under its own name'],
      [
        `        sending_queue: { queue_size: ${outage.queueSize} }`,
        'a slot is a kept trace, until the exporter is back; NOT run',
      ],
      [
        '        retry_on_failure: { max_elapsed_time: 0 }',
        'else each consumer gives up after 300 s',
      ],
    );
  }
  return `${lines.map(([text, why]) => (why ? `${text} # ${why}` : text)).join('\n')}\n`;
}

export const limitMiBOf = ({ high }: Interval): number =>
  Math.max(leastMemoryMiB, Math.ceil(high / memoryShare / 16) * 16);

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** `0.52 (0.48 to 0.56)`, 90 %. */
export const interval = ({ value, low, high }: Interval, digits: number): string =>
  `${value.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
