import { expect, it } from 'vitest';
import { graph as pipelineOf } from '../pipeline/graphs.testing.ts';
import { graphOf } from './graph.ts';

const told = (...of: Parameters<typeof pipelineOf>) => {
  const { stations, arrows } = graphOf(pipelineOf(...of));
  return {
    stations: stations.map(({ column, title }) => `${column} ${title}`),
    arrows: arrows.map(({ from, to, signals }) => `${from} > ${to}: ${signals.join(', ')}`),
  };
};

it('puts stations behind one another, and what goes the same way on one arrow', () => {
  expect(told('two-tier')).toEqual({
    stations: ['0 load', '1 agent', '2 gateway', '3 tempo', '3 loki', '3 prometheus'],
    arrows: [
      'load > agent: traces, logs, metrics',
      'agent > gateway: traces',
      'agent > gateway: logs, metrics',
      'gateway > tempo:4317: traces',
      'gateway > loki:3100: logs',
      'gateway > prometheus:9090: metrics',
    ],
  });
});

it('gives each backend of a graph an arrow of its own', () => {
  expect(told('archive').arrows).toEqual([
    'load > gateway: traces',
    'gateway > tempo:4317: traces',
    'gateway > archive:4317: traces',
  ]);
  expect(told('two-samplers').stations).toEqual(['0 load', '1 edge', '2 core', '3 tempo']);
});

it('lists processors in order, and marks what is not foretold', () => {
  const { stations } = graphOf(pipelineOf('two-tier'));
  const gateway = stations.find(({ id }) => id === 'gateway');
  expect(gateway?.lines.map(({ text }) => text).slice(0, 4)).toEqual([
    'traces',
    '· memory_limiter',
    '· tail_sampling',
    '· attributes/redact',
  ]);
  expect(gateway?.lines.every(({ is }) => is !== 'blind')).toBe(true);
});

it('says by what a load balancer spreads', () => {
  const how = (...changes: readonly (readonly [string, string])[]) =>
    graphOf(pipelineOf('two-tier', ...changes)).arrows.find(
      ({ from, signals }) => from === 'agent' && signals.includes('traces'),
    )?.how;
  expect(how()).toBe('grpc, by trace id');
  const byService = 'loadbalancing:\n        routing_key: service\n';
  expect(how(['loadbalancing:\n', byService])).toBe('grpc, by service');
});
