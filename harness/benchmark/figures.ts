import { formatCount } from '../lib/units.ts';
import type { WriterFigures } from './blocks.ts';
import type { LedgerFigures } from './ledger.ts';
import type { Measured } from './measure.ts';
import { microsecondsPerSpan, type SenderFigures } from './senders.ts';
import type { SteadyFigures } from './steady.ts';

/** One line of the table: what was measured, and what it has to be. */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  readonly bound: string;
  readonly isWithin: boolean;
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
const micros = (us: number): string => `${us.toFixed(1)} µs`;
const gibibyte = 2 ** 30;
const none = '';

export function steadyFigures(steady: SteadyFigures): Figure[] {
  const boundMs = steady.loadMs + steady.decisionWaitMs + 15_000;
  return [
    {
      what: 'first span after the command, all pods ready before it',
      measured: `${seconds(steady.firstSpanMs)}, pods after ${seconds(steady.allReadyMs)}`,
      bound: '8 s',
      isWithin: steady.firstSpanMs <= 8_000 && steady.allReadyMs <= steady.firstSpanMs,
    },
    {
      what: `\`steady\` from the command to the verdict (${steady.verdict})`,
      measured: seconds(steady.totalMs),
      bound: `${seconds(boundMs)}: load + decision_wait + 15 s`,
      isWithin: steady.totalMs <= boundMs && steady.verdict === 'pass',
    },
  ];
}

export const writerFigures = (writer: WriterFigures): Figure[] => [
  {
    what: `block writer, one core, ${formatCount(writer.spans)} spans of \`gateway-kill\``,
    measured: `${formatCount(Math.round(writer.spansPerSecond))} spans/s`,
    bound: '300,000 spans/s',
    isWithin: writer.spansPerSecond >= 300_000,
  },
];

export function senderFigures(k6: SenderFigures, telemetrygen: SenderFigures): Figure[] {
  const each = microsecondsPerSpan(k6);
  return [
    {
      what: `k6, CPU a span at ${k6.spansPerRequest.toFixed(0)} spans a block`,
      measured: `${micros(each)}, ${shareOf(k6)} delivered`,
      bound: '3 µs',
      isWithin: each <= 3 && k6.delivered === k6.sent,
    },
    {
      what: 'telemetrygen beside it, CPU a delivered span',
      measured: `${micros(microsecondsPerSpan(telemetrygen))}, ${shareOf(telemetrygen)} delivered`,
      bound: none,
      isWithin: true,
    },
  ];
}

const shareOf = ({ delivered, sent }: SenderFigures): string =>
  `${formatCount(delivered)} of ${formatCount(sent)}`;

const leastSpansPerSecond = 100_000;
/** From when the records are closed, as somebody waits for it. */
const wholeMs = ({ ingestMs, judgeMs }: LedgerFigures): number => ingestMs + judgeMs;
/** Of a stored run, whose tables are all made anew. */
const anewMs = ({ againMs, judgeMs }: LedgerFigures): number => againMs + judgeMs;
const isWhole = ({ spans, delivered, isPass }: LedgerFigures, routes: number): boolean =>
  isPass && delivered === routes * spans;
const rateOf = ({ spans }: LedgerFigures, ms: number): number => spans / (ms / 1_000);
const perSecond = (rate: number): string => `${formatCount(Math.round(rate))} spans/s`;

export const ledgerFigures = (ledger: LedgerFigures): Figure[] => [
  {
    what: `ledger: join of ${formatCount(ledger.spans)} spans`,
    measured: seconds(ledger.joinMs),
    bound: '10 s a million',
    isWithin: ledger.joinMs <= ledger.spans / 100,
  },
  {
    what: `ledger: records closed to verdict, ${formatCount(ledger.delivered)} delivered`,
    measured: `${perSecond(rateOf(ledger, wholeMs(ledger)))}, ${(ledger.peakBytes / gibibyte).toFixed(2)} GiB`,
    bound: `${formatCount(leastSpansPerSecond)} spans/s, 1.5 GiB`,
    isWithin:
      rateOf(ledger, wholeMs(ledger)) >= leastSpansPerSecond &&
      ledger.peakBytes <= 1.5 * gibibyte &&
      isWhole(ledger, 1),
  },
  {
    what: 'ledger: the same of a stored run, whose plan is tabled anew as well',
    measured: perSecond(rateOf(ledger, anewMs(ledger))),
    bound: none,
    isWithin: true,
  },
];

/** @param four the same load with three more ways behind its gateway */
export function routesFigures(one: LedgerFigures, four: LedgerFigures): Figure[] {
  const times = four.judgeMs / one.judgeMs;
  return [
    {
      what: `ledger: judging four routes against one, ${formatCount(one.spans)} spans`,
      measured: `${times.toFixed(1)} times; with the tables ${(anewMs(four) / anewMs(one)).toFixed(1)} times`,
      bound: '6 times',
      isWithin:
        times <= 6 && anewMs(four) <= 6 * anewMs(one) && isWhole(one, 1) && isWhole(four, 4),
    },
  ];
}

export const predictFigures = ({ wallMs, cpuMs, exitCode }: Measured): Figure[] => [
  {
    what: '`predict` of two-tier against `steady`',
    measured: `${seconds(wallMs)}, ${seconds(cpuMs)} of CPU`,
    bound: '2 s',
    isWithin: wallMs <= 2_000 && exitCode === 0,
  },
];

/** The table as it stands in the README. */
export const figuresMarkdown = (figures: readonly Figure[]): string =>
  [
    '| | measured | at most, or at least |',
    '| --- | --- | --- |',
    ...figures.map(({ what, measured, bound }) => `| ${what} | ${measured} | ${bound} |`),
  ].join('\n');
