import type { Click, LogRow } from '../../evidence/types.ts';
import type { DataSource, GrafanaLinks, TracesToLogs } from '../../grafana/types.ts';
import { formatMs } from '../../lib/units.ts';
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
 * What a click at "Logs for this span" came to. Right is an answer that holds the span's own log
 * record and, where the link asks for an id, nothing of another trace.
 *
 * @param row the log record as Loki shows it; undefined where it shows none
 */
export function spanLinkOutcome(
  links: GrafanaLinks,
  source: DataSource,
  click: Click,
  row: LogRow | undefined,
): LinkOutcome {
  const { tracesToLogs } = source;
  const setting = tracesToLogs?.place ?? source.place;
  const unescaped = unescapedIn(links, source, 'tracesToLogs');
  const outcome = click.absent
    ? absentOutcome(links, source, setting, click)
    : answeredOutcome({ links, source, click, row }, tracesToLogs);
  if (outcome.kind !== 'broken' || unescaped.length === 0) return outcome;
  return broken(unescapedFault(source, unescaped));
}

interface Answered {
  readonly links: GrafanaLinks;
  readonly source: DataSource;
  readonly click: Click;
  readonly row: LogRow | undefined;
}

function answeredOutcome(
  { links, source, click, row }: Answered,
  options: TracesToLogs | undefined,
): LinkOutcome {
  const { answer } = click;
  const trouble = troubleOf(click);
  if (!answer || !options || trouble !== undefined) return open(trouble ?? 'nothing was asked');
  const ignored = options.ignoredQuery ? ', its query ignored without customQuery: true' : '';
  const place = `${at(options.place)}${ignored}`;
  const fault = (finding: LinkFault['finding'], cause: string): LinkOutcome =>
    broken({ finding, dataSource: source.name, cause, why: `${place}: ${tell(click)}` });
  if (answer.status !== 200) {
    if (isReversed(click)) return fault('link-window-reversed', reversedText(options));
    const dotted = matchersOf(queryOf(click)).find(({ label }) => label.includes('.'));
    if (dotted) return fault('link-label-unknown', `"${dotted.label}" is no name of a label`);
    return fault('link-finds-nothing', `status ${answer.status}: ${answer.error ?? ''}`);
  }
  const others = asksForId(links, source, options) ? strangersIn(click) : [];
  if (others.length > 0) return fault('link-leads-elsewhere', 'shows records of other traces');
  if (answer.items.some((item) => isSame(item, click))) return right;
  return row ? lacking(click, row, options, fault) : open('Loki itself does not show the record');
}

/** Why an answer lacks a record that Loki has. */
function lacking(
  click: Click,
  row: LogRow,
  options: TracesToLogs,
  fault: (finding: LinkFault['finding'], cause: string) => LinkOutcome,
): LinkOutcome {
  const parameters: Readonly<Record<string, string>> = click.request?.parameters ?? {};
  const [time, from, to] = [row.timeNanos, parameters.start, parameters.end].map((t) =>
    BigInt(t ?? 0),
  ) as [bigint, bigint, bigint];
  const beyond = time < from ? from - time : time - to;
  if (time < from || time >= to) {
    const shifts = `spanStartTimeShift ${formatMs(options.startShiftMs)}, spanEndTimeShift ${formatMs(options.endShiftMs)}`;
    const where = time < from ? 'before' : 'behind';
    const by = formatMs(Math.ceil(Number(beyond) / 1e6));
    return fault(
      'link-window-too-small',
      `the record is up to ${stepOf(by)} ${where} it: ${shifts}`,
    );
  }
  const strange = matchersOf(queryOf(click)).find(
    ({ label, operator, value }) => operator === '=' && row.labels[label] !== value,
  );
  if (strange) {
    const own = row.labels[strange.label];
    const has = own === undefined ? 'records have no such label' : `it is "${own}" there`;
    return fault('link-label-unknown', `"${strange.label}": ${has}`);
  }
  if (looksForIdInLine(click) && isIdBeside(row)) {
    return fault('link-id-in-metadata', 'looks for the id in the line, and it stands beside it');
  }
  if ((click.answer?.items.length ?? 0) >= Number(parameters.limit)) return open('truncated');
  return fault('link-finds-nothing', 'the answer lacks the record');
}

/** So that records of one cause are one finding: their distances differ. */
const stepOf = (text: string): string => text.replace(/^[\d.]+/, (n) => roundedUp(Number(n)));
const roundedUp = (value: number): string => {
  const step = 10 ** Math.max(0, Math.ceil(Math.log10(Math.max(1, value))));
  return String(step);
};

const queryOf = ({ request }: Click): string => request?.parameters.query ?? '';

interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** Those of a query's stream selector. */
function matchersOf(query: string): Matcher[] {
  const [, inside = ''] = /^\s*\{((?:[^}"]|"(?:[^"\\]|\\.)*")*)\}/.exec(query) ?? [];
  return [...inside.matchAll(/([\w.]+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g)].map(
    ([, label = '', operator = '', value = '']) => ({ label, operator, value }),
  );
}

/** One of its line filters names the trace or the span. */
const looksForIdInLine = (click: Click): boolean =>
  [...queryOf(click).matchAll(/\|[=~]\s*(?:"([^"]*)"|`([^`]*)`)/g)].some(([, quoted, raw]) =>
    [click.traceId, click.spanId].some((id) => (quoted ?? raw ?? '').includes(id)),
  );

/** By a filter, or by a query of its own that has an id in it. */
const asksForId = (links: GrafanaLinks, source: DataSource, options: TracesToLogs): boolean => {
  const { customQuery } = options;
  const isOfId = (text: string): boolean => /(trace|span)Id/.test(text);
  if (customQuery === undefined) {
    const filters = options.filterByTraceId || options.filterBySpanId;
    return filters || links.version.spanToLogs === 'probes';
  }
  const lost = unescapedIn(links, source, 'tracesToLogs').map(({ written }) => written);
  return [customQuery, ...lost].some(isOfId);
};

function isReversed({ request }: Click): boolean {
  const { start = '0', end = '0' } = request?.parameters ?? {};
  return BigInt(start) > BigInt(end);
}

const reversedText = ({ startShiftMs, endShiftMs }: TracesToLogs): string =>
  `it ends before it begins: spanStartTimeShift ${formatMs(startShiftMs)}, spanEndTimeShift ${formatMs(endShiftMs)}`;

/** The query with nothing in it that is of one span alone: findings of one cause are one. */
const tell = (click: Click): string =>
  queryOf(click)
    .replaceAll(click.traceId, '<trace id>')
    .replaceAll(click.spanId, '<span id>')
    .replace(/="[^"<]*"/g, '="..."');
