import { z } from 'zod';
import { labelName } from '../../lib/labels.ts';
import { strict } from './forms.ts';

const name = z.string().min(1);

/** What a dashboard goes by is one value, whether spans, logs or metrics are asked. */
export const labelled = strict({
  labelled: strict({ by: name, logs: name.optional(), metrics: name.optional() }),
}).transform(({ labelled: { by, logs, metrics } }) => ({
  check: 'labelled' as const,
  /** An attribute of the spans' resource. */
  by,
  /** Loki's label of it, and Prometheus': `k8s_pod_name` of `k8s.pod.name`. */
  logs: logs ?? labelName(by),
  metrics: metrics ?? labelName(by),
}));
