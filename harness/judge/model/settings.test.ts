import { expect, it } from 'vitest';
import { loadPipeline } from '../../pipeline/load.ts';
import { edit, files } from '../../pipeline/two-tier.testing.ts';
import { component } from './causes.testing.ts';
import { tellSetting } from './settings.ts';

const told = (path: string, ...edits: ReturnType<typeof edit>[]): string => {
  const [, gateway] = loadPipeline('two-tier', files, edits).tiers;
  const exporter = gateway?.components.find(({ id }) => id === 'otlp_grpc/tempo');
  return tellSetting(exporter ?? component('none'), path, 'its default');
};
const exporter = 'spec.config.exporters["otlp_grpc/tempo"]';

it('a setting comes from its own line of the file', () => {
  const [, line] = /gateway\.yaml:(\d+)\)$/.exec(told('endpoint')) ?? [];
  const [, gateway] = files;
  expect(gateway?.text.split('\n')[Number(line) - 1]).toContain('endpoint: tempo:4317');
});

it('a setting that was set for this run comes from what set it, be it a part of what was set', () => {
  const queue = edit('gateway', `${exporter}.sending_queue`, { queue_size: 5 });
  expect(told('sending_queue.queue_size', queue)).toBe(
    'sending_queue.queue_size: 5 (set by s.yaml:8:5)',
  );
  expect(told('endpoint', queue)).toMatch(/^endpoint: tempo:4317 \(gateway\.yaml:\d+\)$/);
  const whole = edit('gateway', exporter, { endpoint: 'tempo:4317', tls: { insecure: true } });
  expect(told('timeout', whole)).toBe('timeout: its default (set by s.yaml:8:5)');
});

it('of one that is not written the nearest that is has the place', () => {
  expect(told('timeout')).toMatch(/^timeout: its default \(gateway\.yaml:\d+\)$/);
});
