import type { Problem } from '../lib/errors.ts';
import { entryTierOf } from '../pipeline/entry.ts';
import type { Pipeline, Workload } from '../pipeline/types.ts';
import type { Scenario, SpanNode, TraceLoad } from '../scenario/types.ts';
import { podsOfServices } from './build.ts';

/** A scenario's load as services with sidecars can send it. */
export interface SidecarLoad {
  readonly load: readonly TraceLoad[];
  /** What is not sent, and why. */
  readonly leftOut: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * Where traces enter by sidecars, only services whose pods carry one send any: spans of others are
 * taken out of the traces' shape. Services of a scenario that was not written for the pipeline are
 * taken for those that carry one where none has such a name.
 */
export function fitToSidecars(
  { load, place }: Scenario,
  pipeline: Pipeline,
  isForeign: boolean,
): SidecarLoad {
  const workload = entryTierOf(pipeline, 'traces')?.workload;
  const { injectedInto: carriers, kind } = workload ?? {};
  const strays = (['logs', 'metrics'] as const).filter(
    (signal) => entryTierOf(pipeline, signal)?.workload?.kind === 'sidecar',
  );
  if (kind !== 'sidecar' && strays.length > 0) {
    const message = `${strays.join(' and ')} enter by sidecars, traces by tier "${entryTierOf(pipeline, 'traces')?.name}": a service that sends the one may not send the other`;
    const hint = 'name another tier in entries: of the bench file';
    return { load, leftOut: [], problems: [{ place: place(['load']), message, hint }] };
  }
  if (kind !== 'sidecar' || !carriers) return { load, leftOut: [], problems: [] };
  const fitted = load.map((own, i) => {
    const isNamed = own.services.some((service) => carriers.includes(service));
    if (isNamed) return withoutOthers(own, carriers);
    if (isForeign) return renamed(own, carriers);
    const message = `load "${own.name}": no service of it carries a sidecar, by which traces enter`;
    const known = [...carriers];
    return {
      load: own,
      said: [],
      problem: { place: place(['load', i, 'services']), message, known },
    };
  });
  return {
    load: fitted.map((one) => one.load),
    leftOut: fitted.flatMap(({ said }) => said),
    problems: fitted.flatMap((one) => ('problem' in one ? [one.problem] : [])),
  };
}

function withoutOthers(load: TraceLoad, carriers: readonly string[]) {
  const tree = pruned(load.tree, (service) => carriers.includes(service));
  const gone = load.services.filter((service) => !carriers.includes(service));
  const count = load.tree.length - tree.length;
  const said = `not sent: ${count} of ${load.tree.length} spans of each trace of load ${load.name} (no pod of ${gone.join(', ')} carries a sidecar)`;
  const services = load.services.filter((service) => carriers.includes(service));
  return { load: { ...load, services, tree }, said: gone.length > 0 ? [said] : [] };
}

/**
 * The spans of some services. One whose parent is gone hangs on what its parent hung on; where the
 * root is gone, on the first span that is left, which lasts as long as the trace.
 */
function pruned(tree: readonly SpanNode[], stays: (service: string) => boolean): SpanNode[] {
  const kept = tree.flatMap((node, i) => (stays(node.service) ? i : []));
  const parentOf = (i: number): number => {
    const parent = tree[i]?.parent ?? -1;
    return parent < 0 || kept.includes(parent) ? parent : parentOf(parent);
  };
  return kept.flatMap((i, at): SpanNode[] => {
    const node = tree[i];
    if (!node) return [];
    if (at === 0) return [{ ...node, parent: -1, startFraction: 0, endFraction: 1 }];
    return [{ ...node, parent: Math.max(0, kept.indexOf(parentOf(i))) }];
  });
}

function renamed(load: TraceLoad, carriers: readonly string[]) {
  const nameOf = (service: string): string =>
    carriers[load.services.indexOf(service) % carriers.length] ?? service;
  const tree = load.tree.map((node) => ({ ...node, service: nameOf(node.service) }));
  const services = [...new Set(tree.map(({ service }) => service))];
  const said = `load ${load.name}: its services ${load.services.join(', ')} are taken for those that carry a sidecar: ${services.join(', ')}`;
  return { load: { ...load, services, tree }, said: [said] };
}

/** How many pods of the load's services carry a sidecar. */
export const podsWithSidecar = (
  { injectedInto }: Pick<Workload, 'injectedInto'>,
  load: readonly TraceLoad[],
): number =>
  [...podsOfServices(load)].reduce(
    (sum, [service, pods]) => sum + (injectedInto?.includes(service) === false ? 0 : pods),
    0,
  );

/** Where the pods that carry sidecars are; undefined where traces do not enter by any. */
export function namespaceOfSidecars(pipeline: Pipeline): string | undefined {
  const workload = entryTierOf(pipeline, 'traces')?.workload;
  return workload?.kind === 'sidecar' ? workload.namespace : undefined;
}
