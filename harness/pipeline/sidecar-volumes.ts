import type { PodReader } from './contents.ts';
import { at, list, misfit, nearest, object, type Plain, text } from './read.ts';
import type { Resource } from './types.ts';

/** Kinds that hold, or keep, the same where the application itself does not run. */
const asTheyAre = ['configMap', 'secret', 'projected', 'downwardAPI', 'hostPath'];

/**
 * The volumes of the carrying pods that a sidecar mounts: the operator adds the sidecar's own to
 * those that are there (v0.148.0, pkg/sidecar/pod.go, add). A pod without one is a problem, as
 * Kubernetes makes none then; where the folder has no such pods, an empty one stands for it.
 *
 * @param carriers the workloads whose pods carry it
 * @returns volumes as a pod has them written
 */
export function podsVolumes(
  sidecar: Resource,
  carriers: readonly Resource[],
  reader: PodReader,
): Plain[] {
  const spec = object(sidecar.value.spec);
  const own = list(spec.volumes).map(nameOf);
  const added = new Map<string, Plain>();
  list(spec.volumeMounts).forEach((mount, i) => {
    const name = nameOf(mount);
    // With no pods to look at, a slip of one of its own is none of theirs.
    const isSlip = carriers.length === 0 && nearest(name, own, 2).hint !== undefined;
    if (name === '' || own.includes(name) || added.has(name) || isSlip) return;
    const path = ['spec', 'volumeMounts', i, 'name'];
    for (const carrier of carriers) {
      const names = volumesOf(carrier).map(nameOf);
      if (names.includes(name)) continue;
      const expected = `a volume of the pods of ${carrier.kind}/${carrier.name}, which carry it`;
      misfit(reader, name, path, expected, [...own, ...names]);
    }
    const found = carriers.flatMap(volumesOf).find((volume) => nameOf(volume) === name);
    added.set(name, found ?? { name, emptyDir: {} });
    reader.notes.push(`${sidecar.kind}/${sidecar.name}: ${noteOf(name, found, carriers)}`);
  });
  return [...added.values()];
}

const nameOf = (written: unknown): string => text(object(written).name) ?? '';

/** Of a workload's pods; a template of claims is one of each pod. What holds nothing is empty. */
function volumesOf({ value }: Resource): Plain[] {
  const claims = list(at(value, 'spec', 'volumeClaimTemplates')).map((claim) => {
    const name = text(at(claim, 'metadata', 'name')) ?? '';
    return { name, persistentVolumeClaim: { claimName: name } };
  });
  const written = list(at(value, 'spec', 'template', 'spec', 'volumes')).map((volume) => {
    const kinds = [...asTheyAre, 'persistentVolumeClaim'];
    const isKept = kinds.some((kind) => object(volume)[kind] !== undefined);
    return isKept ? object(volume) : { name: nameOf(volume), emptyDir: {} };
  });
  return [...written, ...claims];
}

function noteOf(name: string, found: Plain | undefined, carriers: readonly Resource[]): string {
  if (carriers.length === 0) {
    return `volume "${name}" is taken for one of the pods that carry it, which the folder does not have: it is empty here`;
  }
  const pods = carriers.map(({ kind, name }) => `${kind}/${name}`).join(', ');
  return found && asTheyAre.some((kind) => found[kind] !== undefined)
    ? `volume "${name}" is that of the pods of ${pods}`
    : `volume "${name}" is that of the pods of ${pods}: the simulated application writes nothing there`;
}
