import { formatCount } from '../../lib/units.ts';
import type { Entry } from '../collect.ts';
import type { TraceAccount } from '../ledger/account.ts';
import type { HopBreak } from '../model/hops.ts';
import { requestPaths } from '../model/request-paths.ts';
import type { JudgeContext } from '../watch.ts';
import { contradicts } from './promise.ts';

/** A class of users' requests, and what the policies keep of it. */
interface Promise {
  readonly className: string;
  readonly share: number;
  readonly traces: number;
  readonly promised: number;
}

/** Traces of users' requests that reached the policies in parts. */
export interface PartedRequests {
  /** Takes a trace that the policies do not keep. */
  take(account: TraceAccount): void;
  /**
   * The break of context that a broken promise follows from; undefined where the policies would not
   * keep enough with those that were broken off, either.
   */
  insteadOf(entry: Entry | undefined, promise: Promise): Entry | undefined;
}

/**
 * Where a request's context was lost, the spans by which its class is told are in a trace of their
 * own: no policy can tell it, and none wants to be corrected.
 */
export function createPartedRequests({
  evidence,
  scenario,
}: Pick<JudgeContext, 'evidence' | 'scenario'>): PartedRequests {
  if (!scenario.users) return { take: () => {}, insteadOf: () => undefined };
  const paths = requestPaths(evidence.app, scenario.users.messages);
  const breakOf = new Map(paths.map(({ request, breaks }) => [request.traceId, breaks[0]]));
  const parted = new Map<string, HopBreak>();
  return {
    take: ({ trace: { traceId } }) => {
      const first = breakOf.get(traceId);
      if (first) parted.set(traceId, first);
    },
    insteadOf: (entry, { className, share, traces, promised }) => {
      const most = mostOf(parted);
      if (entry?.kind !== 'promise-not-configured' || !most) return undefined;
      const isTooLittle = promised < share * traces;
      if (!isTooLittle || contradicts(promised + parted.size, traces, share)) return undefined;
      const [traceId, { kind, hop, component, cause, fix, note }] = most;
      return {
        kind,
        hop: `${hop.from}→${hop.to}`,
        component,
        cause: `class ${className}: ${formatCount(parted.size)} of ${formatCount(traces)} traces reached the policies in parts: ${cause}`,
        fix,
        count: parted.size,
        example: { traceId, note },
      };
    },
  };
}

/** The break that most traces have in common: the first such trace, and what broke it. */
function mostOf(parted: ReadonlyMap<string, HopBreak>): [string, HopBreak] | undefined {
  const alike = Map.groupBy(parted, ([, { kind, component }]) => `${kind}|${component}`);
  return [...alike.values()].sort((a, b) => b.length - a.length)[0]?.[0];
}
