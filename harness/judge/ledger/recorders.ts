import type { Evidence, RecorderFact, RequestFact } from '../../evidence/types.ts';
import { countUpTo } from './evictions.ts';

/** The recorders that stood in front of one pod, one after the other. */
export interface PodRecorders {
  readonly pod: string;
  readonly numbers: ReadonlySet<number>;
}

const none: ReadonlySet<number> = new Set();

/** The recorders in front of something, by its name. */
export function recordersBy(
  { recorders }: Evidence,
  nameOf: (hop: RecorderFact['hop']) => string | undefined,
): (name: string) => ReadonlySet<number> {
  const sets = new Map<string, Set<number>>();
  for (const { hop, number } of recorders) {
    const name = nameOf(hop);
    if (name !== undefined) sets.set(name, (sets.get(name) ?? new Set()).add(number));
  }
  return (name) => sets.get(name) ?? none;
}

/** By tier; a pod that was made anew has a recorder more. */
export function recordersByPod({ recorders }: Evidence): Map<string, PodRecorders[]> {
  const sets = new Map<string, PodRecorders[]>();
  for (const [pod, own] of Map.groupBy(recorders, (recorder) => recorder.pod)) {
    const hop = own[0]?.hop;
    if (pod === undefined || !hop || !('tier' in hop)) continue;
    const numbers = new Set(own.map(({ number }) => number));
    sets.set(hop.tier, [...(sets.get(hop.tier) ?? []), { pod, numbers }]);
  }
  return sets;
}

/** What a recorder saw, one by one: they count their requests from 1. */
export function* requestsAt(
  evidence: Pick<Evidence, 'request'>,
  recorder: number,
  count: number,
): Generator<RequestFact> {
  for (let number = 1; number <= count; number++) {
    const request = evidence.request(recorder, number);
    if (request) yield request;
  }
}

/** Searches the moments that requests at recorders have, if they have. */
export function createSearch(
  evidence: Evidence,
  momentOf: (request: RequestFact) => number | undefined,
): (recorders: ReadonlySet<number>, fromMs: number, toMs: number) => boolean {
  const known = new Map<number, Float64Array>();
  const momentsAt = (recorder: number): Float64Array => {
    const count = evidence.recorders.find((r) => r.number === recorder)?.requests ?? 0;
    const moments = new Float64Array(count);
    let found = 0;
    for (const request of requestsAt(evidence, recorder, count)) {
      const atMs = momentOf(request);
      if (atMs !== undefined) moments[found++] = atMs;
    }
    const times = moments.slice(0, found).sort();
    known.set(recorder, times);
    return times;
  };
  return (recorders, fromMs, toMs) =>
    [...recorders].some((recorder) => {
      const times = known.get(recorder) ?? momentsAt(recorder);
      return countUpTo(times, toMs) > countUpTo(times, fromMs);
    });
}
