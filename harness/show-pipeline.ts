import { isRemoteWriter } from './judge/model/outputs.ts';
import { waysOf } from './judge/routes/project.ts';
import { spanForms } from './lib/span-forms.ts';
import { formatMs } from './lib/units.ts';
import { type Entry, entryOf, entryTierOf, isLedTo } from './pipeline/entry.ts';
import { imageGaps } from './pipeline/images.ts';
import { spreadBy } from './pipeline/spread.ts';
import type { Backend, Output, Pipeline, SignalPipeline, Tier } from './pipeline/types.ts';
import { signals } from './pipeline/types.ts';

/**
 * A pipeline as the bench understood it: tiers in the order of the data, the components of each
 * signal in order, where each exporter leads, backends, and what of it is not followed.
 *
 * @returns lines, each with its end
 */
export function showPipeline(pipeline: Pipeline, said: readonly string[] = []): string {
  const { name, tiers, backends, notes } = pipeline;
  const gaps = gapsOf(pipeline);
  const lines = [
    `${name}: ${tiers.length} tiers, ${backends.length} backends`,
    ...entryLines(pipeline),
    ...tiers.flatMap(showTier),
    ...backends.map((backend) => {
      const { id, protocol, signals: taken } = backend;
      const kind = kindWords(backend, tiers);
      return `backend ${id}: ${kind}, takes ${taken.join(' and ')} over ${protocol}`;
    }),
    ...routeLines(pipeline),
    gaps.length === 0 ? 'all of it is followed and modelled' : 'not followed or not modelled:',
    ...gaps.map((gap) => `  ${gap}`),
    ...[...new Set([...said, ...notes])].map((note) => `note: ${note}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** What a backend is, in words: a place outside that gets remote write alone takes no OTLP. */
function kindWords({ id, kind }: Backend, tiers: readonly Tier[]): string {
  const outputs = tiers.flatMap((tier) => tier.outputs);
  const own = outputs.filter(({ to }) => 'backend' in to && to.backend === id);
  return kind === 'otlp' && own.length > 0 && own.every(isRemoteWriter) ? 'remote write' : kind;
}

const ways: Readonly<Record<Entry['by'], string>> = {
  node: 'each node by its own pod',
  service: 'by a Service',
  pod: 'each pod by its own sidecar',
};

/** One line a way in; signals that share it are named together. */
function entryLines(pipeline: Pipeline): string[] {
  const lines = signals.flatMap((signal) => {
    const entry = entryOf(pipeline, signal);
    if (!entry) return [];
    const { tier, port, protocol, by, files, targets, inForm } = entry;
    const isOwn = by === 'service' && !isLedTo(pipeline, entry);
    const how = isOwn ? 'by a Service of the bench (the folder has none for it)' : ways[by];
    if (files) {
      return { signal, way: `enter by ${tier.name}: ${files.id} tails the containers' log files` };
    }
    if (targets) {
      const ids = [...new Set(targets.map(({ id, called }) => called ?? id))].join(', ');
      return { signal, way: `enter by ${tier.name}, which scrapes ${ids}` };
    }
    return [
      {
        signal,
        way: `enter by ${tier.name}, ${inForm ? spanForms[inForm.form].called : 'OTLP'} over ${protocol} at port ${port}, ${how}`,
      },
    ];
  });
  return [...Map.groupBy(lines, ({ way }) => way)].map(
    ([way, own]) => `${own.map(({ signal }) => signal).join(' and ')} ${way}`,
  );
}

/** Where a signal has several ways, or several samplers on one: each, as it is judged. */
const routeLines = (pipeline: Pipeline): string[] =>
  signals.flatMap((signal) =>
    waysOf(pipeline, signal).flatMap(({ route }) => {
      if (!route) return [];
      const legs = route.legs.map(({ tier, processors }) =>
        [tier.name, ...processors.map(({ id }) => id)].join(', '),
      );
      return `way of ${signal} to ${route.backend}: ${legs.join(' -> ')}`;
    }),
  );

