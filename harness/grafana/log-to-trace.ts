import { dataSourceNamed } from './find.ts';
import { traceRequest } from './requests.ts';
import type { DataSource, DerivedField, GrafanaLinks, Link, NoLink, ShownLine } from './types.ts';
import { interpolate } from './variables.ts';

/** The links of one line, or why it has none (Grafana, `getDerivedFields`). */
export function lineToTraces(
  links: GrafanaLinks,
  loki: DataSource,
  line: ShownLine,
): readonly (Link | NoLink)[] {
  const { derivedFields } = loki;
  if (derivedFields.length === 0) return [{ why: 'not-configured' }];
  const made = groupsOf(derivedFields).flatMap((group) => {
    // All of one name go by the first one's matcher.
    const value = matchedValue(group[0] as DerivedField, line);
    return value === undefined ? [] : group.map((field) => linkOf(links, field, value, line));
  });
  return made.length === 0 ? [{ why: 'nothing-matches' }] : made;
}

function groupsOf(fields: readonly DerivedField[]): DerivedField[][] {
  const groups = new Map<string, DerivedField[]>();
  for (const field of fields) {
    const name = String(field.name);
    groups.set(name, [...(groups.get(name) ?? []), field]);
  }
  return [...groups.values()];
}

/** By label: the value of the first whose name matches. Else the line's first group. */
function matchedValue(
  { matcherType, matcherRegex }: DerivedField,
  { line, labels }: ShownLine,
): string | undefined {
  // Left out it is an empty pattern: any label's name has it, and no line has a group of it.
  const pattern = new RegExp(matcherRegex ?? '');
  if (matcherType === 'label') {
    const key = Object.keys(labels)
      .sort()
      .find((name) => pattern.test(name));
    return key === undefined ? undefined : labels[key];
  }
  if (matcherType !== undefined && matcherType !== 'regex') return undefined;
  return pattern.exec(line)?.[1] || undefined;
}

function linkOf(
  links: GrafanaLinks,
  { name, url, datasourceUid }: DerivedField,
  raw: string,
  { labels }: ShownLine,
): Link | NoLink {
  const label = name ?? '';
  if (!datasourceUid) return { why: 'not-modelled', what: `"${label}" leads out of Grafana` };
  const target = dataSourceNamed(links, datasourceUid);
  if (!target) return { why: 'data-source-unknown', uid: datasourceUid };
  if (target.type !== 'tempo') {
    return { why: 'not-modelled', what: `traces in a data source of type ${target.type}` };
  }
  const variables = { ...labels, __value: { raw } };
  const { text, undefinedNames, unmodelled } = interpolate(url ?? '', variables);
  if (undefinedNames.length > 0) return { why: 'variable-undefined', variables: undefinedNames };
  if (unmodelled[0] !== undefined) return { why: 'not-modelled', what: unmodelled[0] };
  return { label, request: traceRequest(text) };
}
