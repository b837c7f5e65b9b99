import { describe, expect, it } from 'vitest';
import type { Problem } from '../lib/errors.ts';
import { readResources } from './manifests.ts';
import { readAlertRules } from './rules.ts';

const resource = (groups: string, kind = 'PrometheusRule') => `
apiVersion: monitoring.coreos.com/v1
kind: ${kind}
metadata: { name: own, namespace: obs }
spec:
  groups:
${groups}`;
const alert = '{ alert: Full, expr: queue_size > 5, for: 1m }';

function read(text: string, beside?: string) {
  const problems: Problem[] = [];
  const { resources } = readResources([{ path: 'rules.yaml', text }], []);
  const file = beside === undefined ? undefined : { path: 'p.rules.yaml', text: beside };
  const rules = readAlertRules(resources, file, problems);
  const told = problems.map(({ place, message }) => `${place.file}:${place.line} ${message}`);
  return { rules, told };
}

describe('rules', () => {
  it('are those of PrometheusRule resources and of a file beside the folder, a file each', () => {
    const groups = `    - { name: a, partial_response_strategy: warn, rules: [${alert}] }`;
    const beside =
      'groups: [{ name: a, rules: [{ record: r, expr: up }, { alert: Two, expr: up }] }]';
    const { rules, told } = read(resource(groups), beside);
    expect(told).toEqual([]);
    expect(rules?.alerts).toMatchObject([
      { alert: 'Full', from: 'PrometheusRule/own', holdsFor: '1m' },
      { alert: 'Two', from: 'p.rules.yaml', holdsFor: undefined },
    ]);
    // What Thanos alone knows Prometheus would refuse.
    expect(rules?.files['/etc/prometheus/rules-0.yaml']).toBe(
      JSON.stringify({
        groups: [{ name: 'a', rules: [{ alert: 'Full', expr: 'queue_size > 5', for: '1m' }] }],
      }),
    );
    expect(Object.keys(rules?.files ?? {})).toEqual([
      '/etc/prometheus/rules-0.yaml',
      '/etc/prometheus/rules-1.yaml',
    ]);
  });

  it('are none where nobody wrote any', () => {
    expect(read(resource('    []', 'ServiceMonitor')).rules).toBeUndefined();
  });

  it.each([
    ['    - { rules: [] }', 'rules.yaml:7 PrometheusRule/own: a group of rules needs a name'],
    [
      '    - { name: a, rules: [] }\n    - { name: a, rules: [] }',
      'rules.yaml:8 PrometheusRule/own: group "a" is there twice in one file',
    ],
    [
      '    - { name: a, rules: [{ alert: A, record: b, expr: up }] }',
      'rules.yaml:7 PrometheusRule/own: a rule is either an alert: or a record:',
    ],
    [
      '    - { name: a, rules: [{ alert: A }] }',
      'rules.yaml:7 PrometheusRule/own: a rule needs an expr:',
    ],
  ])('that Prometheus would not load are refused where they stand: %s', (groups, message) => {
    expect(read(resource(groups)).told).toEqual([message]);
  });

  it('beside the folder are refused where they are no list', () => {
    expect(read('', 'rules: []').told).toEqual([
      'p.rules.yaml:1 p.rules.yaml: found no list, expected groups: with rules, as Prometheus has them',
    ]);
  });
});
