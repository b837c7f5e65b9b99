import { createHash } from 'node:crypto';
import type { Scenario, TraceLoad } from '../scenario/types.ts';
import { buildBlocks } from './blocks.ts';
import { markBlocks, plannedCanaries } from './canaries.ts';
import { generatedName, generatedUid } from './names.ts';
import { podMarks } from './pod-marks.ts';
import { random, shuffle } from './random.ts';
import { podsBefore, scaledOrdinals } from './scales.ts';
import { buildTemplates } from './templates.ts';
import { buildTables } from './traces.ts';
import {
  connectionsPerPod,
  currentDrawing,
  type Drawing,
  type Plan,
  type PlannedFault,
  type PlannedPod,
} from './types.ts';
import { planAppPods, planUsers } from './users.ts';

/** What the plan must know of the pipeline and the cluster; it knows no more. */
export interface PlanContext {
  readonly workerNodes: number;
  /** Pods of each tier, for faults whose target is drawn. */
  readonly podsOfTier: (tier: string) => number;
  /** Where the sample services' pods are; `shop` where it is left out. */
  readonly namespace?: string | undefined;
}

/**
 * Draws the whole run from a seed: which spans exist, when each is sent in which request, what is
 * broken when. Pure: equal arguments give equal plans, byte by byte.
 *
 * @param drawing of a stored run: as it was drawn then
 */
export function buildPlan(
  scenario: Scenario,
  context: PlanContext,
  seed: number,
  drawing: Drawing = currentDrawing,
): Plan {
  const classNames = classNamesOf(scenario.load);
  const pods = planPods(scenario, context, seed);
  const templates = buildTemplates(scenario.load, classNames, seed);
  const { traces, spans } = buildTables(scenario, seed, classNames, templates, pods, drawing);
  const blocks = buildBlocks(scenario, seed, pods, traces, spans, drawing);
  const faults = scenario.faults.map((spec, index): PlannedFault => {
    const { tier, ordinal } = spec.target;
    const count = podsBefore(scenario.faults, index, context.podsOfTier)(tier);
    const all =
      spec.kind === 'scale'
        ? scaledOrdinals(count, spec.replicas)
        : Array.from({ length: count }, (_, i) => i);
    const drawn = random(seed, `fault/${index}`).below(Math.max(1, count));
    const ordinals = ordinal === 'all' ? all : [ordinal === 'random' ? drawn : ordinal];
    return { index, spec, tier, ordinals };
  });
  // The application's pods come last, and what is sent for the others knows nothing of them.
  const users = planUsers(scenario, seed, pods.length);
  const lastRequestMs = users?.requests.at(-1)?.atMs ?? 0;
  const plan = {
    seed,
    scenario: scenario.name,
    pods: [...pods, ...planAppPods(scenario, context.workerNodes, seed)],
    classNames,
    templates: templates.templates,
    traces,
    spans,
    ...blocks,
    loadMs: Math.max(blocks.loadMs, lastRequestMs),
    blocks: markBlocks(scenario, seed, pods, blocks.blocks),
    faults,
    canaries: plannedCanaries(scenario, seed),
    connections: drawing === 1 ? undefined : drawConnections(pods.length, seed),
    users,
  };
  return { ...plan, hash: hashOf(plan) };
}

/** Each number once, shuffled: a lot modulo the pods of a Service gives each pod its share. */
function drawConnections(pods: number, seed: number): number[] {
  const lots = Array.from({ length: pods * connectionsPerPod }, (_, i) => i);
  shuffle(lots, random(seed, 'connections'));
  return lots;
}

/** Every class of these loads, with the rest as the first. */
export const classNamesOf = (loads: readonly TraceLoad[]): string[] => [
  'normal',
  ...new Set(loads.flatMap(({ classes }) => classes.map(({ name }) => name))),
];

/** How many pods each service has: as many as the load that asks for most. */
export function podsOfServices(loads: readonly TraceLoad[]): Map<string, number> {
  const pods = new Map<string, number>();
  for (const { services, podsPerService } of loads) {
    for (const service of services) {
      pods.set(service, Math.max(pods.get(service) ?? 0, podsPerService));
    }
  }
  return pods;
}

/** The sample services' pods, spread over the worker nodes in turn. */
function planPods(scenario: Scenario, context: PlanContext, seed: number): PlannedPod[] {
  const stream = random(seed, 'pods');
  const sendThemselves = new Set(
    scenario.load.flatMap(({ address, services }) => (address === 'connection' ? services : [])),
  );
  let next = 0;
  return [...podsOfServices(scenario.load)].flatMap(([service, count]) => {
    const replicaSet = `${service}-${generatedName(stream, 10)}`;
    return Array.from({ length: count }, () => ({
      name: `${replicaSet}-${generatedName(stream, 5)}`,
      uid: generatedUid(stream),
      service,
      deployment: service,
      replicaSet,
      namespace: context.namespace ?? 'shop',
      node: next++ % context.workerNodes,
      ...podMarks(service, replicaSet),
      ...(sendThemselves.has(service) ? { sendsItself: true as const } : {}),
    }));
  });
}

function hashOf(plan: Omit<Plan, 'hash'>): string {
  const hash = createHash('sha256');
  const columns = [
    ...Object.values(plan.traces),
    ...Object.values(plan.spans),
    plan.spanOrder,
    plan.logOrder,
  ];
  for (const column of columns) {
    if (ArrayBuffer.isView(column)) {
      hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
    }
  }
  const { classNames, templates, blocks, faults, connections, users } = plan;
  // Nothing that is sent hangs on them, and runs were recorded before there were any.
  const pods = plan.pods.map(({ annotations: _, ...own }) => own);
  hash.update(JSON.stringify({ pods, classNames, templates, blocks, faults, connections, users }));
  return hash.digest('hex');
}
