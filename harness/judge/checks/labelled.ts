import { formatCount } from '../../lib/units.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import { type Collector, createCollector, type Entry } from '../collect.ts';
import type { ItemAccount } from '../ledger/account.ts';
import { editorOf } from '../model/editors.ts';
import { concludesFromPresence, type JudgeContext, verdictOf, type Watcher } from '../watch.ts';

type LabelledSignal = 'logs' | 'metrics';
type Labels = Readonly<Record<string, string>>;

/** What one pod's items say, or are found by. */
type Values = Set<string | undefined>;

/** By the index of the pod. */
type OfPods = ReadonlyMap<number, Values>;

const stores = { logs: 'loki', metrics: 'prometheus' } as const;
const nouns = { logs: 'log records', metrics: 'series' } as const;
const instanceKey = 'service.instance.id';

/**
 * What a pod's spans say of themselves, the label under which Loki has its log records, and the one
 * under which Prometheus has its metrics, are one value: who looks at one finds the others. Of
 * Prometheus what `target_info` says of the same job and instance counts as well.
 */
export function createLabelledCheck(
  { by, logs, metrics }: ExpectationOf<'labelled'>,
  context: JudgeContext,
): Watcher {
  const { streams, series } = context.evidence.answers?.labels ?? {};
  const wanted = new Set(streams?.flatMap(({ spanIds }) => spanIds));
  const podOfSpan = new Map<string, number>();
  const spans = new Map<number, Values>();
  const instances = new Map<string, number>();
  const sent = { logs: new Set<number>(), metrics: new Set<number>() };
  const resourceOf = ({ view: { deliveries } }: ItemAccount) => {
    const id = deliveries.find(({ kind, sighting }) => kind === 'ok' && sighting)?.sighting;
    return id && context.evidence.resource(id.resourceId);
  };
  const lookAt = (account: ItemAccount): void => {
    const { item } = account.view;
    if (wanted.has(item.spanId)) podOfSpan.set(item.spanId, item.pod);
    const resource = account.bucket.kind === 'delivered' ? resourceOf(account) : undefined;
    if (!resource) return;
    add(spans, item.pod, textOf(resource[by]));
    instances.set(textOf(resource[instanceKey]) ?? '', item.pod);
  };
  return {
    openedBy: concludesFromPresence,
    trace: ({ account }) => account.spans.forEach(lookAt),
    log: ({ account: { bucket, view } }) => {
      if (bucket.kind === 'delivered') sent.logs.add(view.item.pod);
    },
    point: ({ bucket, view }) => {
      if (bucket.kind === 'delivered') sent.metrics.add(view.item.pod);
    },
    finish: () => {
      const found = {
        logs: streams && ofStreams(streams, logs, podOfSpan),
        metrics: series && ofSeries(series, metrics, instances),
      };
      const collector = createCollector();
      const asked = (['logs', 'metrics'] as const).filter((signal) => sent[signal].size > 0);
      const told = asked.map((signal) =>
        compare(context, collector, {
          ...{ signal, by, label: signal === 'logs' ? logs : metrics },
          ...{ pods: sent[signal], spans, found: found[signal] ?? new Map() },
        }),
      );
      const failed = told.some(({ wrong }) => wrong > 0);
      const isOpen = asked.length === 0 || told.some(({ open }) => open > 0);
      return {
        name: 'labelled',
        subject: by,
        verdict: verdictOf(failed, isOpen),
        expected: 'one value a pod in its spans, its logs and its metrics',
        observed: told.map((own) => own.text).join(', ') || 'neither logs nor metrics came',
        findings: failed ? collector.findings() : [],
      };
    },
  };
}

const textOf = (value: unknown): string | undefined =>
  value === undefined || value === '' ? undefined : String(value);

function add(values: Map<number, Values>, pod: number, value: string | undefined): void {
  const own = values.get(pod) ?? new Set();
  values.set(pod, own);
  own.add(value);
}

/** The label of the streams that a pod's log records are in. */
function ofStreams(
  streams: readonly { readonly labels: Labels; readonly spanIds: readonly string[] }[],
  label: string,
  podOfSpan: ReadonlyMap<string, number>,
): OfPods {
  const values = new Map<number, Values>();
  for (const { labels, spanIds } of streams) {
    for (const spanId of spanIds) {
      const pod = podOfSpan.get(spanId);
      if (pod !== undefined) add(values, pod, labels[label]);
    }
  }
  return values;
}