const kindNames = {
  daemonset: 'DaemonSet',
  statefulset: 'StatefulSet',
  deployment: 'Deployment',
  sidecar: 'sidecar',
} as const;

function showTier(tier: Tier): string[] {
  const { kind, replicas, image, injectedInto } = tier.workload;
  const carriers = injectedInto?.join(', ') ?? 'each service';
  const pods =
    kind === 'sidecar'
      ? `in each pod of ${carriers}`
      : kind === 'daemonset'
        ? 'a pod a node'
        : `${replicas} ${replicas === 1 ? 'pod' : 'pods'}`;
  return [
    `tier ${tier.name}: ${kindNames[kind]}, ${pods}, ${image}`,
    ...tier.pipelines.map((own) => `  ${showSignal(tier, own)}`),
    ...showSampling(tier),
  ];
}

function showSignal(tier: Tier, { id, signal, receivers, processors, exporters }: SignalPipeline) {
  const names = (list: readonly { readonly id: string }[]): string =>
    list.map((component) => component.id).join(', ');
  const ends = exporters.map((exporter) => {
    const output = tier.outputs.find(
      (one) => one.exporter.id === exporter.id && one.signal === signal,
    );
    return output ? `${exporter.id} to ${tellEnd(output)}` : exporter.id;
  });
  const between = processors.length === 0 ? '' : ` -> ${names(processors)}`;
  return `${id}: ${names(receivers)}${between} -> ${ends.join(', ')}`;
}

function tellEnd(output: Output): string {
  const { to } = output;
  const by = spreadBy(output);
  return 'backend' in to
    ? to.backend
    : `tier ${to.tier} (${to.service}:${to.port}${by === undefined ? '' : `, by ${by}`})`;
}

/** Each sampler, as ways beside each other have one of their own. */
const showSampling = ({ samplers }: Tier): string[] =>
  samplers.map(({ component, decisionWaitMs, policies }) => {
    const rules = policies.map(({ name, type }) => `${name} (${type})`).join(', ');
    return `  ${component.id} after ${formatMs(decisionWaitMs)}: ${rules}`;
  });

/** What a verdict on this pipeline may have to leave open, and why. */
export function gapsOf(pipeline: Pipeline): string[] {
  const { tiers } = pipeline;
  const carried = signals.filter(
    (signal) =>
      entryTierOf(pipeline, signal) ?? tiers[0]?.pipelines.some((own) => own.signal === signal),
  );
  const ways = carried.flatMap((signal) =>
    waysOf(pipeline, signal).flatMap(({ path: { unclear, unmodelled, steps } }) => [
      ...unclear.map(({ hop, why }) => `${signal} at ${hop}: ${why}`),
      ...unmodelled.map(({ step, component }) => {
        const at = `${steps[step]?.tier.name}/${component.id}`;
        return `${signal} at ${at}: what it changes is not modelled`;
      }),
    ]),
  );
  const reached = new Set(carried.flatMap((signal) => tiersOf(pipeline, signal)));
  const aside = tiers.flatMap(({ name }) =>
    reached.has(name) ? [] : [`tier ${name}: the load does not get there`],
  );
  const policies = tiers.flatMap(({ name, samplers }) =>
    samplers.flatMap(({ component, unmodelled }) =>
      unmodelled.map((what) => `${name}/${component.id}: ${what} is not modelled`),
    ),
  );
  const images = imageGaps(pipeline).map(
    ({ tier, component: { id }, distribution }) =>
      `${tier}/${id}: its image, the ${distribution} distribution, lacks it`,
  );
  return [...new Set([...images, ...ways, ...aside, ...policies])];
}

const tiersOf = (pipeline: Pipeline, signal: (typeof signals)[number]): string[] =>
  waysOf(pipeline, signal).flatMap(({ path }) => path.steps.map(({ tier }) => tier.name));
