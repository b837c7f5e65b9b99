import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningStack, TapControl } from '../stack/types.ts';

type Refusal = Awaited<ReturnType<TapControl['accept']>>;

/** What the taps of a backend refused, all together, as they counted. */
export interface Refusals extends Refusal {
  /** Each of them told. */
  readonly whole: boolean;
}

/**
 * Has every tap in front of a backend refuse for a while; ended at each, whatever happens.
 * @param called the backend's id (`host:port`), host, or the host's first label
 * @param instead what is answered; without it the backend seems gone
 * @throws where no tap stands in front of it
 */
export async function refuseFor(
  stack: RunningStack,
  called: string,
  forMs: number,
  instead?: Parameters<TapControl['refuse']>[1],
): Promise<Refusals> {
  const { taps } = stack.control;
  const recorders = recordersOf(stack, called);
  if (recorders.length === 0) throw new Error(`no tap stands in front of ${called}`);
  const refusals: Refusal[] = [];
  const begun: string[] = [];
  try {
    for (const recorder of recorders) {
      begun.push(recorder);
      await taps.refuse(recorder, instead);
    }
    await sleep(forMs);
  } finally {
    const ended = await Promise.allSettled(begun.map((recorder) => taps.accept(recorder)));
    refusals.push(...ended.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
  }
  const slow = refusals.filter(({ delayedRequests }) => delayedRequests > 0);
  const sum = (what: keyof Refusal): number =>
    refusals.reduce((total, refusal) => total + refusal[what], 0);
  return {
    whole: refusals.length === recorders.length,
    refusedConnections: sum('refusedConnections'),
    brokenRequests: sum('brokenRequests'),
    brokenConnections: sum('brokenConnections'),
    answeredRequests: sum('answeredRequests'),
    delayedRequests: sum('delayedRequests'),
    shortestMs: slow.length > 0 ? Math.min(...slow.map(({ shortestMs }) => shortestMs)) : 0,
    longestMs: Math.max(0, ...slow.map(({ longestMs }) => longestMs)),
  };
}

const recordersOf = ({ tapFiles }: RunningStack, called: string): string[] =>
  [...tapFiles.values()].flatMap(({ name, hop }) => {
    if (!('backend' in hop)) return [];
    const host = hop.backend.slice(0, hop.backend.lastIndexOf(':'));
    return [hop.backend, host, host.split('.')[0]].includes(called) ? [name] : [];
  });
