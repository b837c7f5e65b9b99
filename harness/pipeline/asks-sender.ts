import { podAssociations } from './pod-associations.ts';
import { text } from './read.ts';
import type { Tier } from './types.ts';

/** What the load's pods say of themselves, as an SDK with the downward API does. */
const saidAddress = 'k8s.pod.ip';

/**
 * Whether a tier can find the load's pods by the sender's address alone: its `k8s_attributes`
 * associates by the connection, and not by the address that is sent along (v0.152.0,
 * pod_association.go).
 */
export const asksSender = ({ components }: Pick<Tier, 'components'>): boolean =>
  components.some(({ type, config }) => {
    if (type !== 'k8s_attributes') return false;
    const associations = podAssociations({ config });
    const isSaid = associations.some((sources) =>
      sources.every(
        ({ from, name }) => from === 'resource_attribute' && text(name) === saidAddress,
      ),
    );
    return !isSaid && associations.flat().some(({ from }) => from === 'connection');
  });
