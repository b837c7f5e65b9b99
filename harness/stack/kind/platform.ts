import { readFileSync } from 'node:fs';
import { type AcquireSettings, acquireManifest, type ManifestName } from '../acquire/index.ts';
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

const names: readonly ManifestName[] = ['cert-manager', 'opentelemetry-operator'];
const availableWithinMs = 180_000;

/** Gets the pinned manifests of cert-manager and the OpenTelemetry Operator. */
export async function readPlatform(
  settings: AcquireSettings,
  signal: AbortSignal,
): Promise<Platform> {
  const parts = await Promise.all(
    names.map(async (name) => {
      const { path, version } = await acquireManifest(name, settings, signal);
      return { name, version, objects: readManifests(path, readFileSync(path, 'utf8')) };
    }),
  );
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
