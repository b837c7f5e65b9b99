import type { Click, LogRow } from '../../evidence/types.ts';
import type { DataSource, DerivedField, GrafanaLinks } from '../../grafana/types.ts';
import { absentOutcome, unescapedFault, unescapedIn } from './absent-links.ts';
import { broken, isIdBeside, type LinkFault, type LinkOutcome } from './link-outcome.ts';
import { isSearch, openedOutcome } from './opened-trace.ts';
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
        : openedOutcome(source, click, placeOf(source, click));
  const unescaped = unescapedIn(links, source, 'derivedFields');
  const isOfVariable = outcome.kind === 'broken' || isSearch(click);
  return unescaped.length > 0 && isOfVariable ? broken(unescapedFault(source, unescaped)) : outcome;
}

function placeOf({ derivedFields, place }: DataSource, { label = '' }: Click): string {
  const field = derivedFields.find(({ name }) => name === label);
  return `${at(field?.place ?? place)}: derived field "${label}"`;
}

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
