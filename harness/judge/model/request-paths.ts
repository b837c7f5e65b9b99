import type { AppFacts } from '../../evidence/types.ts';
import { appHops } from '../../scenario/apps.ts';
import { followRequest, type RequestPath } from './hops.ts';

/** What users' requests show, each followed through the hops that it must take. */
export function requestPaths(
  app: AppFacts | undefined,
  messages: 'parent' | 'link' | 'none' = 'parent',
): RequestPath[] {
  const spans = Map.groupBy(app?.spans ?? [], ({ order }) => order);
  const served = Map.groupBy(app?.served ?? [], ({ order }) => order);
  return (app?.requests ?? []).map((request) => {
    const { order, outcome } = request;
    if (outcome?.status !== 200) {
      const said = outcome ? `status ${outcome.status}` : 'never';
      return { request, breaks: [], open: [`a user was answered ${said}`] };
    }
    const facts = { spans: spans.get(order) ?? [], served: served.get(order) ?? [] };
    return followRequest(request, facts, appHops, messages);
  });
}
