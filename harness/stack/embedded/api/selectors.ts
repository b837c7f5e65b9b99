import type { KubeObject } from './objects.ts';

/** Equality-based label selectors: `a=b`, `a==b`, `a!=b`, `a`, `!a`, joined by commas. */
export function matchesLabels(selector: string | null, object: KubeObject): boolean {
  const labels = object.metadata.labels ?? {};
  return terms(selector).every((term) => {
    const [, key = '', operator, value] = /^([^=!]+)(!=|==|=)(.*)$/.exec(term) ?? [];
    if (operator === '!=') return labels[key] !== value;
    if (operator) return labels[key] === value;
    return term.startsWith('!') ? !(term.slice(1) in labels) : term in labels;
  });
}

/** Field selectors on any path: `spec.nodeName=worker`, `metadata.namespace!=kube-system`. */
export function matchesFields(selector: string | null, object: KubeObject): boolean {
  return terms(selector).every((term) => {
    const [, path = '', operator, value] = /^([^=!]+)(!=|==|=)(.*)$/.exec(term) ?? [];
    const found = String(valueAt(object, path.split('.')) ?? '');
    return operator === '!=' ? found !== value : found === value;
  });
}

const terms = (selector: string | null): string[] =>
  (selector ?? '').split(',').flatMap((term) => term.trim() || []);

function valueAt(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<string, unknown>)[step];
  }
  return current;
}
