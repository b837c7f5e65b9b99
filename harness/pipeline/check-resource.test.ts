import { describe, expect, it } from 'vitest';
import type { Problem } from '../lib/errors.ts';
import { checkResource } from './check-resource.ts';

function problemsOf(kind: string, name: string, more: Record<string, unknown> = {}): Problem[] {
  const problems: Problem[] = [];
  const value = { apiVersion: 'v1', kind, metadata: { name }, ...more };
  const place = () => ({ file: 'p.yaml', line: 1, column: 1 });
  const own = { apiVersion: 'v1', kind, name, namespace: 'default', value };
  checkResource({ ...own, place, placeInside: place }, problems);
  return problems;
}

describe('what Kubernetes takes', () => {
  it.each([
    ['ClusterRole', "(join('-', ['collector', $namespace]))", true],
    ['RoleBinding', 'system:reads all', true],
    ['Role', 'a/b', false],
    ['Role', 'a%b', false],
    ['ClusterRoleBinding', '..', false],
    ['ConfigMap', 'a b', false],
  ])('as the name of a %s: %s (%s)', (kind, name, isTaken) => {
    expect(problemsOf(kind, name)).toHaveLength(isTaken ? 0 : 1);
  });

  it.each([
    ['Secret', 'data', 'stringData takes a text as it is'],
    ['ConfigMap', 'binaryData', 'data takes a text as it is'],
  ])('in a %s’s %s is base64; what takes a text as it is, is named', (kind, part, hint) => {
    expect(problemsOf(kind, 'a', { [part]: { token: '<your token>' } })).toEqual([
      expect.objectContaining({ message: 'token: expected a text in base64', hint }),
    ]);
    expect(problemsOf(kind, 'a', { [part]: { token: 'YQ==' } })).toEqual([]);
  });
});
