import { type Problem, throwProblems } from '../lib/errors.ts';
import { readComponents, readPipelines } from './components.ts';
import { type ManifestFile, type ResourceEdit, readResources } from './manifests.ts';
import { readServices, renderCollector } from './operator.ts';
import { readOutputs } from './outputs.ts';
import { isCollectorImage, isRawWorkload, readRawWorkload } from './raw.ts';
import { at, number, object, type Plain, text } from './read.ts';
import { readTailSampling } from './sampling.ts';
import type { Backend, Component, Pipeline, Resource, Service, Tier, Workload } from './types.ts';
import { type PodReader, readContents } from './workloads.ts';

/** Kinds that say nothing about the data's way; the rest is listed as not honoured. */
const silentKinds = new Set([
  'Namespace',
  'ServiceAccount',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'ConfigMap',
  'Secret',
  'Service',
]);

interface Draft {
  readonly name: string;
  readonly workload: Workload;
  readonly services: readonly Service[];
  readonly config: Plain;
  readonly place: (path: readonly PropertyKey[]) => Tier['components'][number]['place'];
}

/**
 * Understands a folder of ordinary Kubernetes YAML: tiers, hops, backends, sampling.
 *
 * @throws UserError naming everything that is wrong or not understood, with its place.
 */
export function loadPipeline(
  name: string,
  files: readonly ManifestFile[],
  edits: readonly ResourceEdit[] = [],
): Pipeline {
  const resources = readResources(files, edits);
  const problems: Problem[] = [];
  const notes: string[] = [];
  const drafts = readDrafts(resources, problems, notes);
  if (drafts.length === 0 && problems.length === 0) {
    const file = files[0]?.path ?? name;
    problems.push({
      place: { file, line: 1, column: 1 },
      message: 'no OpenTelemetryCollector and no workload that runs a collector',
      known: resources.map((r) => `${r.kind}/${r.name}`),
    });
  }
  throwProblems(problems);
  const workloads = drafts.map((draft) => draft.workload);
  const services = [...drafts.flatMap((d) => d.services), ...readServices(resources, workloads)];
  const backends = new Map<string, Backend>();
  const tierOf = (workload: string): string =>
    drafts.find((draft) => draft.workload.name === workload)?.name ?? workload;
  const tiers = drafts.map((draft) =>
    toTier(draft, { services, backends, tierOf, problems, notes }),
  );
  throwProblems(problems);
  return {
    name,
    namespace: drafts[0]?.workload.namespace ?? 'default',
    resources,
    tiers: inOrder(tiers),
    backends: [...backends.values()],
    services,
    notes,
  };
}

function readDrafts(resources: readonly Resource[], problems: Problem[], notes: string[]): Draft[] {
  const contents = readContents(resources);
  return resources.flatMap((resource): Draft[] => {
    const { name, namespace, place, kind } = resource;
    const reader: PodReader = { problems, place, namespace, contents, notes };
    if (kind === 'OpenTelemetryCollector') {
      const rendered = renderCollector(resource, reader);
      if (!rendered) return [];
      return [{ ...rendered, name, place: (path) => place(['spec', 'config', ...path]) }];
    }
    if (isRawWorkload(resource)) {
      const raw = readRawWorkload(resource, reader);
      if (raw?.config) {
        const { workload, config } = raw;
        return [{ name, workload, services: [], config, place: () => workload.place }];
      }
      if (raw && isCollectorImage(raw.workload.image)) {
        const message =
          `${kind} "${name}" runs a collector whose configuration is not in the folder: no mounted ` +
          `ConfigMap or Secret holds ${raw.configPath}`;
        problems.push({ place: raw.workload.place, message });
      } else if (raw) notes.push(`${kind}/${name} runs no collector; it is left out`);
      return [];
    }
    if (!silentKinds.has(kind))
      notes.push(`${kind}/${name} is not honoured by the embedded runtime`);
    return [];
  });
}

interface TierContext {
  readonly services: readonly Service[];
  readonly backends: Map<string, Backend>;
  readonly tierOf: (workload: string) => string;
  readonly problems: Problem[];
  readonly notes: string[];
}

function toTier(draft: Draft, context: TierContext): Tier {
  const { problems } = context;
  const components = readComponents(draft.config, draft.place);
  const pipelines = readPipelines(draft.config, components, draft.place, problems);
  const outputs = readOutputs(pipelines, { ...context, namespace: draft.workload.namespace });
  const samplers = pipelines
    .filter((pipeline) => pipeline.signal === 'traces')
    .flatMap((pipeline) => pipeline.processors.filter((p) => p.type === 'tail_sampling'));
  const [sampler, second] = samplers;
  if (second) {
    problems.push({
      place: second.place,
      message: `tail_sampling twice in tier "${draft.name}"; decisions are followed through one`,
    });
  }
  const place = (path: readonly PropertyKey[]) =>
    draft.place(['processors', sampler?.id ?? '', ...path]);
  return {
    name: draft.name,
    workload: draft.workload,
    components,
    pipelines,
    outputs,
    tailSampling: sampler && readTailSampling(sampler, { problems, place }),
    health: readHealth(components, draft.config),
    logsSampled: at(draft.config, 'service', 'telemetry', 'logs', 'sampling', 'enabled') !== false,
  };
}

function readHealth(components: readonly Component[], config: Plain): Tier['health'] {
  const enabled = object(config.service).extensions;
  const extension = components.find((c) => c.kind === 'extensions' && c.type === 'health_check');
  if (!extension || !Array.isArray(enabled) || !enabled.includes(extension.id)) return undefined;
  const endpoint = text(extension.config.endpoint) ?? 'localhost:13133';
  const port = number(/:(\d+)$/.exec(endpoint)?.[1]) ?? 13133;
  return { port, path: text(extension.config.path) ?? '/' };
}

/** From the tier that no other sends to, along the outputs. */
function inOrder(tiers: readonly Tier[]): Tier[] {
  const depth = new Map<string, number>();
  const visit = (tier: Tier, level: number): void => {
    if (level > tiers.length || (depth.get(tier.name) ?? -1) >= level) return;
    depth.set(tier.name, level);
    for (const { to } of tier.outputs) {
      const next = 'tier' in to ? tiers.find((t) => t.name === to.tier) : undefined;
      if (next) visit(next, level + 1);
    }
  };
  for (const tier of tiers) visit(tier, 0);
  return [...tiers].sort((a, b) => (depth.get(a.name) ?? 0) - (depth.get(b.name) ?? 0));
}
