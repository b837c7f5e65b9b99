import type { Click } from '../../evidence/types.ts';
import type { DataSource } from '../../grafana/types.ts';
import {
  broken,
  isSame,
  type LinkFault,
  type LinkOutcome,
  open,
  right,
  strangersIn,
  troubleOf,
} from './link-outcome.ts';

export const isSearch = ({ request }: Click): boolean => request?.path === '/api/search';

/**
 * What opening the trace of a delivered span came to. Right is the trace with the span in it, and
 * nothing of another.
 * @param why the setting with its place
 */
export function openedOutcome(source: DataSource, click: Click, why: string): LinkOutcome {
  const { answer, request } = click;
  const trouble = troubleOf(click);
  if (!answer || !request || trouble !== undefined) return open(trouble ?? 'nothing was asked');
  const fault = (finding: LinkFault['finding'], cause: string): LinkOutcome =>
    broken({ finding, dataSource: source.name, cause, why });
  if (isSearch(click)) {
    if (answer.status === 200) return open('a search: what it finds is not read');
    return fault('link-finds-nothing', `${answer.status}: ${answer.error ?? ''}`);
  }
  const isNameless = answer.items.some(({ traceId, spanId }) => traceId === '' || spanId === '');
  if (isNameless) return open('a span of the answer has no id: no trace is stored so');
  if (strangersIn(click).length > 0) return fault('link-leads-elsewhere', 'opens another trace');
  const asked = (request.path.split('/').at(-1) ?? '').toLowerCase().padStart(32, '0');
  const isAsked = asked === click.traceId;
  if (answer.items.some((item) => isSame(item, click))) {
    return isAsked ? right : open('the answer has a trace that was not asked for');
  }
  if (!isAsked) {
    return fault('link-leads-elsewhere', 'asks for another id than the trace’s');
  }
  const has = answer.status === 200 ? 'it without the span' : `status ${answer.status}`;
  return fault('link-finds-nothing', `Tempo took the span and answers with ${has}`);
}
