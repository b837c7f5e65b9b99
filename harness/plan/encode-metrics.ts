import { attributesAt } from './canaries.ts';
import {
  delimited,
  doubleField,
  fixed64Field,
  keyValues,
  textField,
  varintField,
} from './protobuf.ts';
import { metricNames, type Plan, type PlannedBlock, podLabel } from './types.ts';

/** Ids of a trace that nobody sent. */
export const linkedId = new Uint8Array(16).fill(0xb5);

const cumulative = 2;

/** metrics.proto: a monotonic sum and a gauge, whose value is the sample's number. */
export function metricsBytes(plan: Plan, block: PlannedBlock, base: bigint): Uint8Array {
  const time = base + BigInt(Math.round(block.sendAtMs * 1e6));
  const point = (value: number[]): number[] => [
    ...fixed64Field(2, base),
    ...fixed64Field(3, time),
    ...value,
    ...keyValues(7, {
      [podLabel]: plan.pods[block.pod]?.name ?? '',
      ...attributesAt(block.secrets, 'metricLabel'),
    }),
  ];
  const integer = fixed64Field(6, BigInt(block.from));
  const sum = [
    ...delimited(
      1,
      point([...exemplarBytes(plan, block, base), ...secretBytes(block, time), ...integer]),
    ),
    ...varintField(2, cumulative),
    ...varintField(3, 1),
  ];
  const requests = [...textField(1, metricNames[0]), ...delimited(7, sum)];
  const gauge = delimited(1, point(doubleField(4, block.from)));
  const load = [...textField(1, metricNames[1]), ...delimited(5, gauge)];
  return Uint8Array.from([...delimited(2, requests), ...delimited(2, load)]);
}

/** Exemplar { 2: time, 3: value, 4: span id, 5: trace id }, of the span that is named. */
function exemplarBytes({ spans, traces }: Plan, { exemplar }: PlannedBlock, base: bigint) {
  if (exemplar === undefined) return [];
  const trace = 4 * (spans.trace[exemplar] ?? 0);
  const words = [0, 1, 2, 3].map((i) => traces.idWords[trace + i] ?? 0);
  const time = base + BigInt(Math.round(spans.endOffsetNanos[exemplar] ?? 0));
  return delimited(5, [
    ...fixed64Field(2, time),
    ...doubleField(3, 1),
    ...delimited(4, bytesOf([spans.idHigh[exemplar] ?? 0, spans.idLow[exemplar] ?? 0])),
    ...delimited(5, bytesOf(words)),
  ]);
}

/** 32-bit words, most significant first. */
function bytesOf(words: readonly number[]): number[] {
  const bytes = Buffer.alloc(4 * words.length);
  for (const [i, word] of words.entries()) bytes.writeUInt32BE(word, 4 * i);
  return [...bytes];
}

/** The same with attributes (7) and ids that nobody sent, where secrets are. */
function secretBytes({ secrets }: PlannedBlock, time: bigint): number[] {
  const attributes = keyValues(7, attributesAt(secrets, 'exemplar'));
  if (attributes.length === 0) return [];
  return delimited(5, [
    ...fixed64Field(2, time),
    ...doubleField(3, 1),
    ...delimited(4, linkedId.subarray(0, 8)),
    ...delimited(5, linkedId),
    ...attributes,
  ]);
}
