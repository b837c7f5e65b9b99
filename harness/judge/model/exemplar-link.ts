import type { Click, ExemplarRow } from '../../evidence/types.ts';
import type { DataSource, GrafanaLinks } from '../../grafana/types.ts';
import { absentOutcome, unescapedFault, unescapedIn } from './absent-links.ts';
import { broken, type LinkOutcome } from './link-outcome.ts';
import { openedOutcome } from './opened-trace.ts';
import { at } from './settings.ts';

/** What a click at an exemplar came to whose span was delivered. */
export function exemplarLinkOutcome(
  links: GrafanaLinks,
  source: DataSource,
  click: Click,
  row: ExemplarRow | undefined,
): LinkOutcome {
  const [first] = source.exemplarDestinations;
  const setting = first?.place ?? source.place;
  const unescaped = unescapedIn(links, source, 'exemplarTraceIdDestinations');
  const outcome = click.absent
    ? unlinked(links, source, click, row)
    : openedOutcome(source, click, at(setting));
  if (outcome.kind !== 'broken' || unescaped.length === 0) return outcome;
  return broken(unescapedFault(source, unescaped));
}

function unlinked(
  links: GrafanaLinks,
  source: DataSource,
  click: Click,
  row: ExemplarRow | undefined,
): LinkOutcome {
  const { exemplarDestinations, name, place } = source;
  const setting = exemplarDestinations[0]?.place ?? place;
  if (click.absent?.why !== 'nothing-matches' || !row) {
    return absentOutcome(links, source, setting, click);
  }
  const names = exemplarDestinations.map((one) => `"${one.name}"`).join(', ');
  const labels = Object.keys(row.labels).sort().join(', ');
  return broken({
    finding: 'exemplar-label-name',
    dataSource: name,
    cause: `name: ${names}; exemplars have ${labels}`,
    why: at(setting),
  });
}
