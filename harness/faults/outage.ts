import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningStack, TapControl } from '../stack/types.ts';
import { receiptOf } from './receipt.ts';
import type { Fault } from './types.ts';

/**
 * A backend is gone for a while, at its tap: connections break with the requests under way, new
 * ones are refused. The real backend goes on, so that what it took stays in it. The tap ends with
 * the run, and the outage with it.
 */
export const outage: Fault = {
  unavailable: () => undefined,
  inject: async (stack, pod, fault, nowMs) => {
    const { taps } = stack.control;
    const recorders =
      fault.spec.kind === 'outage' ? recordersOf(stack, fault.spec.target.backend) : [];
    if (recorders.length === 0) throw new Error(`no tap stands in front of ${pod.pod}`);
    const injectedMs = nowMs();
    const refusals: Refusals = [];
    const begun: string[] = [];
    try {
      for (const recorder of recorders) {
        begun.push(recorder);
        await taps.refuse(recorder);
      }
      await sleep(fault.spec.kind === 'outage' ? fault.spec.forMs : 0);
    } finally {
      const ended = await Promise.allSettled(begun.map((recorder) => taps.accept(recorder)));
      refusals.push(...ended.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
    }
    const sum = (what: keyof Refusals[number]): number =>
      refusals.reduce((total, refusal) => total + refusal[what], 0);
    const refusedConnections = sum('refusedConnections');
    const brokenRequests = sum('brokenRequests');
    return receiptOf(fault, pod, {
      injectedMs,
      healedMs: nowMs(),
      // Who had nothing to send meanwhile did not notice.
      bit: refusals.length === recorders.length && refusedConnections + brokenRequests > 0,
      proof: { refusedConnections, brokenRequests, brokenConnections: sum('brokenConnections') },
    });
  },
};

type Refusals = Awaited<ReturnType<TapControl['accept']>>[];

/** The records in front of a backend, by its id (`host:port`), host, or the host's first label. */
const recordersOf = ({ tapFiles }: RunningStack, called: string): string[] =>
  [...tapFiles.values()].flatMap(({ name, hop }) => {
    if (!('backend' in hop)) return [];
    const host = hop.backend.slice(0, hop.backend.lastIndexOf(':'));
    return [hop.backend, host, host.split('.')[0]].includes(called) ? [name] : [];
  });