const infoName = 'target_info';

/** The label of a pod's series, or what `target_info` has of their job and instance. */
function ofSeries(
  series: readonly Labels[],
  label: string,
  instances: ReadonlyMap<string, number>,
): OfPods {
  const targetOf = ({ job, instance }: Labels): string => `${job} ${instance}`;
  const info = new Map(
    series.flatMap((own) =>
      own.__name__ === infoName ? [[targetOf(own), own[label]] as const] : [],
    ),
  );
  const values = new Map<number, Values>();
  for (const own of series) {
    if (own.__name__ === infoName) continue;
    const pod = instances.get(own.service_instance_id ?? own.instance ?? '');
    if (pod !== undefined) add(values, pod, own[label] ?? info.get(targetOf(own)));
  }
  return values;
}

interface Asked {
  readonly signal: LabelledSignal;
  readonly by: string;
  readonly label: string;
  readonly pods: ReadonlySet<number>;
  readonly spans: OfPods;
  readonly found: OfPods;
}

interface Compared {
  readonly wrong: number;
  readonly open: number;
  readonly text: string;
}

function compare(context: JudgeContext, collector: Collector, asked: Asked): Compared {
  const { signal, pods, spans, found } = asked;
  const accused = new Map<string, Entry>();
  let [right, wrong, open] = [0, 0, 0];
  for (const pod of pods) {
    const own = spans.get(pod);
    const labels = found.get(pod);
    if (!own || !labels) {
      open++;
      continue;
    }
    const [value] = own;
    const [label] = [...labels].filter((one) => one !== value);
    if (own.size === 1 && value !== undefined && [...labels].every((one) => one === value)) {
      right++;
      continue;
    }
    wrong++;
    const accusation = accusationOf(context, asked, { pod, value, label });
    const { kind, component } = accusation;
    // What the first pod shows stands for all that one component is to blame for.
    const first = accused.get(`${kind} ${component}`) ?? accusation;
    accused.set(`${kind} ${component}`, first);
    collector.add(first);
  }
  const rest = open > 0 ? ` (${formatCount(open)} open)` : '';
  const text = `${nouns[signal]} of ${formatCount(right)} of ${formatCount(pods.size)} pods${rest}`;
  return { wrong, open, text };
}

interface Odd {
  readonly pod: number;
  readonly value: string | undefined;
  readonly label: string | undefined;
}

function accusationOf(context: JudgeContext, asked: Asked, odd: Odd): Entry {
  const { signal, by, label: name } = asked;
  const { pod, value, label } = odd;
  const service = context.evidence.facts.pods[pod]?.service ?? 'a pod';
  const store = stores[signal];
  const { component, why } = culpritOf(context, asked, odd);
  const spansSay = `${by} is ${value ?? 'not there'} in spans`;
  const storeSays = `${name} in ${store} ${label === undefined ? 'is not there' : `is ${label}`}`;
  const seen = `${spansSay} of ${service}, and ${storeSays}`;
  return {
    kind: value === undefined || label === undefined ? 'label-missing' : 'label-differs',
    hop: component.includes('/') ? (component.split('/')[0] ?? '') : component,
    component,
    cause: `${nouns[signal]} by ${name}`,
    why: why === undefined ? seen : `${why}; ${seen}`,
  };
}

/**
 * Who edits the attribute in one signal and not alike in the other; where nobody does, the store
 * that makes no label of it, or who sends it so.
 */
function culpritOf(
  { paths, spoken }: JudgeContext,
  { signal, by }: Asked,
  { value, label }: Odd,
): { readonly component: string; readonly why?: string } {
  const isAbsent = value === undefined || label === undefined;
  const difference = { key: by, of: 'resource attribute', isAbsent } as const;
  const ofSpans = editorOf(difference, paths.traces.steps, {}, spoken);
  const own = editorOf(difference, paths[signal].steps, {}, spoken);
  if (value === undefined) return ofSpans ?? { component: 'load' };
  if (own && own.component !== ofSpans?.component) return own;
  if (ofSpans && !own) {
    const why = `${ofSpans.component} notes it on spans, and nothing does on ${nouns[signal]}`;
    return { component: ofSpans.component, why };
  }
  if (isAbsent) return { component: stores[signal] };
  return own ?? { component: 'load' };
}
