import type { Click } from '../../evidence/types.ts';
import type { DataSource, Expanded, GrafanaLinks } from '../../grafana/types.ts';
import type { Place } from '../../lib/errors.ts';
import { broken, type LinkFault, type LinkOutcome, open } from './link-outcome.ts';
import { at } from './settings.ts';

/** Keys of `jsonData` that hold links; that of spans was called otherwise before. */
export type LinkSetting = 'tracesToLogs' | 'derivedFields' | 'exemplarTraceIdDestinations';

/** Variables of Grafana that a single dollar sign makes one of its environment. */
export const unescapedIn = (
  { expanded }: GrafanaLinks,
  { uid, name }: DataSource,
  setting: LinkSetting,
): readonly Expanded[] =>
  expanded.filter(
    ({ dataSource, written, path }) =>
      (dataSource === uid || dataSource === name) &&
      /^\$\{?__(?!env\{|file\{)/.test(written) &&
      String(path[1]).startsWith(setting),
  );

/** The fault of a setting in which a dollar sign is to be doubled. */
export function unescapedFault(source: DataSource, found: readonly Expanded[]): LinkFault {
  const [first] = found as readonly [Expanded];
  return {
    finding: 'link-variable-unescaped',
    dataSource: source.name,
    cause: `${first.written} became nothing`,
    why: `provisioning takes it for an environment variable (${at(first.place)})`,
    fix: `write $${first.written}`,
  };
}

/** What the reason for which no link is shown comes to. */
export function absentOutcome(
  links: GrafanaLinks,
  source: DataSource,
  setting: Place,
  { absent }: Click,
): LinkOutcome {
  if (!absent) return open('neither a link nor a reason for none was recorded');
  const place = at(setting);
  const never = (cause: string, fix?: string): LinkOutcome =>
    broken({
      finding: 'link-never-shown',
      dataSource: source.name,
      cause,
      why: place,
      ...(fix ? { fix } : {}),
    });
  switch (absent.why) {
    case 'not-modelled':
      return open(`not modelled: ${absent.what}`);
    case 'not-configured':
      return never('no link is configured');
    case 'no-tags':
      return never(`none of its tags is on the span: ${absent.tags.join(', ')}`);
    case 'variable-undefined':
      return never(`no such variable: ${[...new Set(absent.variables)].join(', ')}`);
    case 'nothing-matches':
      return never('nothing of the line or its labels is taken for a trace id');
    case 'data-source-unknown': {
      const known = links.dataSources.map(({ uid }) => uid).join(', ');
      const named = absent.uid === undefined ? 'none' : `"${absent.uid}"`;
      return broken({
        finding: 'link-datasource-unknown',
        dataSource: source.name,
        cause: `datasourceUid: ${named}; known: ${known}`,
        why: place,
      });
    }
  }
}
