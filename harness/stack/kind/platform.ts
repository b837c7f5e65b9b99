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
  onEvent: (text: string) => void,
): Promise<void> {
  for (const { name, version, objects } of parts) {
    await apply(kube, objects);
    const deployments = objects.filter((object) => object.kind === 'Deployment');
    await untilAvailable(kube, deployments, availableWithinMs);
    onEvent(`${name} ${version} is up`);
  }
}
