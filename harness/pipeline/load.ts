import { usualVersion, versionOf } from '../grafana/version.ts';
import { type Problem, throwProblems } from '../lib/errors.ts';
import { missingAccount } from './accounts.ts';
import { type BenchFile, checkBenchFile } from './bench-file.ts';
import { isOfCertManager, readCertificates, withIssued } from './certificates.ts';
import { checkResource } from './check-resource.ts';
import { readComponents, readExtensions, readPipelines } from './components.ts';
import { type Contents, onlyYaml, type PodReader, readContents } from './contents.ts';
import { withEnvironment } from './detectors.ts';
import { checkEncryption, checkTlsFiles } from './encryption.ts';
import { entryTierOf } from './entry.ts';
import { isOfGrafana, readGrafanaFile } from './grafana-file.ts';
import { readHealth } from './health.ts';
import { type ManifestFile, type ResourceEdit, readResources } from './manifests.ts';
import { readServices, renderCollector } from './operator.ts';
import { readOutputs } from './outputs.ts';
import { isCollectorImage, isRawWorkload, readRawWorkload } from './raw.ts';
import { at, type Plain } from './read.ts';
import { readTailSampling } from './sampling.ts';
import { checkSettings } from './settings.ts';
import { tlsEndsOf } from './tls-ends.ts';
import { withPlaceholders } from './tls-trust.ts';
import type { Backend, Pipeline, Resource, Service, Tier, Workload } from './types.ts';

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
  /** What `--set` finds the config by; undefined where it can't reach into it. */
  readonly settable: string | undefined;
}

/** A hint to set something names the resource as it is, or nothing that does not work. */
function withResource(problem: Problem, { settable }: Draft): Problem {
  if (!problem.hint?.includes('--set')) return problem;
  const hint =
    settable === undefined
      ? 'change it there, for the test in a copy of the folder'
      : problem.hint.replace('<resource>:spec.config', settable);
  return { ...problem, hint };
}

/** What is wrong or worth a word; nothing is thrown before all of it is found. */
interface Found {
  /** Without the resources that can't be read, others may seem to be missing. */
  readonly unread: Problem[];
  /** Resources that are not there. */
  readonly missing: Problem[];
  readonly problems: Problem[];
  readonly notes: string[];
  readonly guessed: string[];
}

/**
 * Understands a folder of ordinary Kubernetes YAML: tiers, hops, backends, sampling.
 *
 * @param bench what its author says of it beside the manifests
 * @param grafanaFile what Grafana is provisioned with
 * @throws UserError naming everything that is wrong or not understood, with its place.
 */
export function loadPipeline(
  name: string,
  files: readonly ManifestFile[],
  edits: readonly ResourceEdit[] = [],
  bench?: BenchFile,
  grafanaFile?: ManifestFile,
): Pipeline {
  const ofManifests = grafanaFile ? edits.filter((edit) => !isOfGrafana(edit)) : edits;
  const { resources, unread, problems, notes } = readResources(files, ofManifests);
  const found: Found = {
    unread: [...unread],
    missing: [],
    problems: [...problems],
    notes: [...notes],
    guessed: [],
  };
  for (const resource of resources) checkResource(resource, found.problems);
  const contents = readContents(resources);
  const issued = readCertificates(resources, contents);
  found.problems.push(...issued.problems);
  found.notes.push(...issued.notes);
  const all = withIssued(contents, issued.secrets);
  const drafts = readDrafts(resources, all, found);
  if (drafts.length === 0 && found.unread.length + found.missing.length === 0) {
    const file = files[0]?.path ?? name;
    found.problems.push({
      place: { file, line: 1, column: 1 },
      message: 'no OpenTelemetryCollector and no workload that runs a collector',
      known: resources.map((r) => `${r.kind}/${r.name}`),
      hint: onlyYaml,
    });
  }
  const workloads = drafts.map((draft) => draft.workload);
  const services = [...drafts.flatMap((d) => d.services), ...readServices(resources, workloads)];
  const backends = new Map<string, Backend>();
  const tierOf = (workload: string): string =>
    drafts.find((draft) => draft.workload.name === workload)?.name ?? workload;
  const tiers = drafts.map((draft) => {
    const own: Problem[] = [];
    const tier = toTier(draft, {
      ...found,
      problems: own,
      contents: all,
      services,
      backends,
      bench,
      tierOf,
    });
    found.problems.push(...own.map((problem) => withResource(problem, draft)));
    return tier;
  });
  const names = drafts.map((draft) => draft.name);
  if (bench) found.missing.push(...checkBenchFile(bench, names));
  throwProblems([
    ...found.unread,
    ...found.problems,
    ...(found.unread.length === 0 ? found.missing : []),
  ]);
  const meant = { services, backends: [...backends.values()], issued: issued.secrets };
  const placed = withPlaceholders({ tiers, ...meant });
  const ordered = inOrder(placed.tiers);
  return {
    name,
    namespace: drafts[0]?.workload.namespace ?? 'default',
    resources,
    tiers: ordered,
    ...meant,
    issued: placed.issued,
    roles: rolesOf(ordered, bench),
    guessed: found.guessed,
    entries: bench?.entries ?? [],
    grafana: bench?.grafana,
    links: grafanaFile && readGrafanaFile(grafanaFile, edits, grafanaOf(bench)),
    notes: found.notes,
  };
}

