import { type DecisionStory, statusName } from '../judge/arithmetic.ts';
import type { HopStory, ItemStory, StayStory, TraceStory } from '../judge/explain.ts';
import type { Bucket } from '../judge/ledger/account.ts';
import { formatCount } from '../lib/units.ts';
import { redact } from './redact.ts';
import { plural } from './summary.ts';

/** The story of one trace as text: what was decided and why, then each item's way, hop by hop. */
export function renderExplanation(story: TraceStory): string {
  const { to, traceId, className, spans, logs, stays, intent } = story;
  const counts = [
    `${spans.length} planned ${plural(spans.length, 'span')}`,
    `${logs.length} log ${plural(logs.length, 'record')}`,
  ];
  const lines = [
    ...(to === undefined ? [] : [`== on its way to ${to}`]),
    `trace ${traceId}, class ${className}, ${counts.join(', ')}`,
    ...outcomeLines(story),
    '',
    ...(intent ? ['The policies over the whole planned trace', ...decisionLines(intent), ''] : []),
    ...stays.flatMap((stay) => [...stayLines(stay, intent), '']),
    ...spans.flatMap((span) => [...itemLines(span, 'span'), '']),
    ...logs.flatMap((log) => [...itemLines(log, 'log record'), '']),
  ];
  return redact(`${lines.join('\n')}\n`).replace(/\n+$/, '\n');
}

function outcomeLines({ spans, kept, difference }: TraceStory): string[] {
  const ends = new Map<string, number>();
  for (const { bucket } of spans) {
    const text = bucketText(bucket);
    ends.set(text, (ends.get(text) ?? 0) + 1);
  }
  const account = [...ends].map(([text, n]) => `  ${n} x ${text}`);
  if (kept) return ['whole at the backend', ...account];
  const { cause, component, detail } = difference ?? {
    cause: 'unknown',
    component: '',
    detail: '',
  };
  return [
    `not whole at the backend: ${cause}${component ? ` (${component})` : ''}, ${detail}`,
    ...account,
  ];
}

/** Seconds since the start of the run, to the millisecond: `+2.341 s`. */
const moment = (ms: number): string =>
  `${ms < 0 ? '-' : '+'}${(Math.abs(ms) / 1_000).toFixed(3)} s`;

function stayLines(stay: StayStory, intent: DecisionStory | undefined): string[] {
  const { pod, life, ending, endedMs, enteredMs, waitMs, held, late, decision } = stay;
  const name = life > 0 ? `${pod} (container ${life + 1})` : pod;
  const due = enteredMs + waitMs;
  return [
    `At ${name}`,
    `  first span ${moment(enteredMs)} + decision_wait ${waitMs / 1_000} s = ${moment(due)}`,
    ...(ending === 'running' || endedMs === undefined
      ? []
      : [`  the process ended at ${moment(endedMs)} (${ending})`]),
    ...fateLines(stay),
    ...(decision
      ? [
          `  ${held} ${plural(held, 'span')} held then, ${late} came later`,
          ...(isSame(decision, intent)
            ? [`  the policies say of them what they say of the whole trace: ${decision.outcome}`]
            : decisionLines(decision)),
        ]
      : []),
    ...(stay.ambiguous
      ? ['  the evidence leaves it open what was held, or whether it decided']
      : []),
  ];
}

/** To the last number. */
const isSame = (a: DecisionStory, b: DecisionStory | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

function fateLines({ fate, held, decidedFromMs, decidedToMs, clockKnown }: StayStory): string[] {
  const spans = `${held} ${plural(held, 'span')}`;
  if (fate === 'held') return [`  it was killed with ${spans} in its memory: nothing was decided`];
  if (fate === 'evicted')
    return [`  ${spans} pushed out of its memory (num_traces) before it decided`];
  const clock = clockKnown
    ? 'by its own ticks'
    : 'its ticks could not be read: one second either way';
  return [`  decided between ${moment(decidedFromMs)} and ${moment(decidedToMs)} (${clock})`];
}

function decisionLines({ outcome, policy, answers, spans }: DecisionStory): string[] {
  const width = Math.max(0, ...answers.map((answer) => answer.policy.length));
  const led = policy === undefined ? 'no policy keeps it' : `by ${policy}`;
  return [
    ...answers.map(
      (answer) =>
        `  ${answer.policy.padEnd(width)}  ${answer.answer.padEnd(11)}  ${answer.type}: ${answer.numbers}`,
    ),
    `  => ${outcome} (${outcome === 'unknown' ? 'a policy is not modelled' : led}; ${formatCount(spans)} ${plural(spans, 'span')})`,
  ];
}

function itemLines(item: ItemStory, what: string): string[] {
  const { spanId, name, service, statusCode, fromMs, toMs, late, block, hops, bucket } = item;
  const about = [
    ...(what === 'span' ? [`${moment(fromMs)} to ${moment(toMs)}`, statusName(statusCode)] : []),
    ...(late ? ['late on purpose'] : []),
  ].join(', ');
  const title = [what, spanId, name, service && `of ${service}`].filter(Boolean).join(' ');
  const sent = block.sentMs === undefined ? 'never sent' : `sent ${moment(block.sentMs)}`;
  const width = Math.max(0, ...hops.map(({ hop }) => hop.length));
  return [
    `${title}${about ? ` (${about})` : ''}`,
    `  planned in block ${block.block}, due ${moment(block.dueMs)} on ${block.node}; ${sent}`,
    ...hops.map((hop) => `  ${hop.hop.padEnd(width)}  ${hopText(hop)}`),
    ...item.alterations.map(({ hop, what: how }) => `  altered at ${hop}: ${how.join('; ')}`),
    `  => ${bucketText(bucket)}${item.indeterminate ? ' (indeterminate)' : ''}`,
  ];
}

function hopText({
  pod,
  record,
  request,
  atMs,
  answeredMs,
  kind,
  missing,
  message,
}: HopStory): string {
  const seen =
    record === undefined ? 'by the sender’s word' : `record ${record}, request ${request}`;
  const answers: Readonly<Record<HopStory['kind'], string>> = {
    ok: `OK at ${moment(answeredMs)}`,
    refused: `refused at ${moment(answeredMs)}${message ? `: ${message}` : ''}`,
    maybe: missing
      ? 'no answer in the record'
      : `no certain answer${message ? `: ${message}` : ''}`,
  };
  return `${moment(atMs)}  ${answers[kind]}  ${pod ? `${pod} (${seen})` : seen}`;
}

function bucketText(bucket: Bucket): string {
  switch (bucket.kind) {
    case 'delivered':
      return 'delivered';
    case 'notOffered':
      return 'not offered by the load';
    case 'refused':
      return `refused; the sender was told (${bucket.message})`;
    case 'unseen':
      return 'unseen: sent, but nothing tells whether it arrived';
    case 'filtered':
      return `filtered by ${bucket.processor}`;
    case 'ended':
      return `ended in ${bucket.exporter}, as the config says`;
    case 'notSampled': {
      const why =
        bucket.dropPolicy === undefined ? 'no policy kept it' : `dropped by ${bucket.dropPolicy}`;
      return `not sampled: ${why}${bucket.late ? ', it came after the decision' : ''}`;
    }
    case 'lost':
      return `lost at ${bucket.hop}: ${bucket.cause}, ${bucket.detail}`;
    case 'unexplained':
      return `unexplained at ${bucket.hop}: ${bucket.why}`;
  }
}
