import { isScaledInTurn } from '../../pipeline/scaled.ts';
import type { ProxyName } from '../../scenario/apps.ts';
import { stripMark } from '../app-proxy.ts';
import { strippedRequests } from '../stripped.ts';
import type { Control, StackSpec } from '../types.ts';
import { podsOfTier } from './podspec.ts';
import type { InnerMethods } from './protocol.ts';

/** Calls a method of the inner process. */
export type Call = <M extends keyof InnerMethods>(
  method: M,
  params: InnerMethods[M]['in'],
) => Promise<InnerMethods[M]['out']>;

/** Faults are done inside, by whoever holds the pods. @param binary that every collector runs */
export function embeddedControl(
  call: Call,
  { pipeline, workerNodes, runFolder }: Pick<StackSpec, 'pipeline' | 'workerNodes' | 'runFolder'>,
  binary: string,
): Control {
  const mark = async (
    pod: string,
    proxy: ProxyName,
    headers: readonly string[],
    isSet: boolean,
  ) => {
    for (const header of headers)
      await call('mark', { pod, path: stripMark(proxy, header), isSet });
  };
  return {
    proxies: {
      strip: (pod, proxy, headers) => mark(pod, proxy, headers, true),
      pass: (pod, proxy, headers) => mark(pod, proxy, headers, false),
      strippedRequests: (pod, proxy) => strippedRequests(runFolder, pod, proxy),
    },
    pods: {
      signal: async (pod, signal) => {
        await call('signal', { pod, signal });
      },
      processState: async (pod) => (await call('processState', pod)) ?? undefined,
      replacePod: async (pod, graceMs) => {
        await call('replacePod', { pod, graceMs });
      },
      exhaustMemory: (pod) => call('exhaustMemory', pod),
      wipeVolumes: (pod) => call('wipeVolumes', pod),
      scale: async (name, replicas) => {
        const tier = pipeline.tiers.find((own) => own.name === name);
        const { kind } = tier?.workload ?? {};
        if (!tier || (kind !== 'statefulset' && kind !== 'deployment')) {
          throw new Error(`tier ${name} has no number of replicas`);
        }
        const pods = podsOfTier(tier, replicas, workerNodes.length, binary);
        await call('scale', { tier: name, pods, inTurn: isScaledInTurn(pipeline, tier) });
      },
      endpoints: async (tier) => (await call('endpoints', tier)) ?? undefined,
    },
    taps: {
      refuse: async (recorder, instead) => {
        await call('refuse', { recorder, instead });
      },
      accept: (recorder) => call('accept', recorder),
    },
    links: {
      cut: async (senders, to) => {
        await call('cut', { senders, to });
      },
      join: (senders, to) => call('join', { senders, to }),
    },
  };
}
