import type { SpanForm } from '../../lib/span-forms.ts';
import { entryOf as entryIn, entryUrl } from '../../pipeline/entry.ts';
import type { Pipeline, Signal } from '../../pipeline/types.ts';
import type { SignalEntry } from '../types.ts';
import type { Manifest } from './manifests.ts';

/** What is spoken at a port. */
interface Spoken {
  readonly port: number;
  readonly protocol: 'grpc' | 'http';
  /** In which form spans go in; none where by OTLP. */
  readonly form?: SpanForm;
}

/** How the load gets from beside the cluster to the first tier. */
export type Entry = Spoken &
  (
    | /** Each node's own pod takes what comes to this port of the node. */
    { readonly kind: 'hostPort' }
    /** No pod has a port on its node: a Service of ours leads to any of them. */
    | {
        readonly kind: 'service';
        readonly object: Manifest;
        readonly tier: string;
        /** It leads to pods of the node itself only. */
        readonly isLocal: boolean;
      }
  );

const entryService = 'bench-entry';

/** At another port a Service is called by it: a tier may have a receiver a signal. */
const usual = { grpc: 4317, http: 4318 } as const;

/** @returns undefined where no tier takes the signal */
export function entryOf(pipeline: Pipeline, signal: Signal = 'traces'): Entry | undefined {
  const entry = entryIn(pipeline, signal);
  if (!entry) return undefined;
  const { tier, port, protocol, by, inForm } = entry;
  const called =
    inForm?.form.toLowerCase() ?? `otlp-${protocol}${port === usual[protocol] ? '' : `-${port}`}`;
  const spoken = { port, protocol, ...(inForm ? { form: inForm.form } : {}) };
  const hostPort = tier.workload.ports.find((p) => p.port === port)?.hostPort;
  if (hostPort !== undefined && by === 'node') {
    return { ...spoken, kind: 'hostPort', port: hostPort };
  }
  return {
    ...spoken,
    kind: 'service',
    tier: tier.name,
    isLocal: by === 'node',
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: `${entryService}-${tier.workload.name}-${called}`,
        namespace: tier.workload.namespace,
      },
      spec: {
        type: 'NodePort',
        selector: { ...tier.workload.labels },
        ports: [{ name: called, port, targetPort: port, protocol: 'TCP' }],
        // A DaemonSet without a port on its node: its Service keeps to the node, and so does ours.
        ...(by === 'node' ? { externalTrafficPolicy: 'Local' } : {}),
      },
    },
  };
}

/** By worker node. */
export const urlsOf = (
  addresses: readonly string[],
  { port, protocol, form }: Spoken,
  signal: Signal,
): SignalEntry => ({
  by: 'node',
  urls: addresses.map((address) =>
    entryUrl({ protocol, tls: false, ...(form ? { form } : {}) }, `${address}:${port}`, signal),
  ),
});
