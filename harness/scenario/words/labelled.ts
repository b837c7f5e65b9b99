import { z } from 'zod';
import { strict } from './forms.ts';

const name = z.string().min(1);

/** What OTLP backends make of an attribute's name: `k8s_pod_name` of `k8s.pod.name`. */
export const labelOf = (attribute: string): string => attribute.replaceAll(/[^A-Za-z0-9_]/g, '_');

/** What a dashboard goes by is one value, whether spans, logs or metrics are asked. */
export const labelled = strict({
  labelled: strict({ by: name, logs: name.optional(), metrics: name.optional() }),
}).transform(({ labelled: { by, logs, metrics } }) => ({
  check: 'labelled' as const,
  /** An attribute of the spans' resource. */
  by,
  /** Loki's label of it, and Prometheus'. */
  logs: logs ?? labelOf(by),
  metrics: metrics ?? labelOf(by),
}));
