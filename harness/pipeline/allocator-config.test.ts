import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { allocatorsOf } from './allocator.ts';
import { allocatorConfig } from './allocator-config.ts';
import { scraper } from './scraper.testing.ts';

const job = '{ job_name: shop, static_configs: [{ targets: ["cart:80"] }] }';

function configOf(spec: string, jobs: readonly string[] = [job]) {
  const [allocator] = allocatorsOf(scraper(jobs, `targetAllocator: ${spec}`));
  return parse(allocatorConfig(allocator as NonNullable<typeof allocator>));
}

describe('what the operator writes for an allocator', () => {
  it('has the jobs of the receiver, who scrapes, and the defaults of the resource', () => {
    expect(configOf('{ enabled: true }')).toMatchObject({
      config: { scrape_configs: [{ job_name: 'shop' }] },
      collector_selector: {
        matchlabels: { 'app.kubernetes.io/component': 'opentelemetry-collector' },
      },
      allocation_strategy: 'consistent-hashing',
      filter_strategy: 'relabel-config',
      collector_not_ready_grace_period: '30s',
    });
    expect(configOf('{ enabled: true }')).not.toHaveProperty('prometheus_cr');
  });

  it('leaves out the selectors that are not written: none is not all', () => {
    const written = '{ enabled: true, allocationStrategy: per-node, prometheusCR: ';
    const off = configOf(`${written}{ enabled: false } }`);
    expect(off).toMatchObject({ allocation_strategy: 'per-node' });
    expect(off).not.toHaveProperty('prometheus_cr');
    expect(configOf(`${written}{ enabled: true } }`).prometheus_cr).toEqual({
      enabled: true,
      scrape_interval: '30s',
      evaluation_interval: '30s',
    });
    const all = configOf(`${written}{ enabled: true, serviceMonitorSelector: {} } }`);
    expect(all.prometheus_cr.service_monitor_selector).toEqual({});
  });
});
