import { configures } from './left-out.ts';
import { isBackendImage, isCollectorImage, isRawWorkload } from './raw.ts';
import { at, list, object, text } from './read.ts';
import type { Resource } from './types.ts';

/**
 * Has work done on all resources but the ConfigMaps and Secrets of which no collector that runs
 * here is configured: what they hold, be it Jaeger's configuration, is none of the bench's.
 *
 * @param work changes the list that it gets, in place
 */
export function onRunConfigs<T>(resources: Resource[], work: (run: Resource[]) => T): T {
  const isIdle = resources.map((resource) => isContent(resource) && !isRun(resource, resources));
  const run = resources.filter((_, i) => !isIdle[i]);
  const done = work(run);
  const changed = run.values();
  for (const [i, resource] of resources.entries()) {
    if (!isIdle[i]) resources[i] = changed.next().value ?? resource;
  }
  return done;
}

const isContent = ({ kind }: Resource): boolean => kind === 'ConfigMap' || kind === 'Secret';

const isRun = (resource: Resource, resources: readonly Resource[]): boolean =>
  resources.some(
    (workload) =>
      isRawWorkload(workload) && mayRunCollector(workload) && configures(resource, workload),
  );

/** A build of one's own may be called anything, where it is alone in its pod. */
function mayRunCollector({ value }: Resource): boolean {
  const containers = list(at(value, 'spec', 'template', 'spec', 'containers'));
  const images = containers.map((container) => text(object(container).image) ?? '');
  const [only = ''] = images;
  return images.length > 1 ? images.some(isCollectorImage) : !isBackendImage(only);
}
