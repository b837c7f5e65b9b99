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
    ...delimited(1, point([...exemplarBytes(block, time), ...integer])),
    ...varintField(2, cumulative),
    ...varintField(3, 1),
  ];
  const requests = [...textField(1, metricNames[0]), ...delimited(7, sum)];
  const gauge = delimited(1, point(doubleField(4, block.from)));
  const load = [...textField(1, metricNames[1]), ...delimited(5, gauge)];
  return Uint8Array.from([...delimited(2, requests), ...delimited(2, load)]);
}

/** Exemplar { 2: time, 3: value, 4: span id, 5: trace id, 7: attributes }, where secrets are. */
function exemplarBytes({ secrets }: PlannedBlock, time: bigint): number[] {
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
