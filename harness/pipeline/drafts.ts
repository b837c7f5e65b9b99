import type { Problem } from '../lib/errors.ts';
import { accountsInstead, missingAccount } from './accounts.ts';
import { isOfCertManager } from './certificates.ts';
import type { Contents, PodReader } from './contents.ts';
import { placesFor, saidOfPlaces } from './endpoint-variables.ts';
import { imageVariables } from './image-variables.ts';
import type { Renamed } from './later-names.ts';
import { configures, type LeftOut } from './left-out.ts';
import { missingConfig, noProgram } from './missing-config.ts';
import { readsMonitors } from './monitored.ts';
import { isMonitor } from './monitors.ts';
import { renderCollector } from './operator.ts';
import { isBackendImage, isCollectorImage, isRawWorkload, readRawWorkload } from './raw.ts';
import { at, object, type Plain } from './read.ts';
import { isOfPrometheus } from './rules.ts';
import type { Component, Resource, Service, Tier, Workload } from './types.ts';
import { saidOfUnset } from './unset-variables.ts';

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

/** A workload that runs a collector, with what that is configured with. */
export interface Draft {
  readonly name: string;
  readonly workload: Workload;
  readonly services: readonly Service[];
  readonly config: Plain;
  readonly place: (path: readonly PropertyKey[]) => Tier['components'][number]['place'];
  /** What `--set` finds the config by; undefined where it can't reach into it. */
  readonly settable: string | undefined;
  /** What was taken out of its configuration. */
  readonly leftOut: readonly Component[];
  /** What is called otherwise in the file. */
  readonly renamed: readonly Renamed[];
}

/** What is wrong or worth a word; nothing is thrown before all of it is found. */
export interface Found {
  /** Without the resources that can't be read, others may seem to be missing. */
  readonly unread: Problem[];
  /** Resources that are not there. */
  readonly missing: Problem[];
  readonly problems: Problem[];
  readonly notes: string[];
  readonly guessed: string[];
}

export interface Drafts {
  readonly drafts: readonly Draft[];
  /** Workloads of which nothing runs: all that they take in was taken out. */
  readonly idle: readonly Resource[];
  /** What stands for what the folder lacks. */
  readonly instead: readonly Resource[];
}

interface Folder {
  readonly resources: readonly Resource[];
  readonly leftOut: readonly LeftOut[];
  readonly renamed: readonly Renamed[];
  readonly contents: Contents;
}

/** Reads every workload of the folder that runs a collector. */
export function readDrafts(folder: Folder, found: Found): Drafts {
  const { resources, contents } = folder;
  const idle: Resource[] = [];
  const running: { workload: Workload; resource: Resource }[] = [];
  const drafts = resources.flatMap((resource): Draft[] => {
    const { namespace, place, kind, name } = resource;
    const problems: Problem[] = [];
    const [notes, missing]: [string[], Problem[]] = [[], []];
    const own = { problems, notes, missing, place, namespace, contents, resources };
    const read = readDraft(resource, { ...found, ...own });
    const isOfIt = (one: { readonly resource: Resource }) => configures(one.resource, resource);
    const renamed = folder.renamed.filter(isOfIt);
    const leftOut = folder.leftOut.filter(isOfIt).map(({ component }) => component);
    const told = read && withPlaces(withImageVariables(read), notes);
    const draft = told && { ...told, leftOut, renamed };
    if (draft && isIdle(draft)) {
      idle.push(resource);
      found.notes.push(`${kind}/${name} is left out: all that it takes in is`);
      return [];
    }
    if (draft) notes.push(...saidOfUnset(`${kind}/${name}`, draft));
    found[draft ? 'problems' : 'unread'].push(...problems);
    found.notes.push(...notes);
    found.missing.push(...missing);
    if (!draft) return [];
    running.push({ workload: draft.workload, resource });
    found.missing.push(...missingAccount(draft.workload, resource, resources));
    return [draft];
  });
  const { accounts, notes } = accountsInstead(running, resources);
  found.notes.push(...notes);
  return { drafts, idle, instead: accounts };
}

/** With what the image would set by itself, which another one runs for. */
function withImageVariables<T extends Pick<Draft, 'workload'>>(read: T): T {
  const { workload } = read;
  const environment = [...workload.environment, ...imageVariables(workload)];
  return { ...read, workload: { ...workload, environment } };
}

/** Where a part of the environment is not in the folder, it may tell where exporters send to. */
function withPlaces<T extends Pick<Draft, 'workload' | 'config'>>(read: T, notes: string[]): T {
  const { workload, config } = read;
  if (!workload.lacksVariables) return read;
  const known = workload.environment.map(({ name }) => name);
  const places = placesFor(config, (name) => known.includes(name));
  notes.push(...saidOfPlaces(places));
  const more = [...places].map(([name, literal]) => ({ name, value: { literal } }));
  return { ...read, workload: { ...workload, environment: [...workload.environment, ...more] } };
}

const isIdle = ({ config, leftOut }: Draft): boolean =>
  leftOut.length > 0 && Object.keys(object(at(config, 'service', 'pipelines'))).length === 0;

function readDraft(
  resource: Resource,
  reader: PodReader,
): Omit<Draft, 'leftOut' | 'renamed'> | undefined {
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
    const isCollector = raw !== undefined && isCollectorImage(raw.workload.image);
    const programless = isCollector ? noProgram(resource, raw.workload) : undefined;
    if (programless) {
      reader.problems.push(programless);
      return undefined;
    }
    if (raw?.config && !isBackendImage(raw.workload.image)) {
      return { ...raw, name, services: [], config: raw.config };
    }
    if (isCollector) {
      const problem = missingConfig(resource, raw);
      if (problem) reader.missing.push(problem);
    } else if (raw) {
      // What is wrong with it is then nothing to the run.
      for (const said of [reader.problems, reader.missing, reader.notes]) said.length = 0;
      reader.notes.push(`${kind}/${name} runs no collector; it is left out`);
    }
    return undefined;
  }
  const isSilent =
    silentKinds.has(kind) ||
    [isOfCertManager, isOfPrometheus].some((isRead) => isRead(resource)) ||
    (isMonitor(resource) && readsMonitors(reader.resources));
  if (!isSilent) reader.notes.push(`${kind}/${name} is not honoured by the embedded runtime`);
  return undefined;
}
