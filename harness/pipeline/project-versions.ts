import { configures } from './left-out.ts';
import { isCollectorImage, isRawWorkload } from './raw.ts';
import { at, list, object, text, texts } from './read.ts';
import type { Resource } from './types.ts';

/** A collector that a resource configures: its image, and the words that call it. */
export interface CollectorImage {
  readonly image: string;
  /** Of its command and arguments. */
  readonly words: readonly string[];
}

/** Of the workloads that a resource's configuration is for. */
export const collectorImages = (
  resource: Resource,
  resources: readonly Resource[],
): CollectorImage[] =>
  resources
    .filter((workload) => isRawWorkload(workload) && configures(resource, workload))
    .flatMap(imagesIn);

const imagesIn = ({ value }: Resource): CollectorImage[] =>
  list(at(value, 'spec', 'template', 'spec', 'containers')).flatMap((container) => {
    const { image, command, args } = object(container);
    const named = text(image) ?? '';
    return isCollectorImage(named)
      ? [{ image: named, words: [...texts(command), ...texts(args)] }]
      : [];
  });

/** Images of the collectors that a resource configures, or of the one that it is. */
export const writtenImages = (resource: Resource, resources: readonly Resource[]): string[] =>
  resource.kind === 'OpenTelemetryCollector'
    ? [text(object(resource.value.spec).image) ?? '']
    : collectorImages(resource, resources).map(({ image }) => image);

const ofProject = /(?:^|\/)(?:opentelemetry-collector|otelcol)(?:-contrib|-k8s)?:v?0\.(\d+)\.\d+/;

/** Of an image of the project, by its tag; of any other that is not known, and NaN. */
export const minorOf = (image: string): number => Number(ofProject.exec(image)?.[1]);

/** Whether an image is of the project, and of a version before 0.`minor`. */
export const isOlderThan = (minor: number, image: string): boolean => minorOf(image) < minor;
