import { expect, it } from 'vitest';
import { loadPipeline } from './load.ts';
import { changed, edit, files, mistakesOf } from './two-tier.testing.ts';

const set = (path: string, value: unknown) => [edit('gateway', `spec.config.${path}`, value)];

it('a setting that the collector does not have is told at its place', () => {
  expect(mistakesOf(files, set('processors.memory_limiter.limit_mb', 400))[0]).toMatch(
    /processor "memory_limiter" has no setting "limit_mb".*; known: check_interval, .*did you mean "limit_mib"/,
  );
  expect(mistakesOf(files, set('exporters.otlp_grpc/tempo.batcher', {}))[0]).toMatch(
    /exporter "otlp_grpc\/tempo" has no setting "batcher"/,
  );
  const inFile = changed('agent.yaml', 'limit_mib: 400\n', 'limit_mb: 400\n');
  expect(mistakesOf(inFile)[0]).toMatch(/^agent\.yaml:25:\d+ processor "memory_limiter" has no/);
});

it('one that it has is none, whatever another component makes of it', () => {
  const edits = [
    ...set('exporters.otlp_grpc/tempo.wait_for_ready', true),
    ...set('processors.memory_limiter.min_gc_interval_when_soft_limited', '10s'),
  ];
  expect(loadPipeline('x', files, edits).tiers).toHaveLength(2);
});
