import { bareImage } from './bare-config.ts';
import { typeOf } from './components.ts';
import {
  type Distribution,
  distributions,
  gone,
  listedVersions,
  modulesOf,
  ofOthers,
} from './distributions.ts';
import { standsFor } from './replaced.ts';
import type { Component, ComponentKind, Pipeline } from './types.ts';

/** A component of a tier's config that the tier's image was built without. */
export interface ImageGap {
  readonly tier: string;
  readonly component: Component;
  readonly image: string;
  readonly distribution: Distribution;
  /** Distributions that have it. */
  readonly has: readonly Distribution[];
}

/** What an image's name says: which distribution it is, of a version whose list is known. */
export function distributionOf(image: string): Distribution | undefined {
  const build = buildOf(image);
  if (!build) return undefined;
  const { distribution, tag, moving } = build;
  const isMoving = tag === undefined || tag === 'latest';
  return (isMoving ? moving : isListed(distribution, tag)) ? distribution : undefined;
}

/** The distribution that an image's name tells, of whichever version. */
function buildOf(
  image: string,
): { distribution: Distribution; tag: string | undefined; moving: boolean } | undefined {
  for (const { name, builds, moving } of known) {
    const [, built = '', tag] = name.exec(image) ?? [];
    const distribution = builds[built];
    if (distribution !== undefined) return { distribution, tag, moving };
  }
  return undefined;
}

/** Minor version since which the project's images look below a folder of their own name. */
const ownFolderSince = 42;

/**
 * Where an image looks for its configuration if it is called without arguments (CMD of its
 * Dockerfile: opentelemetry-collector-releases v0.35.0 to v0.159.0, aws-otel-collector v0.43.3). A
 * build of one's own is taken to look where contrib's does; undefined where there is none.
 */
export function imagesConfig(image: string): string | undefined {
  const build = buildOf(image);
  const { distribution = 'contrib' } = build ?? {};
  if (distribution === 'ADOT') return '/etc/otel-config.yaml';
  if (distribution === 'k8s') return undefined;
  if (minorOf(build?.tag ?? '') < ownFolderSince) return '/etc/otel/config.yaml';
  return `/etc/otelcol${distribution === 'core' ? '' : '-contrib'}/config.yaml`;
}

/** Whether it is a build of the project itself, which reads nothing that no argument names. */
export const isOfProject = (image: string): boolean =>
  ['core', 'k8s', 'contrib'].includes(buildOf(image)?.distribution ?? '');

interface Known {
  /** Matches the repository of the image, which is captured, and its tag. */
  readonly name: RegExp;
  readonly builds: Readonly<Record<string, Distribution>>;
  /** Without a tag, or as `latest`, it is of today, and today's list is known. */
  readonly moving: boolean;
}

const tagged = /(?::([^@]+))?(?:@.*)?$/.source;

/** Images of the project itself and of vendors; a build of one's own may be called anything. */
const known: readonly Known[] = [
  {
    name: new RegExp(
      `(?:^|/)(?:otel|opentelemetry-collector-releases)/(opentelemetry-collector[a-z0-9-]*)${tagged}`,
    ),
    builds: {
      'opentelemetry-collector': 'core',
      'opentelemetry-collector-k8s': 'k8s',
      'opentelemetry-collector-contrib': 'contrib',
    },
    moving: true,
  },
  {
    name: new RegExp(`(?:^|/)(?:aws-observability|amazon)/(aws-otel-collector)${tagged}`),
    builds: { 'aws-otel-collector': 'ADOT' },
    moving: true,
  },
  {
    name: new RegExp(`(?:^|/)rhosdt/(opentelemetry-collector)-rhel[89]${tagged}`),
    builds: { 'opentelemetry-collector': 'Red Hat' },
    moving: false,
  },
];

/** NaN where a tag tells no version. */
const minorOf = (tag: string): number => Number(/^v?0\.(\d+)\.\d+/.exec(tag)?.[1]);

function isListed(distribution: Distribution, tag: string): boolean {
  const { from, to } = listedVersions[distribution];
  const minor = minorOf(tag);
  return minor >= from && minor <= to;
}

/** What data hangs on most comes first: without its exporter nothing leaves a tier. */
const order: readonly ComponentKind[] = [
  'exporters',
  'processors',
  'receivers',
  'connectors',
  'extensions',
];

/**
 * Components that images lack: a collector that meets one in its config ends at once, used or not
 * (otelcol v0.152.0, internal/configunmarshaler: unknown type). Only what a distribution was surely
 * built without counts: the names of contrib’s components do not all follow from their modules. Of
 * a bare configuration nobody wrote an image.
 */
export const imageGaps = ({ tiers }: Pick<Pipeline, 'tiers'>): ImageGap[] =>
  tiers.flatMap(({ name: tier, components, leftOut, workload: { image } }): ImageGap[] => {
    const distribution = image === bareImage ? undefined : distributionOf(image);
    if (distribution === undefined) return [];
    return order.flatMap((kind) =>
      [...components.map(asWritten), ...leftOut]
        .filter((component) => component.kind === kind && isLacked(distribution, component))
        .map((component) => {
          const has = others.filter((other) => other !== distribution && isIn(other, component));
          return { tier, component, image, distribution, has };
        }),
    );
  });

/** The image is asked for what its author wrote, not for what the bench has put there. */
function asWritten(component: Component): Component {
  const id = standsFor(component);
  return id === undefined ? component : { ...component, id, type: typeOf('exporters', id) };
}

const others: readonly Distribution[] = ['k8s', 'contrib'];

const isIn = (distribution: Distribution, { kind, type }: Component): boolean =>
  modulesOf(type).some((name) => distributions[distribution][kind].includes(name));

const isLacked = (distribution: Distribution, component: Component): boolean =>
  distribution === 'contrib'
    ? modulesOf(component.type).some((name) =>
        [...gone[component.kind], ...ofOthers[component.kind]].includes(name),
      )
    : !isIn(distribution, component);
