import { describe, expect, it } from 'vitest';
import { allocatorsOf, targetsGivenTo } from './allocator.ts';
import { scraper } from './scraper.testing.ts';

const job = (name: string, ...targets: string[]): string =>
  `{ job_name: ${name}, static_configs: [{ targets: [${targets.join(', ')}], labels: { team: web } }] }`;
const allocator = 'targetAllocator: { enabled: true, allocationStrategy: consistent-hashing }';
const targets = Array.from({ length: 40 }, (_, i) => `"app-${i}:80"`);

describe('a collector whose targets an allocator shares out', () => {
  const pipeline = scraper([job('shop', ...targets)], allocator);
  const [shop] = Object.values(allocatorsOf(pipeline)[0]?.jobs ?? {});

  it('asks for them, and has none in its own config', () => {
    const [source] = pipeline.tiers[0]?.workload.volumes.map((volume) => volume.source) ?? [];
    const text = JSON.stringify(source);
    expect(text).toContain('http://scraper-targetallocator:80');
    expect(text).not.toContain('app-0');
  });

  it('gives each to one pod, and some to each', () => {
    const pods = ['scraper-0', 'scraper-1', 'scraper-2'];
    const given = pods.map((pod) =>
      targetsGivenTo(shop ?? {}, pod, pods).flatMap((group) => group.targets),
    );
    expect(given.flat().sort()).toEqual(targets.map((own) => JSON.parse(own)).sort());
    expect(Math.min(...given.map(({ length }) => length))).toBeGreaterThan(5);
    expect(targetsGivenTo(shop ?? {}, pods[0] ?? '', pods)[0]?.labels).toEqual({ team: 'web' });
  });

  it('is told jobs as Prometheus completes them, a dollar for two', () => {
    const rule = '{ source_labels: [job], target_label: x, replacement: "$$1" }';
    const written = `{ job_name: a, relabel_configs: [${rule}], static_configs: [{ targets: [b] }] }`;
    const [own] = allocatorsOf(scraper([written], allocator));
    expect(own?.jobs.a).toMatchObject({
      scrape_interval: '5s',
      scrape_timeout: '5s',
      relabel_configs: [{ replacement: '$1' }],
    });
  });

  it('is none where nobody asks for one', () => {
    expect(allocatorsOf(scraper([job('shop', 'a:80')]))).toEqual([]);
    const off = 'targetAllocator: { enabled: false }';
    expect(allocatorsOf(scraper([job('shop', 'a:80')], off))).toEqual([]);
  });
});
