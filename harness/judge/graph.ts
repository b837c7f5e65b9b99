import { spanForms } from '../lib/span-forms.ts';
import { type Entry, entryOf, entryTierOf } from '../pipeline/entry.ts';
import { spreadBy } from '../pipeline/spread.ts';
import {
  type Backend,
  type Output,
  type Pipeline,
  type Signal,
  type SignalPipeline,
  signals,
  type Tier,
} from '../pipeline/types.ts';
import { waysOf } from './routes/project.ts';

/** A pipeline as the bench understood it, to be drawn: who stands where, who sends what to whom. */
export interface Graph {
  readonly stations: readonly Station[];
  readonly arrows: readonly Arrow[];
}

/** The load, a tier or a backend. */
export interface Station {
  readonly id: string;
  readonly kind: 'load' | 'tier' | 'backend';
  readonly title: string;
  readonly detail: string;
  /** Hops from the load by the longest way; one that no load gets to stands beside the first. */
  readonly column: number;
  readonly isReached: boolean;
  /** Pipelines, their processors in order, and the connectors that lead on from them. */
  readonly lines: readonly Line[];
}

/** A pipeline, or one of its processors: what it changes is foretold, or nobody knows. */
interface Line {
  readonly text: string;
  readonly is: 'pipeline' | 'modelled' | 'blind';
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly signals: readonly Signal[];
  /** How its requests are spread, and what ends them on their way. */
  readonly how: string;
}

export const loadId = 'load';

/** Draws nothing: says what a picture of the pipeline has to show. */
export function graphOf(pipeline: Pipeline): Graph {
  const { tiers, backends } = pipeline;
  const arrows = merged([...arrowsIn(pipeline), ...tiers.flatMap(arrowsOf)]);
  const columns = columnsOf(arrows);
  const blind = unmodelledOf(pipeline);
  const at = (id: string) => ({ id, column: columns.get(id) ?? 1, isReached: columns.has(id) });
  return {
    stations: [
      { ...at(loadId), kind: 'load', title: 'load', detail: '', lines: [] },
      ...tiers.map((tier): Station => tierStation(tier, at(tier.name), blind)),
      ...backends.map((backend): Station => backendStation(backend, at(backend.id))),
    ],
    arrows,
  };
}

type Place = Pick<Station, 'id' | 'column' | 'isReached'>;

function tierStation(tier: Tier, place: Place, blind: ReadonlySet<unknown>): Station {
  const { kind, replicas } = tier.workload;
  const pods = replicas === 1 ? '1 pod' : `${replicas} pods`;
  const detail = { daemonset: 'a pod a node', sidecar: 'in pods of services' }[kind as string];
  return {
    ...place,
    kind: 'tier',
    title: tier.name,
    detail: detail ?? `${kind}, ${pods}`,
    lines: tier.pipelines.flatMap((own) => linesOf(own, blind)),
  };
}

const linesOf = (
  { id, processors, exporters }: SignalPipeline,
  blind: ReadonlySet<unknown>,
): Line[] => [
  { text: id, is: 'pipeline' },
  ...processors.map(
    (one): Line => ({
      text: `· ${one.id}`,
      is: blind.has(one) ? 'blind' : 'modelled',
    }),
  ),
  ...exporters.flatMap((one): Line[] =>
    one.kind === 'connectors' ? [{ text: `→ ${one.id}`, is: 'modelled' }] : [],
  ),
];

const backendStation = ({ id, kind, host }: Backend, place: Place): Station => ({
  ...place,
  kind: 'backend',
  title: host.split('.')[0] ?? host,
  detail: kind === 'otlp' ? id : `${kind}, ${id}`,
  lines: [],
});

/** Components whose doing nobody foretells, on any way of any signal. */
const unmodelledOf = (pipeline: Pipeline): Set<unknown> =>
  new Set(
    signals
      .flatMap((signal) => waysOf(pipeline, signal))
      .flatMap(({ path: { unmodelled } }) => unmodelled.map(({ component }) => component)),
  );

const entryWays: Readonly<Record<Entry['by'], string>> = {
  node: 'own node',
  service: 'Service',
  pod: 'own pod',
};

const howEntered = ({ files, targets, inForm, protocol, by }: Entry): string =>
  files
    ? 'log files'
    : targets
      ? 'scraped'
      : `${inForm ? spanForms[inForm.form].called : protocol}, ${entryWays[by]}`;

const arrowsIn = (pipeline: Pipeline): Arrow[] =>
  signals.flatMap((signal) => {
    const entry = entryOf(pipeline, signal);
    const tier = entry?.tier ?? entryTierOf(pipeline, signal);
    if (!tier) return [];
    const how = entry ? howEntered(entry) : '';
    return [{ from: loadId, to: tier.name, signals: [signal], how }];
  });

const arrowsOf = ({ name, outputs }: Tier): Arrow[] =>
  outputs.map((output) => ({
    from: name,
    to: 'backend' in output.to ? output.to.backend : output.to.tier,
    signals: [output.signal],
    how: howOf(output),
  }));

function howOf(output: Output): string {
  const by = spreadBy(output);
  const { protocol, tls } = output;
  return [protocol, ...(tls ? ['TLS'] : []), ...(by === undefined ? [] : [`by ${by}`])].join(', ');
}

/** What goes the same way in the same manner is one arrow. */
const merged = (arrows: readonly Arrow[]): Arrow[] =>
  [...Map.groupBy(arrows, ({ from, to, how }) => [from, to, how].join('|')).values()].map(
    (some) => ({
      ...(some[0] as Arrow),
      signals: signals.filter((signal) => some.some((arrow) => arrow.signals.includes(signal))),
    }),
  );

/** By the longest way from the load; a circle is gone round once. */
function columnsOf(arrows: readonly Arrow[]): Map<string, number> {
  const columns = new Map<string, number>();
  const visit = (id: string, column: number, before: ReadonlySet<string>): void => {
    if (before.has(id) || (columns.get(id) ?? -1) >= column) return;
    columns.set(id, column);
    const way = new Set([...before, id]);
    for (const { from, to } of arrows) if (from === id) visit(to, column + 1, way);
  };
  visit(loadId, 0, new Set());
  return columns;
}
