import { usualVersion, versionOf } from '../grafana/version.ts';
import { type Problem, throwProblems } from '../lib/errors.ts';
import { type BenchFile, checkBenchFile } from './bench-file.ts';
import { readCertificates, withIssued } from './certificates.ts';
import { checkResource } from './check-resource.ts';
import { collectorAtStart } from './collector-at-start.ts';
import { checkSignals } from './component-signals.ts';
import {
  checkParts,
  checkTypes,
  readComponents,
  readExtensions,
  readPipelines,
} from './components.ts';
import { type Contents, onlyYaml, readContents } from './contents.ts';
import { checkDetectors, withEnvironment } from './detectors.ts';
import { type Draft, type Found, readDrafts } from './drafts.ts';
import { checkEncryption, checkTlsFiles } from './encryption.ts';
import { entryTierOf } from './entry.ts';
import { isOfGrafana, readGrafanaFile } from './grafana-file.ts';
import { readHealth } from './health.ts';
import { checkKeys } from './known-keys.ts';
import { asWritten } from './later-names.ts';
import type { LeftOut } from './left-out.ts';
import { saidOfDeafHops, saidOfLocalHops } from './local-hops.ts';
import { type ManifestFile, type ResourceEdit, readResources } from './manifests.ts';
import { readServices } from './operator.ts';
import { type OutputContext, readOutputs } from './outputs.ts';
import { at } from './read.ts';
import { readAlertRules } from './rules.ts';
import { readTailSampling } from './sampling.ts';
import { checkSettings } from './settings.ts';
import { tlsEndsOf } from './tls-ends.ts';
import { withPlaceholders } from './tls-trust.ts';
import type { Backend, Component, Pipeline, Resource, Service, Tier } from './types.ts';

/**
 * A problem by the names that the file has. A hint to set something names the resource as it is, or
 * nothing that does not work.
 */
function asTold(found: Problem, { settable, renamed }: Draft): Problem {
  const problem = asWritten(found, renamed);
  if (!problem.hint?.includes('--set')) return problem;
  const hint =
    settable === undefined
      ? 'change it there, for the test in a copy of the folder'
      : problem.hint.replace('<resource>:spec.config', settable);
  return { ...problem, hint };
}

/**
 * Understands a folder of ordinary Kubernetes YAML: tiers, hops, backends, sampling.
 *
 * @param bench what its author says of it beside the manifests
 * @param grafanaFile what Grafana is provisioned with
 * @param rulesFile rules of Prometheus beside those of the folder's PrometheusRule resources
 * @throws UserError naming everything that is wrong or not understood, with its place.
 */
export function loadPipeline(
  name: string,
  files: readonly ManifestFile[],
  edits: readonly ResourceEdit[] = [],
  bench?: BenchFile,
  grafanaFile?: ManifestFile,
  rulesFile?: ManifestFile,
): Pipeline {
  const ofManifests = grafanaFile ? edits.filter((edit) => !isOfGrafana(edit)) : edits;
  const manifests = readResources(files, ofManifests);
  const { resources, unread, problems, notes } = manifests;
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
  const { drafts, idle, instead } = readDrafts({ ...manifests, contents: all }, found);
  if (drafts.length === 0 && found.unread.length + found.missing.length === 0) {
    found.problems.push(
      idle.length > 0 ? nothingLeft(manifests.leftOut) : noCollector(name, files, resources),
    );
  }
  const workloads = drafts.map((draft) => draft.workload);
  const services = [...drafts.flatMap((d) => d.services), ...readServices(resources, workloads)];
  const onNodes = workloads.flatMap(({ kind, name, ports }) =>
    kind === 'daemonset' ? { workload: name, ports } : [],
  );
  const backends = new Map<string, Backend>();
  const namespaces = namespacesOf(resources);
  const tierOf = (workload: string): string =>
    drafts.find((draft) => draft.workload.name === workload)?.name ?? workload;
  const tiers = drafts.map((draft) => {
    const [own, missing]: [Problem[], Problem[]] = [[], []];
    const tier = toTier(draft, {
      ...found,
      problems: own,
      missing,
      contents: all,
      services,
      onNodes,
      backends,
      namespaces,
      bench,
      tierOf,
    });
    found.problems.push(...own.map((problem) => asTold(problem, draft)));
    found.missing.push(...missing.map((problem) => asTold(problem, draft)));
    return tier;
  });
  const names = drafts.map((draft) => draft.name);
  const rules = readAlertRules(resources, rulesFile, found.problems);
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
    resources: [...resources.filter((resource) => !idle.includes(resource)), ...instead],
    tiers: ordered,
    ...meant,
    issued: placed.issued,
    roles: rolesOf(ordered, bench),
    guessed: found.guessed,
    entries: bench?.entries ?? [],
    grafana: bench?.grafana,
    links: grafanaFile && readGrafanaFile(grafanaFile, edits, grafanaOf(bench)),
    rules,
    notes: [...found.notes, ...saidOfLocalHops(ordered), ...saidOfDeafHops(ordered)],
  };
}

/** Those of its resources, and those that it makes. */
const namespacesOf = (resources: readonly Resource[]): Set<string> =>
  new Set(
    resources.flatMap(({ kind, name, namespace }) =>
      kind === 'Namespace' ? [name, namespace] : namespace,
    ),
  );

const noCollector = (
  name: string,
  files: readonly ManifestFile[],
  resources: readonly Resource[],
): Problem =>
  resources.flatMap(collectorAtStart)[0] ?? {
    place: { file: files[0]?.path ?? name, line: 1, column: 1 },
    message: 'no OpenTelemetryCollector and no workload that runs a collector',
    known: resources.map((r) => `${r.kind}/${r.name}`),
    hint: onlyYaml,
  };

/** Of a folder whose every receiver was left out. */
const nothingLeft = (leftOut: readonly LeftOut[]): Problem => {
  const receivers = leftOut.flatMap(({ component }) =>
    component.kind === 'receivers' ? component : [],
  );
  const [first] = receivers;
  const ids = receivers.map(({ id }) => id).join(', ');
  const message = `nothing of the folder takes OTLP, by which the load goes in; ${ids} take in nothing of it`;
  return {
    place: (first as Component).place,
    message,
    hint: 'add the collector that takes traces by OTLP',
  };
};

const grafanaOf = (bench: BenchFile | undefined) =>
  versionOf(bench?.grafana ?? usualVersion, bench?.grafanaToggles);

interface TierContext extends Found {
  readonly contents: Contents;
  readonly services: readonly Service[];
  readonly onNodes: OutputContext['onNodes'];
  readonly backends: Map<string, Backend>;
  readonly namespaces: ReadonlySet<string>;
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
  const outputs = readOutputs(pipelines, {
    ...context,
    tier: draft.name,
    place,
    namespace,
    environment,
  });
  checkTypes(components, problems);
  checkParts(draft.config, reader);
  checkSignals(draft.config, pipelines, reader);
  checkSettings(components, reader);
  checkKeys(components, reader);
  checkDetectors(components, reader);
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
    ...(draft.settable === undefined ? {} : { settable: draft.settable }),
    leftOut: draft.leftOut,
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
