import { decodeAttributes, decodeResource } from '../lib/otlp/decode.ts';
import { pointAttributes, scanPoints } from '../lib/otlp/points.ts';
import { metricNames, type Plan, type PlannedBlock } from '../plan/types.ts';
import type { TableWriter } from './database.ts';
import type { Dictionaries } from './dictionary.ts';

/**
 * Tables the metric points of planned requests, one after the other, as they were written.
 * @throws Error where a block does not hold what the plan says: a defect of the bench.
 */
export function plannedPoints(
  table: TableWriter,
  plan: Plan,
  { attributes, resources, names }: Dictionaries,
): (block: PlannedBlock, bytes: Buffer) => void {
  let item = 0;
  return (block, bytes) => {
    let resource = 0;
    let nth = 0;
    scanPoints(bytes, 0, bytes.length, {
      resource: (from, to) => {
        resource = resources.intern(bytes, from, to, () => decodeResource(bytes, from, to));
      },
      point: ({ nameStart, nameEnd, attributesStart, attributesEnd, timeMs, value }) => {
        const name = bytes.toString('utf8', nameStart, nameEnd);
        if (name !== metricNames[nth] || value !== block.from) {
          throw new Error(`block ${block.index} does not hold the metric that was planned`);
        }
        const series = block.pod * metricNames.length + nth;
        const attributesId = attributes.intern(bytes, attributesStart, attributesEnd, () =>
          decodeAttributes(bytes, attributesStart, attributesEnd, pointAttributes),
        );
        const nameId = names.intern(bytes, nameStart, nameEnd, () => ({ name, kind: 0 }));
        const { index, pod } = block;
        table.add(item++, series, timeMs, value, index, pod, attributesId, resource, nameId);
        nth++;
      },
    });
    if (nth !== metricNames.length) {
      throw new Error(`block ${block.index} of ${plan.scenario} holds ${nth} metric points`);
    }
  };
}