const grafanaOf = (bench: BenchFile | undefined) =>
  versionOf(bench?.grafana ?? usualVersion, bench?.grafanaToggles);

function readDrafts(resources: readonly Resource[], contents: Contents, found: Found): Draft[] {
  return resources.flatMap((resource): Draft[] => {
    const { namespace, place } = resource;
    const problems: Problem[] = [];
    const [notes, missing]: [string[], Problem[]] = [[], []];
    const reader: PodReader = {
      ...found,
      problems,
      notes,
      missing,
      place,
      namespace,
      contents,
      resources,
    };
    const draft = readDraft(resource, reader);
    found[draft ? 'problems' : 'unread'].push(...problems);
    found.notes.push(...notes);
    found.missing.push(...missing);
    if (draft) found.missing.push(...missingAccount(draft.workload, resource, resources));
    return draft ? [draft] : [];
  });
}

function readDraft(resource: Resource, reader: PodReader): Draft | undefined {
  const { name, place, kind } = resource;
  if (kind === 'OpenTelemetryCollector') {
    const rendered = renderCollector(resource, reader);
    if (!rendered) return undefined;
    return {
      ...rendered,
      name,
      settable: `${kind}/${name}:spec.config`,
      place: (path) => place(['spec', 'config', ...path]),
    };
  }
  if (isRawWorkload(resource)) {
    const raw = readRawWorkload(resource, reader);
    if (raw?.config) return { ...raw, name, services: [], config: raw.config };
    if (raw && isCollectorImage(raw.workload.image)) {
      if (raw.sought === '') return undefined;
      const message =
        `${kind} "${name}" runs a collector whose configuration is not in the folder: no mounted ` +
        `ConfigMap or Secret holds ${raw.sought}`;
      reader.missing.push({ place: raw.workload.place, message, hint: onlyYaml });
    } else if (raw) {
      // What is wrong with it is then nothing to the run.
      for (const said of [reader.problems, reader.missing, reader.notes]) said.length = 0;
      reader.notes.push(`${kind}/${name} runs no collector; it is left out`);
    }
    return undefined;
  }
  if (!silentKinds.has(kind) && !isOfCertManager(resource))
    reader.notes.push(`${kind}/${name} is not honoured by the embedded runtime`);
  return undefined;
}

interface TierContext extends Found {
  readonly contents: Contents;
  readonly services: readonly Service[];
  readonly backends: Map<string, Backend>;
  readonly bench: BenchFile | undefined;
  readonly tierOf: (workload: string) => string;
}

function toTier(draft: Draft, context: TierContext): Tier {
  const { problems, notes } = context;
  const { place } = draft;
  const reader = { problems, place };
  const components = readComponents(draft.config, place).map((component) =>
    withEnvironment(component, draft.workload.environment),
  );
  const pipelines = readPipelines(draft.config, components, reader, notes);
  const { namespace, environment } = draft.workload;
  const outputs = readOutputs(pipelines, { ...context, place, namespace, environment });
  checkSettings(components, reader);
  checkEncryption(outputs, draft.workload, context.backends, reader);
  checkTlsFiles(pipelines, outputs, draft.workload, reader);
  const tlsEnds = tlsEndsOf({ pipelines, workload: draft.workload }, context.contents);
  const samplers = pipelines
    .filter((pipeline) => pipeline.signal === 'traces')
    .flatMap((pipeline) => pipeline.processors.filter((p) => p.type === 'tail_sampling'));
  const read = [...new Set(samplers)].map((sampler) => {
    const inSampler = (path: readonly PropertyKey[]) => place(['processors', sampler.id, ...path]);
    return readTailSampling(sampler, { problems, place: inSampler });
  });
  return {
    name: draft.name,
    workload: draft.workload,
    components,
    pipelines,
    outputs,
    ...(tlsEnds.length > 0 ? { tlsEnds } : {}),
    tailSampling: read[0],
    samplers: read,
    health: readHealth(readExtensions(draft.config, components, reader)),
    logsSampled: at(draft.config, 'service', 'telemetry', 'logs', 'sampling', 'enabled') !== false,
    logsLittle: !/^(debug|info)$/i.test(
      String(at(draft.config, 'service', 'telemetry', 'logs', 'level') ?? 'info'),
    ),
  };
}

/**
 * Roles that the manifests tell by themselves, and those that the bench file says. One that several
 * tiers could have is none.
 */
function rolesOf(tiers: readonly Tier[], bench: BenchFile | undefined): Map<string, string> {
  const entry = entryTierOf({ tiers, entries: bench?.entries ?? [] }, 'traces') ?? tiers[0];
  const [sampler, second] = tiers.filter(({ tailSampling }) => tailSampling);
  const roles = new Map<string, string>();
  if (entry) roles.set('entry', entry.name);
  if (sampler && !second) roles.set('sampler', sampler.name);
  for (const { role, tier } of bench?.roles ?? []) roles.set(role, tier);
  return roles;
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
