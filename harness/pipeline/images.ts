import { typeOf } from './components.ts';
import { type Distribution, distributions, listedVersions } from './distributions.ts';
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

/** What an image's name says: which distribution it is, of a version whose lists are known. */
export function distributionOf(image: string): Distribution | undefined {
  const [, name = '', tag] = official.exec(image) ?? [];
  const distribution = names[name];
  return distribution && isListed(tag) ? distribution : undefined;
}

/** Images of the project itself; a build of one's own may be called anything. */
const official =
  /(?:^|\/)(?:otel|opentelemetry-collector-releases)\/(opentelemetry-collector[a-z0-9-]*)(?::([^@]+))?(?:@.*)?$/;

const names: Readonly<Record<string, Distribution>> = {
  'opentelemetry-collector': 'core',
  'opentelemetry-collector-k8s': 'k8s',
  'opentelemetry-collector-contrib': 'contrib',
};

/** Without a tag, or as `latest`, it is of today. */
function isListed(tag: string | undefined): boolean {
  if (tag === undefined || tag === 'latest') return true;
  const minor = Number(/^v?0\.(\d+)\.\d+/.exec(tag)?.[1]);
  return minor >= listedVersions.from && minor <= listedVersions.to;
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
 * (otelcol v0.152.0, internal/configunmarshaler: unknown type). Only what the core and the k8s
 * distribution were surely built without counts; the names of contrib's components do not all
 * follow from their modules.
 */
export const imageGaps = ({ tiers }: Pick<Pipeline, 'tiers'>): ImageGap[] =>
  tiers.flatMap(({ name: tier, components, workload: { image } }): ImageGap[] => {
    const distribution = distributionOf(image);
    if (distribution === undefined || distribution === 'contrib') return [];
    return order.flatMap((kind) =>
      components
        .map(asWritten)
        .filter((component) => component.kind === kind && !isIn(distribution, component))
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

/** Types that are called otherwise than their modules; `typeOf` has made old names new ones. */
const moduleOf: Readonly<Record<string, string>> = {
  otlpgrpc: 'otlp',
  experimentalmetricsgeneration: 'metricsgeneration',
};

function isIn(distribution: Distribution, { kind, type }: Component): boolean {
  const plain = type.replaceAll('_', '');
  const own = kind === 'exporters' || kind === 'processors' ? (moduleOf[plain] ?? plain) : plain;
  // Authenticators leave `auth` out: `oidc` is oidcauthextension.
  return [own, `${own}auth`].some((name) => distributions[distribution][kind].includes(name));
}
