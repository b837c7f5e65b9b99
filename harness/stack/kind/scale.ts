import { DiscoveryV1Api } from '@kubernetes/client-node';
import { makerOf } from '../../pipeline/scaled.ts';
import type { Pipeline } from '../../pipeline/types.ts';
import type { PodControl } from '../types.ts';
import { apply, type Kube } from './api.ts';
import { manifestOf } from './manifest-of.ts';
import type { PodWatcher } from './watcher.ts';

export interface ScaleParts {
  readonly kube: Kube;
  readonly pipeline: Pipeline;
  readonly watcher: Pick<PodWatcher, 'lives' | 'expect'>;
}

/**
 * As a person scales a tier: what makes its pods is applied with another number of replicas. The
 * operator takes back what is changed of its own StatefulSets.
 */
export const scaling = ({
  kube,
  pipeline,
  watcher,
}: ScaleParts): Pick<PodControl, 'scale' | 'endpoints'> => ({
  scale: async (name, replicas) => {
    const tier = pipeline.tiers.find((own) => own.name === name);
    const maker = tier && makerOf(pipeline, tier);
    if (!maker || tier.workload.kind !== 'statefulset') {
      throw new Error(`tier ${name} is no statefulset that something in the folder makes`);
    }
    for (const life of watcher.lives) {
      const goes = life.tier === name && life.ordinal >= replicas && life.endedMs === undefined;
      if (goes) watcher.expect(life);
    }
    const { spec, ...rest } = manifestOf(maker);
    await apply(kube, [{ ...rest, spec: { ...(spec as object), replicas } }]);
  },
  endpoints: async (name) => {
    const { workload } = pipeline.tiers.find((own) => own.name === name) ?? {};
    const services = pipeline.services.filter(
      (s) => s.workload === workload?.name && s.namespace === workload.namespace,
    );
    if (services.length === 0) return undefined;
    const api = kube.config.makeApiClient(DiscoveryV1Api);
    const listed = await Promise.all(
      services.map(async (service) => {
        const { items } = await api.listNamespacedEndpointSlice({
          namespace: service.namespace,
          labelSelector: `kubernetes.io/service-name=${service.name}`,
        });
        return items.flatMap(({ endpoints }) => endpoints ?? []);
      }),
    );
    const able = listed.flat().filter(({ conditions }) => conditions?.ready !== false);
    return [...new Set(able.flatMap(({ addresses }) => addresses))];
  },
});
