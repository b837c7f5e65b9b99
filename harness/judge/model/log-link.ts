import type { Click, LogRow } from '../../evidence/types.ts';
import type { DataSource, DerivedField, GrafanaLinks } from '../../grafana/types.ts';
import { absentOutcome, unescapedFault, unescapedIn } from './absent-links.ts';
import {
  broken,
  isIdBeside,
  isSame,
  type LinkFault,
  type LinkOutcome,
  open,
  right,
  strangersIn,
  troubleOf,
} from './link-outcome.ts';
import { at } from './settings.ts';

/**
 * What a click at the link of a log record whose span was delivered came to. Right is the trace
 * with the span in it, and nothing of another.
 */
export function logLinkOutcome(
  links: GrafanaLinks,
  source: DataSource,
  click: Click,
  row: LogRow | undefined,
): LinkOutcome {
  const setting = source.derivedFields[0]?.place ?? source.place;
  const outcome =
    click.absent?.why === 'nothing-matches' && row
      ? unmatched(source, row)
      : click.absent
        ? absentOutcome(links, source, setting, click)
        : answered(source, click);
  const unescaped = unescapedIn(links, source, setting);
  const isOfVariable = outcome.kind === 'broken' || isSearch(click);
  return unescaped.length > 0 && isOfVariable ? broken(unescapedFault(source, unescaped)) : outcome;
}

const isSearch = ({ request }: Click): boolean => request?.path === '/api/search';

/** Why no derived field found an id in a line that belongs to a span. */
function unmatched(source: DataSource, row: LogRow): LinkOutcome {
  const [first] = source.derivedFields as readonly [DerivedField];
  const fault = (finding: LinkFault['finding'], cause: string): LinkOutcome =>
    broken({ finding, dataSource: source.name, cause, why: at(first.place) });
  const byLine = source.derivedFields.filter(({ matcherType }) => matcherType !== 'label');
  if (byLine.some(({ matcherRegex }) => matcherRegex === undefined)) {
    return fault('link-never-shown', 'a derived field without matcherRegex matches no line');
  }
  if (byLine.length > 0 && isIdBeside(row)) {
    const cause = 'looks for the id in the line, and it stands beside it';
    return fault('link-id-in-metadata', cause);
  }
  if (byLine.length === 0 && row.line.includes(row.traceId)) {
    return fault('link-id-in-body-only', 'looks for a label, and the id stands in the line only');
  }
  return fault('link-never-shown', 'no derived field matches');
}

function answered(source: DataSource, click: Click): LinkOutcome {
  const { answer, request, label = '' } = click;
  const trouble = troubleOf(click);
  if (!answer || !request || trouble !== undefined) return open(trouble ?? 'nothing was asked');
  const field = source.derivedFields.find(({ name }) => name === label);
  const place = at(field?.place ?? source.place);
  const fault = (finding: LinkFault['finding'], cause: string): LinkOutcome =>
    broken({ finding, dataSource: source.name, cause, why: `${place}: derived field "${label}"` });
  if (isSearch(click)) {
    if (answer.status === 200) return open('a search: what it finds is not read');
    return fault('link-finds-nothing', `${answer.status}: ${answer.error ?? ''}`);
  }
  if (strangersIn(click).length > 0) return fault('link-leads-elsewhere', 'opens another trace');
  if (answer.items.some((item) => isSame(item, click))) return right;
  const asked = (request.path.split('/').at(-1) ?? '').toLowerCase().padStart(32, '0');
  if (asked !== click.traceId) {
    return fault('link-leads-elsewhere', 'asks for another id than the trace’s');
  }
  const has = answer.status === 200 ? 'it without the span' : `status ${answer.status}`;
  return fault('link-finds-nothing', `Tempo took the span and answers with ${has}`);
}
