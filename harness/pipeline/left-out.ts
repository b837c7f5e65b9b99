import { readComponents } from './components.ts';
import { type Config, configsOf, editResource, keptOf } from './configs.ts';
import { distributions, gone, type Lists, modulesOf, ofOthers } from './distributions.ts';
import type { ResourceEdit } from './edits.ts';
import { at, list, object, type Plain, text } from './read.ts';
import type { Component, Resource } from './types.ts';

/**
 * Receivers and extensions of the program that the bench builds where none can be downloaded
 * (fixtures/binaries/otelcol-contrib/manifest.yaml), by their modules.
 */
export const inProgram: Pick<Lists, 'receivers' | 'extensions'> = {
  receivers: ['filelog', 'hostmetrics', 'jaeger', 'kafka', 'otlp', 'prometheus', 'zipkin'],
  extensions: [
    'basicauth',
    'bearertokenauth',
    'filestorage',
    'headerssetter',
    'healthcheck',
    'k8sleaderelector',
    'pprof',
  ],
};

/** One that a configuration has and the program that runs it does not. */
export interface LeftOut {
  /** What holds the configuration. */
  readonly resource: Resource;
  readonly component: Component;
}

/**
 * Takes receivers and extensions out of the configurations that the program lacks and that the load
 * does not come by, with what names them: pipelines that nothing else comes by, and what proves
 * requests by one of them. A queue's storage stays: without it another pipeline would be judged.
 *
 * @returns what was taken out, and a note for each
 */
export function leaveOut(resources: Resource[]): { leftOut: LeftOut[]; notes: string[] } {
  const leftOut: LeftOut[] = [];
  const notes: string[] = [];
  for (const resource of [...resources]) {
    const edits = configsOf(resource).flatMap((config): ResourceEdit[] => {
      const components = readComponents(config.value, config.place).filter(isLeftOut);
      if (components.length === 0) return [];
      const { kind, name } = resource;
      leftOut.push(...components.map((component) => ({ resource, component })));
      const taken = without(config, components);
      notes.push(...taken.notes.map((note) => `${kind}/${name}: ${note}`));
      return taken.edits;
    });
    if (edits.length > 0) editResource(resources, resource, edits);
  }
  return { leftOut, notes };
}

/** Whether the configuration of a workload, or of a collector resource, is in this resource. */
export function configures({ kind, name, namespace }: Resource, workload: Resource): boolean {
  if (namespace !== workload.namespace) return false;
  if (kind === workload.kind) return name === workload.name;
  const pod = object(at(workload.value, 'spec', 'template', 'spec'));
  const volumes = list(pod.volumes).map(object);
  // `--config=env:NAME` takes it out of a variable.
  const variables = list(pod.containers).flatMap((container) => [
    ...list(object(container).env).map((variable) => object(object(variable).valueFrom)),
    ...list(object(container).envFrom).map(object),
  ]);
  const keys =
    kind === 'ConfigMap'
      ? ['configMap', 'configMapKeyRef', 'configMapRef']
      : ['secret', 'secretKeyRef', 'secretRef'];
  return [
    ...volumes.flatMap((own) => [own, ...list(at(own, 'projected', 'sources')).map(object)]),
    ...variables,
  ].some((source) =>
    keys.some((key) => [at(source, key, 'name'), at(source, key, 'secretName')].includes(name)),
  );
}

/** The program has it, but no broker stands there, and without one it does not start. */
const isOfKafka = ({ type }: Pick<Component, 'type'>): boolean => type === 'kafka';

function isLeftOut({ kind, type }: Component): boolean {
  if (kind !== 'receivers' && kind !== 'extensions') return false;
  const isIn = (names: readonly string[]): boolean =>
    modulesOf(type).some((name) => names.includes(name));
  const isLacking = isOfKafka({ type }) || !isIn(inProgram[kind]);
  const isKnown = isIn([...distributions.contrib[kind], ...gone[kind], ...ofOthers[kind]]);
  return isLacking && isKnown && !/(?<!jaeger_)storage$/.test(type);
}

function without(
  { value, edit }: Config,
  components: readonly Component[],
): { edits: ResourceEdit[]; notes: string[] } {
  const ids = (kind: Component['kind']): string[] =>
    components.flatMap((one) => (one.kind === kind ? one.id : []));
  const [receivers, extensions] = [ids('receivers'), ids('extensions')];
  const edits = components.map(({ kind, id }) => edit(`${kind}["${id}"]`, null));
  const notes = components.map((one) => {
    const why = isOfKafka(one)
      ? 'no broker of Kafka stands here'
      : 'the program that runs here lacks it';
    return `${one.kind.slice(0, -1)} "${one.id}" is left out: ${why}, and the load does not come by it`;
  });
  const started = at(value, 'service', 'extensions');
  if (Array.isArray(started)) {
    const kept = started.filter((id) => !extensions.includes(String(id)));
    const stood = keptOf(started, kept, ['service', 'extensions']);
    if (kept.length < started.length) edits.push(edit('service.extensions', kept, stood));
  }
  for (const path of authenticated(value, extensions)) {
    const [kind, ...below] = path;
    edits.push(edit(`${kind}${below.map((step) => `["${step}"]`).join('')}`, null));
    notes.push(`${path.join('.')} is left out with it: requests prove nothing by it here`);
  }
  const before = object(at(value, 'service', 'pipelines'));
  for (const [name, left] of receiversLeft(before, receivers)) {
    if (left.length > 0) {
      const all = list(object(before[name]).receivers);
      const stood = keptOf(all, left, ['service', 'pipelines', name, 'receivers']);
      edits.push(edit(`service.pipelines["${name}"].receivers`, left, stood));
    } else {
      edits.push(edit(`service.pipelines["${name}"]`, null));
      notes.push(`pipeline "${name}" is left out: nothing else comes by it`);
    }
  }
  return { edits, notes };
}

/** Paths of `auth` in exporters and receivers that names one of these extensions. */
function authenticated(config: Plain, extensions: readonly string[]): string[][] {
  const inside = (value: unknown, path: readonly string[]): string[][] =>
    Object.entries(object(value)).flatMap(([key, child]) => {
      const named = key === 'auth' ? text(object(child).authenticator) : undefined;
      if (named !== undefined && extensions.includes(named)) return [[...path, key]];
      return inside(child, [...path, key]);
    });
  return ['receivers', 'exporters'].flatMap((kind) => inside(config[kind], [kind]));
}

/** The receivers that are left to each pipeline that loses any; what nobody feeds is lost too. */
function receiversLeft(pipelines: Plain, gone: readonly string[]): Map<string, string[]> {
  const left = new Map<string, string[]>();
  const idsOf = (pipeline: unknown, part: string): string[] =>
    list(object(pipeline)[part]).flatMap((id) => text(id) ?? []);
  const leftTo = (name: string): string[] => left.get(name) ?? idsOf(pipelines[name], 'receivers');
  const fedBy = Object.values(pipelines).flatMap((own) => idsOf(own, 'exporters'));
  for (let isStable = false; !isStable; ) {
    isStable = true;
    const open = Object.keys(pipelines).filter((name) => leftTo(name).length > 0);
    const fed = open.flatMap((name) => idsOf(pipelines[name], 'exporters'));
    for (const name of open) {
      const own = leftTo(name);
      // Connectors are exporters of other pipelines.
      const kept = own.filter(
        (id) => !gone.includes(id) && (fed.includes(id) || !fedBy.includes(id)),
      );
      if (kept.length === own.length) continue;
      left.set(name, kept);
      isStable = false;
    }
  }
  return left;
}
