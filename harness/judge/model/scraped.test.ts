import { describe, expect, it } from 'vitest';
import { scrapedOf } from '../../pipeline/entry.ts';
import { scraper } from '../../pipeline/scraper.testing.ts';
import type { ItemFacts } from './item-facts.ts';
import { scrapeRules } from './scraped.ts';

const sample = (name: string, job: 'shop' | 'other' = 'shop'): ItemFacts => ({
  name,
  kind: 0,
  statusCode: 0,
  attributes: { bench_pod: 'cart-0', team: 'web' },
  resource: { 'service.name': job, 'service.instance.id': job === 'shop' ? 'cart:80' : 'cart:81' },
});

function dropsWith(rules: string, more = '') {
  const targets = (address: string) => `[{ targets: ["${address}"], labels: { team: web } }]`;
  const jobs = [
    `{ job_name: shop, static_configs: ${targets('cart:80')}, metric_relabel_configs: [${rules}]${more} }`,
    `{ job_name: other, static_configs: ${targets('cart:81')} }`,
  ];
  const [rule] = scrapeRules(scrapedOf(scraper(jobs))?.targets ?? []);
  return (name: string, job?: 'shop' | 'other') => rule?.drops(sample(name, job), '');
}

describe('what a receiver leaves out of an exposition', () => {
  it('is what the rules of its job drop', () => {
    const drops = dropsWith('{ source_labels: [__name__], regex: "bench_l.*", action: drop }');
    expect(drops('bench_load')).toBe(true);
    expect(drops('bench_requests_total')).toBe(false);
    expect(drops('bench_load', 'other')).toBe(false);
  });

  it('may hang on labels that the target adds', () => {
    const drops = dropsWith('{ source_labels: [team, job], regex: "web;shop", action: drop }');
    expect(drops('bench_load')).toBe(true);
  });

  it('is nothing where a label goes by which no sample is known', () => {
    expect(dropsWith('{ regex: team, action: labeldrop }')('bench_load')).toBe(false);
  });

  it.each([
    ['{ regex: bench_pod, action: labeldrop }', ''],
    ['{ target_label: __name__, replacement: renamed }', ''],
    ['{ source_labels: [team], regex: "[[:alpha:", action: keep }', ''],
    ['{ regex: team, action: labeldrop }', ', sample_limit: 10'],
  ])('is unknown behind %s%s', (rules, more) => {
    expect(dropsWith(rules, more)('bench_load')).toBeUndefined();
  });
});
