import { formatCount } from '../lib/units.ts';
import type { WriterFigures } from './blocks.ts';
import type { LedgerFigures } from './ledger.ts';
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

export function ledgerFigures(ledger: LedgerFigures): Figure[] {
  const totalMs = ledger.ingestMs + ledger.judgeMs;
  return [
    {
      what: `ledger: join of ${formatCount(ledger.spans)} spans`,
      measured: seconds(ledger.joinMs),
      bound: '10 s',
      isWithin: ledger.joinMs <= 10_000,
    },
    {
      what: `ledger: raw tap files to verdict, ${formatCount(ledger.delivered)} delivered`,
      measured: `${seconds(totalMs)}, ${(ledger.peakBytes / gibibyte).toFixed(2)} GiB`,
      bound: '40 s, 1.5 GiB',
      isWithin:
        totalMs <= 40_000 &&
        ledger.peakBytes <= 1.5 * gibibyte &&
        ledger.delivered === ledger.spans,
    },
  ];
}

/** The table as it stands in the README. */
export const figuresMarkdown = (figures: readonly Figure[]): string =>
  [
    '| | measured | at most, or at least |',
    '| --- | --- | --- |',
    ...figures.map(({ what, measured, bound }) => `| ${what} | ${measured} | ${bound} |`),
  ].join('\n');
