import { describe, expect, it } from 'vitest';
import { entryOf, scrapedOf } from './entry.ts';
import { discoveringJobs } from './scrape.ts';
import { scraper } from './scraper.testing.ts';

const targetsOf = (...jobs: string[]) => scrapedOf(scraper(jobs))?.targets ?? [];
const job = (targets: string, more = ''): string =>
  `{ job_name: shop, static_configs: [{ targets: [${targets}] }]${more} }`;

describe('the targets of a scrape', () => {
  it('are what the configuration names, with the labels that their samples get', () => {
    const [cart, legacy] = targetsOf(
      '{ job_name: shop, static_configs: [{ targets: ["cart.shop:9464"], labels: { team: web } }] }',
      '{ job_name: old, scrape_interval: 1m, metrics_path: /m, static_configs: [{ targets: [stock:80] }] }',
    );
    expect(cart).toMatchObject({ id: 'cart.shop:9464', path: '/metrics', intervalMs: 5_000 });
    expect(cart?.labels).toEqual({ job: 'shop', instance: 'cart.shop:9464', team: 'web' });
    expect(legacy).toMatchObject({ host: 'stock', port: 80, path: '/m', intervalMs: 60_000 });
    // Ten seconds, if the interval is not shorter.
    expect([cart?.timeoutMs, legacy?.timeoutMs]).toEqual([5_000, 10_000]);
    const [quick] = targetsOf(job('cart:80', ', scrape_timeout: 500ms'));
    expect(quick?.timeoutMs).toBe(500);
  });

  it.each([
    '"0.0.0.0:8888"',
    'localhost:8888',
    '"127.0.0.1:8888"',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as a collector's configuration has it
    '"${env:POD_IP}:8888"',
    'scraper-collector-monitoring:8888',
    'scraper-collector-monitoring.obs.svc:8888',
    'prometheus:9090',
    'cart:99999',
    'cart:0',
  ])('are none of the pipeline’s own: %s', (own) => {
    expect(targetsOf(job(own))).toEqual([]);
    expect(entryOf(scraper([job(own)]), 'metrics')).toBeUndefined();
  });

  it('are as their rules make them', () => {
    const rule = '{ source_labels: [__address__], regex: "(.*):.*", target_label: instance }';
    const [named] = targetsOf(job('cart:80', `, relabel_configs: [${rule}]`));
    expect(named).toMatchObject({ id: 'cart:80', labels: { instance: 'cart' } });
    const to = '{ target_label: __address__, replacement: "exporter:9115" }';
    const [probe] = targetsOf(job('cart', `, relabel_configs: [${to}]`));
    expect(probe).toMatchObject({ id: 'exporter:9115', labels: { instance: 'exporter:9115' } });
  });

  it('are left out by a rule, or by who knows what, which is named', () => {
    const keep = '{ source_labels: [job], regex: sho, action: keep }';
    expect(targetsOf(job('cart:80', `, relabel_configs: [${keep}]`))).toMatchObject([
      { leftOutBy: 'relabel_configs[0]', unmodelled: undefined },
    ]);
    const strange = '{ source_labels: [job], regex: "[[:alpha:", action: keep }';
    expect(targetsOf(job('cart:80', `, relabel_configs: [${strange}]`))).toMatchObject([
      { leftOutBy: undefined, unmodelled: 'relabel_configs[0]' },
    ]);
    expect(targetsOf(job('cart:80', ', sample_limit: 3'))).toMatchObject([
      { unmodelled: 'sample_limit' },
    ]);
    expect(targetsOf(job('cart:80', ', scrape_interval: 1d'))).toMatchObject([
      { unmodelled: 'scrape_interval', intervalMs: Number.POSITIVE_INFINITY },
    ]);
  });

  it('are not told apart where two jobs scrape one address, unless one is left out', () => {
    const other = (rules: string): string =>
      job('cart:80', rules).replace('job_name: shop', 'job_name: other');
    const both = scrapedOf(scraper([job('cart:80'), other(', metrics_path: /internal')]));
    const why = 'another job of cart:80';
    expect(both?.targets).toMatchObject([{ unmodelled: why }, { unmodelled: why }]);
    const drop = '{ source_labels: [job], regex: other, action: drop }';
    const one = scrapedOf(scraper([job('cart:80'), other(`, relabel_configs: [${drop}]`)]));
    expect(one?.targets[0]).toMatchObject({ unmodelled: undefined, leftOutBy: undefined });
  });

  it('are not what service discovery finds, of which the job is named', () => {
    const pipeline = scraper(['{ job_name: pods, kubernetes_sd_configs: [{ role: pod }] }']);
    expect(scrapedOf(pipeline)).toBeUndefined();
    expect(pipeline.tiers.flatMap((tier) => discoveringJobs(tier, pipeline))).toEqual([
      'pods (kubernetes_sd_configs)',
    ]);
  });

  it('are the way in of metrics where no tier takes them by OTLP', () => {
    const entry = entryOf(scraper([job('cart:80')]), 'metrics');
    expect(entry).toMatchObject({ tier: { name: 'scraper' }, targets: [{ id: 'cart:80' }] });
  });
});
