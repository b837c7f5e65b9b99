import { parseQuantity } from '../../lib/units.ts';
import { type Allocator, allocatorPort, allocatorsOf } from '../../pipeline/allocator.ts';
import { allocatorConfig, allocatorConfigFile } from '../../pipeline/allocator-config.ts';
import { at, text } from '../../pipeline/read.ts';
import type { Pipeline } from '../../pipeline/types.ts';
import type { Acquired } from '../acquire/index.ts';
import type { PodSpec } from './podspec.ts';

/**
 * The pods of target allocators, as the operator makes them (v0.148.0,
 * internal/manifests/targetallocator), one each. None where their program could not be had: the
 * bench stands for them then (`allocator.ts`).
 */
export function allocatorPods(
  pipeline: Pipeline,
  program: Pick<Acquired, 'path' | 'version'> | undefined,
  notes: string[],
): PodSpec[] {
  const allocators = allocatorsOf(pipeline);
  notes.push(...allocators.flatMap((own) => saidOf(own, program)));
  return program ? allocators.map((own) => allocatorPod(own, program.path)) : [];
}

function saidOf(
  { tier, host, image, spec }: Allocator,
  program: Pick<Acquired, 'version'> | undefined,
): string[] {
  if (!program) {
    return [
      `${host}: its program could not be had; the bench shares the targets of ${tier} out, each to one pod by a hash of its own`,
    ];
  }
  const ran = `it ran target-allocator ${program.version}`;
  const replicas = Number(spec.replicas ?? 1);
  return [
    ...(image === undefined ||
    image.endsWith(`:${program.version}`) ||
    image.endsWith(`:v${program.version}`)
      ? []
      : [`${host} asks for image ${image}; ${ran}`]),
    ...(replicas > 1 ? [`${host} asks for ${replicas} replicas; one ran`] : []),
  ];
}

/** Its name is its tier's as well, as a backend's is: no collector is meant by it. */
function allocatorPod(allocator: Allocator, binary: string): PodSpec {
  const { host, namespace, serviceAccount, tier, spec } = allocator;
  const memory = text(at(spec, 'resources', 'limits', 'memory'));
  return {
    name: host,
    tier: host,
    ordinal: 0,
    node: 0,
    namespace,
    workload: host,
    labels: {
      'app.kubernetes.io/managed-by': 'opentelemetry-operator',
      'app.kubernetes.io/instance': `${namespace}.${tier}`,
      'app.kubernetes.io/part-of': 'opentelemetry',
      'app.kubernetes.io/component': 'opentelemetry-targetallocator',
      'app.kubernetes.io/name': host,
    },
    annotations: {},
    serviceAccount,
    binary,
    args: [],
    environment: [{ name: 'OTELCOL_NAMESPACE', value: { field: 'metadata.namespace' } }],
    files: { [allocatorConfigFile]: allocatorConfig(allocator) },
    volumes: [],
    memoryLimitBytes: memory === undefined ? undefined : parseQuantity(memory),
    cpuLimit: undefined,
    graceMs: 5_000,
    ready: { port: allocatorPort, path: '/readyz' },
  };
}
