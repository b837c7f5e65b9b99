import { writtenType } from './components.ts';
import { type Config, configsOf, editResource, movedFrom } from './configs.ts';
import { parsePath } from './edits.ts';
import { healthEndpoint, withEndpoints } from './operator-endpoints.ts';
import { type CollectorImage, collectorImages, minorOf } from './project-versions.ts';
import { isRawWorkload } from './raw.ts';
import { object, text } from './read.ts';
import type { Resource } from './types.ts';

/** What listened on all addresses before, of the receivers by which the load may come. */
const receivers = ['otlp', 'jaeger', 'zipkin'];

/** From here on servers listen on localhost where no endpoint is written. */
const changedIn = 104;

/**
 * Lets receivers without an endpoint listen on all addresses, as the collector did that they are
 * written for: localhost is the default since 0.104.0 (collector v0.104.0,
 * internal/localhostgate/featuregate.go, beta there), which no other pod reaches. So is that of the
 * health check. What the operator runs has its endpoints from there.
 *
 * @returns a note for each
 */
export function listenAsBefore(resources: Resource[]): string[] {
  const notes: string[] = [];
  for (const resource of [...resources]) {
    if (isRawWorkload(resource)) continue;
    const images = collectorImages(resource, resources);
    if (images.length === 0 || !images.every(listensOnAll)) continue;
    const edits = configsOf(resource).flatMap((config) => {
      const opened = openedIn(config);
      notes.push(...opened.map(({ id, written }) => said(resource, id, written, images)));
      return opened.map(({ path, to }) => config.edit(path, to, movedFrom(...parsePath(path))));
    });
    if (edits.length > 0) editResource(resources, resource, edits);
  }
  return notes;
}

const said = (
  { kind, name }: Resource,
  id: string,
  endpoints: readonly string[],
  images: readonly { image: string }[],
): string =>
  `${kind}/${name}: ${id} listens on ${endpoints.join(' and ')}, where ${images[0]?.image} does by itself; later collectors listen on localhost`;

/** Of the project, by its version; the gate could be closed until it was taken away. */
function listensOnAll({ image, words }: CollectorImage): boolean {
  const minor = minorOf(image);
  const isClosed = words.some((word) => word.includes('-component.UseLocalHostAsDefaultHost'));
  return minor < changedIn || (minor >= changedIn && isClosed);
}

interface Opened {
  readonly id: string;
  readonly path: string;
  readonly written: readonly string[];
  readonly to: unknown;
}

function openedIn({ value }: Config): Opened[] {
  const byReceiver = Object.entries(object(value.receivers)).flatMap(([id, settings]) => {
    if (!receivers.includes(writtenType(id))) return [];
    const to = withEndpoints(id, settings);
    const written = endpointsIn(to).filter((one) => !endpointsIn(settings).includes(one));
    return written.length === 0 ? [] : [{ id, path: `receivers["${id}"]`, written, to }];
  });
  const byHealth = Object.entries(object(value.extensions)).flatMap(([id, settings]) => {
    if (writtenType(id) !== 'health_check' || object(settings).endpoint !== undefined) return [];
    const to = { ...object(settings), endpoint: healthEndpoint };
    return [{ id, path: `extensions["${id}"]`, written: [healthEndpoint], to }];
  });
  return [...byReceiver, ...byHealth];
}

const endpointsIn = (settings: unknown): string[] =>
  [settings, ...Object.values(object(object(settings).protocols))].flatMap(
    (own) => text(object(own).endpoint) ?? [],
  );
