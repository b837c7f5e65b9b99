import { z } from 'zod';
import { share, strict } from './forms.ts';

/** What `k8s_attributes` may note of a pod, and the bench knows of each pod of its load. */
export const podKeys = [
  'k8s.namespace.name',
  'k8s.pod.name',
  'k8s.pod.uid',
  'k8s.pod.ip',
  'k8s.deployment.name',
  'k8s.replicaset.name',
  'k8s.node.name',
] as const;

export type PodKey = (typeof podKeys)[number];

/** What is delivered says of which pod it is, and says it rightly. */
export const enriched = strict({
  enriched: strict({
    with: z.array(z.enum(podKeys)).min(1),
    share: share.optional(),
  }),
}).transform(({ enriched: { with: keys, share: least = 1 } }) => ({
  check: 'enriched' as const,
  keys: [...new Set(keys)],
  /** Of the spans, and of the log records, that were delivered. */
  share: least,
}));
