import type { Place, Problem } from '../lib/errors.ts';
import { parseYaml } from '../lib/yaml.ts';
import type { AlertRule, AlertRules } from './alert-rules.ts';
import type { ManifestFile } from './manifests.ts';
import { at, object, text } from './read.ts';
import type { Resource } from './types.ts';

interface Source {
  readonly from: string;
  readonly groups: unknown;
  readonly place: (path: readonly PropertyKey[]) => Place;
}

export const isOfPrometheus = ({ kind, apiVersion }: Resource): boolean =>
  kind === 'PrometheusRule' && apiVersion.startsWith('monitoring.coreos.com/');

/**
 * Reads the alerts and recordings of a folder: its PrometheusRule resources, which the Prometheus
 * Operator turns into a rule file each, and a rule file beside it. What a rule must have is as in
 * Prometheus 3 (model/rulefmt/rulefmt.go, `Validate`); whether an expression can be read it says
 * itself.
 */
export function readAlertRules(
  resources: readonly Resource[],
  rulesFile: ManifestFile | undefined,
  problems: Problem[],
): AlertRules | undefined {
  const sources: Source[] = resources.filter(isOfPrometheus).map((resource) => ({
    from: `${resource.kind}/${resource.name}`,
    groups: at(resource.value, 'spec', 'groups'),
    place: (path) => resource.place(['spec', 'groups', ...path]),
  }));
  if (rulesFile) sources.push(...fromFile(rulesFile, problems));
  if (sources.length === 0) return undefined;
  const alerts = sources.flatMap((source) => readGroups(source, problems));
  const files = sources.map(
    ({ groups }, i) => [`/etc/prometheus/rules-${i}.yaml`, fileOf(groups)] as const,
  );
  return { files: Object.fromEntries(files), alerts };
}

function fromFile({ path, text: written }: ManifestFile, problems: Problem[]): Source[] {
  const { documents, problems: own } = parseYaml(path, written);
  problems.push(...own);
  return documents.map(({ value, place }) => ({
    from: path,
    groups: at(value, 'groups'),
    place: (inside) => place(['groups', ...inside]),
  }));
}

/** What Thanos alone knows the Prometheus Operator leaves out for Prometheus. */
const fileOf = (groups: unknown): string =>
  JSON.stringify({
    groups: (Array.isArray(groups) ? groups : []).map((group) => {
      const { partial_response_strategy: _, ...own } = object(group);
      return own;
    }),
  });

function readGroups({ from, groups, place }: Source, problems: Problem[]): AlertRule[] {
  const wrong = (path: readonly PropertyKey[], message: string): void => {
    problems.push({ place: place(path), message: `${from}: ${message}` });
  };
  if (!Array.isArray(groups)) {
    wrong([], 'found no list, expected groups: with rules, as Prometheus has them');
    return [];
  }
  const known = new Set<string>();
  return groups.flatMap((group: unknown, i) => {
    const name = text(at(group, 'name')) ?? '';
    if (name === '') wrong([i], 'a group of rules needs a name');
    if (known.has(name)) wrong([i, 'name'], `group "${name}" is there twice in one file`);
    known.add(name);
    const rules = at(group, 'rules');
    return (Array.isArray(rules) ? rules : []).flatMap((rule: unknown, j): AlertRule[] => {
      const path = [i, 'rules', j];
      const [alert, record] = [text(at(rule, 'alert')), text(at(rule, 'record'))];
      if ((alert === undefined) === (record === undefined)) {
        wrong(path, 'a rule is either an alert: or a record:');
      }
      const expression = at(rule, 'expr');
      if (expression === undefined || expression === '') wrong(path, 'a rule needs an expr:');
      const holdsFor = text(at(rule, 'for'));
      return alert === undefined ? [] : [{ alert, from, holdsFor, place: place(path) }];
    });
  });
}
