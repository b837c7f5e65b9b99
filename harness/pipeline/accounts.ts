import type { Problem } from '../lib/errors.ts';
import { onlyYaml } from './contents.ts';
import { nearest } from './read.ts';
import type { Resource, Workload } from './types.ts';

/** A ServiceAccount that nobody makes: neither Kubernetes, nor the operator, nor the folder. */
export function missingAccount(
  { serviceAccount: account, namespace, name }: Workload,
  { kind, place }: Resource,
  resources: readonly Resource[],
): Problem[] {
  const made = kind === 'OpenTelemetryCollector' ? ['default', name] : ['default'];
  const own = resources
    .filter((r) => r.kind === 'ServiceAccount' && r.namespace === namespace)
    .map((r) => r.name);
  if (made.includes(account) || own.includes(account)) return [];
  const path =
    kind === 'OpenTelemetryCollector'
      ? ['spec', 'serviceAccount']
      : ['spec', 'template', 'spec', 'serviceAccountName'];
  const message = `the folder has no ServiceAccount "${account}" in namespace ${namespace}`;
  const hint = `declare it: without it no pod is made. ${onlyYaml}`;
  return [{ place: place(path), message, hint, ...nearest(account, own) }];
}
