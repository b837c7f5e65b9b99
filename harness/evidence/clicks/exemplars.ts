import { exemplarsRequest } from '../../grafana/exemplar-to-trace.ts';
import { targetOf } from '../../grafana/requests.ts';
import { metricNames } from '../../plan/types.ts';
import { getJson } from '../../shell/http.ts';
import type { HttpTarget } from '../../stack/types.ts';
import type { ExemplarRow, ItemName } from '../types.ts';

interface Answer {
  readonly data: readonly {
    readonly exemplars: readonly { readonly labels: Readonly<Record<string, string>> }[];
  }[];
}

/** The load's counter, whatever a way into Prometheus makes of its dot and its being one. */
const query = `{__name__=~"${metricNames[0]}(_total)?"}`;

/**
 * Exemplars of the load's counter as Prometheus shows them, each once whatever series have it. Ids
 * are those of the span that was sent: another label of it says which.
 * @throws Error where it does not answer
 */
export async function askExemplars(
  target: HttpTarget,
  sent: readonly ItemName[],
  window: { readonly fromMs: number; readonly toMs: number },
): Promise<ExemplarRow[]> {
  const answer = (await getJson(target, targetOf(exemplarsRequest(query, window)))) as Answer;
  const spans = new Map(sent.map((item) => [item.spanId, item]));
  const shown = answer.data.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels));
  const distinct = new Map(shown.map((labels) => [JSON.stringify(labels), labels]));
  return [...distinct.entries()].sort().map(([, labels]) => {
    const span = Object.values(labels).flatMap((value) => spans.get(value) ?? [])[0];
    return { ...(span ?? { traceId: '', spanId: '' }), labels };
  });
}
