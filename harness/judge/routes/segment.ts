import type { Evidence, ItemEvidence, Sighting } from '../../evidence/types.ts';
import type { Leg } from '../../pipeline/routes.ts';
import type { Backend, Tier } from '../../pipeline/types.ts';

/** A tier as what stands in front of it sees it: it takes what is sent to it. */
export function backendOfTier({ name, workload }: Tier, before: Leg | undefined): Backend {
  const to = before?.output.to;
  const port = to && 'port' in to ? to.port : 0;
  return {
    id: `${name}:${port}`,
    host: name,
    port,
    protocol: before?.output.protocol ?? 'grpc',
    ports: undefined,
    tls: false,
    kind: 'tempo',
    signals: ['traces'],
    place: workload.place,
  };
}

/** The recorders in front of a tier stand in front of a backend. */
export const asBackend = (evidence: Evidence, tier: string, backend: string): Evidence => ({
  ...evidence,
  recorders: evidence.recorders.map((recorder) =>
    'tier' in recorder.hop && recorder.hop.tier === tier
      ? { ...recorder, hop: { backend } }
      : recorder,
  ),
});

/**
 * Of the spans those that a tier took, as it got them: the plan of what stands behind it. What
 * became of the others is accounted for in front of it.
 */
export function arrivedAtTier(evidence: Evidence, tier: string): Evidence {
  const recorders = new Set(
    evidence.recorders.flatMap(({ hop, number }) =>
      'tier' in hop && hop.tier === tier ? number : [],
    ),
  );
  const isTaken = ({ recorder, request }: Sighting): boolean => {
    const { outcome, rejected = 0 } = evidence.request(recorder, request) ?? {};
    return recorders.has(recorder) && outcome === 'ok' && rejected === 0;
  };
  const asTaken = (span: ItemEvidence): ItemEvidence[] => {
    const seen = span.sightings.find(isTaken);
    if (!seen) return [];
    const { coreDigest, stateDigest, attributesId, resourceId, scopeId } = seen;
    return [{ ...span, coreDigest, stateDigest, attributesId, resourceId, scopeId }];
  };
  return {
    ...evidence,
    async *traces() {
      for await (const trace of evidence.traces()) {
        const spans = trace.spans.flatMap(asTaken);
        if (spans.length > 0) yield { ...trace, spans };
      }
    },
  };
}
