import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scrapedOf } from './entry.ts';
import { loadPipeline } from './load.ts';

const folder = join(import.meta.dirname, '../../fixtures/pipelines/monitored');
const names = ['scraper', 'traces', 'applications', 'monitors', 'rbac'];
const given = new Map(
  names.map((name) => [name, readFileSync(join(folder, `${name}.yaml`), 'utf8')]),
);

/** @param edits of a file's text: what stands there, and what instead */
function targetsOf(edits: Readonly<Record<string, readonly [string, string]>> = {}) {
  const files = [...given].map(([name, text]) => {
    const [from, to] = edits[name] ?? ['', ''];
    expect(text).toContain(from);
    return { path: `${name}.yaml`, text: text.replace(from, to) };
  });
  const { targets = [] } = scrapedOf(loadPipeline('monitored', files)) ?? {};
  return targets;
}

const leftOut = (edits: Parameters<typeof targetsOf>[0]): (string | undefined)[] =>
  targetsOf(edits).flatMap((own) => (own.leftOutBy === undefined ? [] : own.because?.why));

describe('what monitors select', () => {
  it('is told labels as the allocator makes them', () => {
    const targets = targetsOf();
    expect(targets.map(({ leftOutBy, unmodelled }) => leftOutBy ?? unmodelled)).toEqual(
      targets.map(() => undefined),
    );
    expect(targets.map(({ called }) => called?.replace(/-[^:]+/, ''))).toEqual([
      'shop/frontend:9464',
      'shop/frontend:9464',
      'shop/checkout:9464',
      'shop/payment:9090',
      'shop/worker:9102',
    ]);
    expect(targets[0]).toMatchObject({
      intervalMs: 2_000,
      labels: {
        job: 'frontend',
        instance: targets[0]?.id,
        namespace: 'shop',
        service: 'frontend',
        container: 'frontend',
        endpoint: 'metrics',
        tier: 'web',
      },
    });
    expect(targets[3]).toMatchObject({
      path: '/internal/metrics',
      labels: { workload: 'payment' },
    });
    expect(targets[4]).toMatchObject({
      intervalMs: 3_000,
      labels: { job: 'shop/worker', endpoint: 'telemetry', team: 'back' },
    });
    expect(targets[4]?.labels).not.toHaveProperty('service');
  });

  it.each([
    [
      'a label that the allocator asks for is missing',
      {
        monitors: [
          'labels: { release: prometheus } }\nspec:\n  selector: { matchL',
          '}\nspec:\n  selector: { matchL',
        ],
      },
      'serviceMonitorSelector asks for release: prometheus, and ServiceMonitor/shop has no labels',
    ],
    [
      'the allocator selects no monitors at all',
      { scraper: ['      podMonitorSelector: {}\n', ''] },
      'podMonitorSelector is not written, which selects no PodMonitor; {} selects all',
    ],
    [
      'no Service has the label',
      { monitors: ['part-of: shop', 'part-of: store'] },
      /^ServiceMonitor\/shop: no Service has part-of: store: frontend has app: frontend/,
    ],
    [
      'no port is called so',
      { monitors: ['endpoints: [{ port: metrics }]', 'endpoints: [{ port: metric }]'] },
      'ServiceMonitor/shop: port metric is none of Service frontend (http, metrics)',
    ],
    [
      'it looks in another namespace',
      { monitors: ['  namespaceSelector: { matchNames: [shop] }\n', ''] },
      'ServiceMonitor/payment: it looks in namespace observability, and Service payment is in shop',
    ],
    [
      'the Service selects no pod',
      { applications: ['spec: { selector: { app: payment }', 'spec: { selector: { app: pay }'] },
      'ServiceMonitor/payment: Service payment selects no pod of the folder',
    ],
  ] as const)('is nothing where %s, which is told', (_, edits, why) => {
    const [first, ...others] = new Set(leftOut(edits));
    if (typeof why === 'string') expect(first).toBe(why);
    else expect(first).toMatch(why);
    expect(others).toEqual([]);
  });

  it.each([
    ['an empty selector', { scraper: ['{ matchLabels: { release: prometheus } }', '{}'] }],
    ['a namespace selector of any', { monitors: ['{ matchNames: [shop] }', '{ any: true }'] }],
    ['a port by its number', { monitors: ['port: telemetry', 'portNumber: 9102'] }],
    [
      'a label of another monitor',
      {
        monitors: [
          'labels: { release: prometheus } }\nspec:\n  n',
          'labels: { release: prometheus, more: x } }\nspec:\n  n',
        ],
      },
    ],
  ] as const)('is the same with %s', (_, edits) => {
    expect(leftOut(edits)).toEqual([]);
    expect(targetsOf(edits).map(({ id }) => id)).toEqual(targetsOf().map(({ id }) => id));
  });

  it('is nobody’s fault where the folder has no application at all', () => {
    const files = [...given].filter(([name]) => name !== 'applications');
    const all = files.map(([name, text]) => ({ path: `${name}.yaml`, text }));
    expect(scrapedOf(loadPipeline('monitored', all))).toBeUndefined();
  });
});
