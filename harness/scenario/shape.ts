import type { SpanNode } from './types.ts';

/** What a person writes under `tree:`; a child's window lies inside its parent's. */
export interface TreeNode {
  readonly name: string;
  readonly service: string;
  readonly children?: readonly TreeNode[] | undefined;
}

/** The share of a parent's time that its children leave free at either end. */
const margin = 0.04;

/**
 * Spreads `{ spans, depth }` over a tree: a chain of `depth` spans, the rest hung along it as
 * leaves, services taken in turn along the depth so that each is met at least once.
 */
export function expandShape(spans: number, depth: number, services: readonly string[]): SpanNode[] {
  const levels = Math.max(1, Math.min(depth, spans));
  const childrenOf: number[][] = Array.from({ length: spans }, () => []);
  const levelOf: number[] = [0];
  const parentOf: number[] = [-1];
  for (let i = 1; i < spans; i++) {
    const parent = i < levels ? i - 1 : (i - levels) % Math.max(1, levels - 1);
    parentOf.push(parent);
    levelOf.push((levelOf[parent] ?? 0) + 1);
    childrenOf[parent]?.push(i);
  }
  const serviceOf = (i: number): string => {
    const index = i < levels ? Math.floor((i * services.length) / levels) : i;
    return services[index % services.length] ?? 'service';
  };
  const build = (i: number): TreeNode => ({
    name: `${serviceOf(i)}.${operationOf(i)}`,
    service: serviceOf(i),
    children: (childrenOf[i] ?? []).map(build),
  });
  return expandTree(build(0));
}

const operations = ['handle', 'validate', 'load', 'price', 'reserve', 'charge', 'store', 'notify'];

function operationOf(i: number): string {
  const name = operations[i % operations.length] ?? 'work';
  return i < operations.length ? name : `${name}-${Math.floor(i / operations.length)}`;
}

/** Lays a spelled-out tree flat, root first, each child in its own slice of its parent's time. */
export function expandTree(root: TreeNode): SpanNode[] {
  const nodes: SpanNode[] = [];
  const visit = (node: TreeNode, parent: number, start: number, end: number): void => {
    const index = nodes.length;
    nodes.push({
      name: node.name,
      service: node.service,
      parent,
      startFraction: start,
      endFraction: end,
    });
    const children = node.children ?? [];
    const inner = (end - start) * (1 - 2 * margin);
    children.forEach((child, i) => {
      const from = start + (end - start) * margin + (inner * i) / children.length;
      const to = from + (inner / children.length) * (1 - margin);
      visit(child, index, from, to);
    });
  };
  visit(root, -1, 0, 1);
  return nodes;
}

/** Spans of which one may be delivered late: leaves, but neither the root nor the last one. */
export const lateLeavesOf = (tree: readonly SpanNode[]): number[] =>
  tree.flatMap((_, i) =>
    i > 0 && i < tree.length - 1 && !tree.some(({ parent }) => parent === i) ? i : [],
  );
