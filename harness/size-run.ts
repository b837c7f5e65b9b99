import { join } from 'node:path';
import { loadRaw } from './evidence/raw.ts';
import { readSamples } from './evidence/samples.ts';
import { inOrder, inShort } from './judge/story/order.ts';
import { timelineSchema } from './judge/timeline.schema.ts';
import type { Timeline } from './judge/timeline.ts';
import type { CheckResult, Verdict } from './judge/types.ts';
import { at, object } from './pipeline/read.ts';
import { backOffsOf, reconnect } from './pipeline/retries.ts';
import type { Pipeline, Tier } from './pipeline/types.ts';
import { readJson } from './shell/json.ts';
import type { SizedTier } from './sizing/types.ts';
import type { Measured } from './sizing/windows.ts';

/** What one judged run tells a sizing of one tier. */
export function readMeasured(
  runFolder: string,
  tier: string,
  { verdict, checks, accounting, decisions }: Verdict,
): Measured {
  const file = join(runFolder, 'timeline.json');
  const timeline = readJson<Timeline>(file, { schema: timelineSchema }, 'judge the run again');
  const { sent, lost, startMs, bucketMs, loadMs } = timeline;
  const buckets = sent.acked.length;
  const sum = (...series: (readonly number[])[]): number[] =>
    Array.from({ length: buckets }, (_, i) => series.reduce((all, one) => all + (one[i] ?? 0), 0));
  return {
    startMs,
    bucketMs,
    sent: sum(sent.acked, sent.refused, sent.unknown),
    notSent: sent.notSent,
    refused: sent.refused,
    lost: sum(...lost.map(({ spans }) => spans)),
    samples: (readSamples(runFolder) ?? []).filter((sample) => sample.tier === tier),
    senderCores: (loadRaw(runFolder)?.load.cpuMs ?? Number.POSITIVE_INFINITY) / loadMs,
    unknown:
      verdict === 'unknown'
        ? `the run proves nothing: ${whyUnknown(checks)}`
        : accounting.unexplained > 0 || decisions.wrong > 0
          ? `${accounting.unexplained} spans unexplained, ${decisions.wrong} decisions otherwise`
          : undefined,
    failedBy: failedBy(checks),
  };
}

/** What a user would have to change first of what failed, and how. */
export function failedBy(checks: readonly CheckResult[]): string | undefined {
  const [first] = inOrder(checks.filter(({ verdict }) => verdict === 'fail'));
  return first && `${inShort(first.finding)}; ${first.finding.fix}`;
}

/** What a user would have to change first: the bench's own trouble stands before what it opened. */
export function whyUnknown(checks: readonly CheckResult[]): string {
  const unknown = checks.filter(({ verdict }) => verdict === 'unknown');
  const [first] = inOrder(unknown);
  if (first) return inShort(first.finding);
  const [check] = unknown;
  return check ? `${check.name}: ${check.observed}` : 'no reason is told';
}

/** What the manifests say of the tier that is sized: the one that samples, unless one is named. */
export function sizedTierOf(pipeline: Pipeline, name: string | undefined): SizedTier | undefined {
  const { tiers } = pipeline;
  const found = tiers.find((tier) =>
    name === undefined ? tier.tailSampling !== undefined : tier.name === name,
  );
  const tier = found ?? (name === undefined ? tiers.at(-1) : undefined);
  if (!tier || tier.workload.kind === 'daemonset') return undefined;
  return {
    name: tier.name,
    replicas: tier.workload.replicas,
    cpuLimit: tier.workload.cpuLimit,
    isRing: tiers.some(({ outputs }) =>
      outputs.some(
        ({ to, loadBalancing }) => loadBalancing && 'tier' in to && to.tier === tier.name,
      ),
    ),
    decisionWaitMs: tier.tailSampling?.decisionWaitMs,
    numTraces: tier.tailSampling?.numTraces,
    ...queueOf(tier),
  };
}

/** Unless told otherwise, of exporterhelper 0.152. */
const defaultQueue = { size: 1_000, consumers: 10 };

/** The queue that traces wait in; not known where it counts other than requests, batches, or what
 * failed once is dropped. */
function queueOf({
  outputs,
}: Tier): Pick<SizedTier, 'queueSize' | 'consumers' | 'backend' | 'comeBack'> {
  const own = outputs.filter(({ signal }) => signal === 'traces');
  const queue = object(at(own[0]?.exporter.config ?? {}, 'sending_queue'));
  const { enabled, sizer = 'requests', batch, queue_size, num_consumers } = queue;
  const [retry] = own.flatMap(({ exporter }) => backOffsOf(exporter));
  const isPlain = own.length === 1 && enabled !== false && sizer === 'requests' && !batch && retry;
  const to = own[0]?.to;
  const backend = to && 'backend' in to ? to.backend : undefined;
  if (!isPlain) return { queueSize: undefined, consumers: undefined, backend };
  const consumers = Number(num_consumers ?? defaultQueue.consumers);
  const connection = own[0]?.protocol === 'grpc' ? reconnect : undefined;
  return {
    backend,
    queueSize: Number(queue_size ?? defaultQueue.size),
    consumers,
    comeBack: { consumers, connection, retry },
  };
}
