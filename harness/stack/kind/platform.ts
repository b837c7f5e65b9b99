import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIXTURES_DIR, MANIFEST_NAMES, type ManifestName, readVersions } from '../acquire/index.ts';
import { apply, type Kube, untilAvailable } from './api.ts';
import { imagesOf, type Manifest, readManifests } from './manifests.ts';

/** What the pipeline's own resources stand on, in the order of installing. */
export interface Platform {
  readonly parts: readonly {
    readonly name: ManifestName;
    readonly version: string;
    readonly objects: readonly Manifest[];
  }[];
  readonly images: readonly string[];
}

const availableWithinMs = 180_000;

/** Reads the pinned manifests of cert-manager and the OpenTelemetry Operator. */
export async function readPlatform(): Promise<Platform> {
  const { manifests } = await readVersions();
  const parts = MANIFEST_NAMES.map((name) => {
    const version = manifests[name];
    const file = join(FIXTURES_DIR, 'manifests', `${name}-${version}.yaml`);
    return { name, version, objects: readManifests(file, readFileSync(file, 'utf8')) };
  });
  return { parts, images: imagesOf(parts.flatMap((part) => part.objects)) };
}

/**
 * Installs them one after the other: the operator's certificate is cert-manager's to make. That
 * their webhooks answer shows when the next object is applied.
 */
export async function installPlatform(
  kube: Kube,
  { parts }: Platform,
  node: string,
  onEvent: (text: string) => void,
): Promise<void> {
  for (const { name, version, objects } of parts) {
    await apply(
      kube,
      objects.map((object) => placedOn(object, node)),
    );
    const deployments = objects.filter((object) => object.kind === 'Deployment');
    await untilAvailable(kube, deployments, availableWithinMs);
    onEvent(`${name} ${version} is up`);
  }
}

/** A Deployment whose pods run on one node, whatever that one keeps off; all others as they are. */
export function placedOn(object: Manifest, node: string): Manifest {
  if (object.kind !== 'Deployment') return object;
  const { spec } = object as { spec?: { template?: { spec?: PodPlacing } } };
  const pod = spec?.template?.spec;
  const placing = {
    nodeSelector: { ...pod?.nodeSelector, 'kubernetes.io/hostname': node },
    tolerations: [...(pod?.tolerations ?? []), { operator: 'Exists', effect: 'NoSchedule' }],
  };
  const template = { ...spec?.template, spec: { ...pod, ...placing } };
  return { ...object, spec: { ...spec, template } };
}

interface PodPlacing {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly unknown[];
}
