import type { Evidence, RequestFact } from '../../evidence/types.ts';
import { formatCount, formatMs, parseDurationMs } from '../../lib/units.ts';
import { sendersOf } from '../../pipeline/senders.ts';
import type { Component, Output } from '../../pipeline/types.ts';
import { outputsOf } from '../model/outputs.ts';
import type { SignalPath } from '../model/path.ts';
import type { Arrival } from './arrival.ts';
import type { Window } from './evictions.ts';
import type { Incarnations } from './incarnations.ts';
import { requestsAt } from './recorders.ts';

/** A sender gave requests up by its own deadline that the backend took all the same. */
export interface Overrun {
  /** Whose deadline it is: `gateway/otlp_grpc/tempo`. */
  readonly component: string;
  /** The setting, and how long the answers took; the same for all that it befell. */
  readonly why: string;
}

/** Tells a deadline that is too short from a backend that does not answer. */
export interface Deadlines {
  /** @param attempts of one item at the backends; undefined where none was given up in this way */
  overrun(path: SignalPath, attempts: readonly Arrival[]): Overrun | undefined;
}

export interface DeadlineFacts {
  readonly evidence: Pick<Evidence, 'recorders' | 'receipts' | 'request'>;
  readonly incarnations: Pick<Incarnations, 'outages'>;
  readonly pauses: ReadonlyMap<string, readonly Window[]>;
}

/** What piled up while something was broken is worked off so long behind it. */
const recoveredWithinMs = 5_000;

export function createDeadlines(facts: DeadlineFacts): Deadlines {
  const { evidence, incarnations, pauses } = facts;
  const harms: readonly Window[] = [
    ...evidence.receipts.map((r) => ({
      fromMs: r.injectedMs,
      toMs: r.healedMs ?? r.injectedMs,
    })),
    ...incarnations.outages,
    ...[...pauses.values()].flat(),
  ];
  const known = new Map<string, string>();
  const tell = (output: Output, backend: string, timeoutMs: number): string => {
    const times = evidence.recorders
      .filter(({ hop }) => 'backend' in hop && hop.backend === backend)
      .flatMap(({ number, requests }) => {
        const late: number[] = [];
        for (const request of requestsAt(evidence, number, requests)) {
          const tookMs = lateAnswerMs(attemptOf(request), timeoutMs, harms);
          if (tookMs !== undefined) late.push(tookMs);
        }
        return late;
      })
      .sort((a, b) => a - b);
    const median = formatMs(times[Math.floor((times.length - 1) / 2)] ?? 0);
    const most = formatMs(times.at(-1) ?? 0);
    const given = timeoutWritten(output.exporter) ?? formatMs(timeoutMs);
    return `timeout: ${given}, and ${backend} answered OK to ${formatCount(times.length)} requests that were given up by then, after ${median} in the middle and ${most} at most`;
  };
  return {
    overrun: ({ signal, steps }, attempts) => {
      const tier = steps.at(-1)?.tier;
      for (const attempt of attempts) {
        const { backend } = attempt;
        const [output, ...others] = outputsOf(tier, signal).filter(
          ({ to }) => 'backend' in to && to.backend === backend,
        );
        if (!tier || !output || backend === undefined || others.length > 0) continue;
        const timeoutMs = timeoutOf(output);
        const isSentAgain = attempts.some(
          (other) => other.backend === backend && other.fromMs >= attempt.toMs,
        );
        if (lateAnswerMs(attempt, timeoutMs, harms, isSentAgain) === undefined) continue;
        const component = `${tier.name}/${output.exporter.id}`;
        const why = known.get(`${component} ${signal}`) ?? tell(output, backend, timeoutMs);
        known.set(`${component} ${signal}`, why);
        return { component, why };
      }
      return undefined;
    },
  };
}

type Attempt = Pick<Arrival, 'fromMs' | 'toMs' | 'kind' | 'unheard' | 'takenMs'>;

const attemptOf = ({
  atMs,
  answeredMs,
  outcome,
  heard,
  rejected,
  takenMs,
}: RequestFact): Attempt => ({
  fromMs: atMs,
  toMs: answeredMs,
  kind: outcome === 'ok' && rejected === 0 ? 'ok' : 'maybe',
  unheard: !heard,
  takenMs,
});

/**
 * How long the backend took to answer what its sender had given up by its own deadline; undefined
 * where the backend did not take it, the sender went on before its time was over, or a fault was
 * under way, which explains the wait. Who is told OK sends nothing again: what was sent again
 * although the recorder handed an OK on, and took half of the time until there, came too late, too.
 */
function lateAnswerMs(
  { fromMs, toMs, kind, unheard, takenMs }: Attempt,
  timeoutMs: number,
  harms: readonly Window[],
  isSentAgain = false,
): number | undefined {
  const isUnheard = unheard || takenMs !== undefined;
  const tookMs = takenMs ?? (kind === 'ok' && (unheard || isSentAgain) ? toMs : undefined);
  if (tookMs === undefined || timeoutMs === 0) return undefined;
  const leastMs = isUnheard ? timeoutMs - underWayMs(timeoutMs) : timeoutMs / 2;
  if (toMs - fromMs < leastMs) return undefined;
  const isHarmed = harms.some((h) => h.fromMs <= tookMs && h.toMs + recoveredWithinMs >= fromMs);
  return isHarmed ? undefined : tookMs - fromMs;
}

/** Of the one that sends: the last. */
const timeoutWritten = (exporter: Component): string | undefined =>
  sendersOf(exporter).at(-1)?.timeout;

/** The sender's clock began before the recorder had the whole request. */
const underWayMs = (timeoutMs: number): number => Math.max(10, 0.1 * timeoutMs);

/**
 * What an exporter gives a request, unless told otherwise; 0 is for ever (exporterhelper v0.152.0,
 * TimeoutConfig: 5 s; otlphttpexporter v0.152.0: 30 s).
 */
function timeoutOf({ exporter, protocol }: Output): number {
  const fallback = protocol === 'grpc' ? 5_000 : 30_000;
  return parseDurationMs(timeoutWritten(exporter) ?? '') ?? fallback;
}
