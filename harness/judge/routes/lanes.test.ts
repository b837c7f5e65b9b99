import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../evidence/types.ts';
import { graph } from '../../pipeline/graphs.testing.ts';
import { signalPath } from '../model/path.ts';
import { type Lane, lanesOf } from './lanes.ts';
import { isAsked, questionsTo, unanswered } from './questions.ts';

const recorders = ['edge', 'core', 'gateway'].map((tier, number) => ({ number, hop: { tier } }));
const evidence = { recorders, request: () => ({ outcome: 'ok', rejected: 0 }) };
const lanes = (...of: Parameters<typeof graph>): Lane[] =>
  lanesOf(graph(...of), evidence as unknown as Evidence, []);
const told = ({ name, behind, goesOn, pipeline }: Lane) => {
  const { steps, backends, unclear } = signalPath(pipeline, 'traces');
  const way = [...steps.map(({ tier }) => tier.name), ...backends, ...unclear].join(' > ');
  return `${name}${behind ? ` behind ${behind}` : ''}${goesOn ? ', goes on' : ''}: ${way}`;
};

describe('the lines of a graph', () => {
  it('are one, the pipeline as it is, where each signal has one way', () => {
    const pipeline = graph('two-tier');
    const [only, ...others] = lanesOf(pipeline, evidence as unknown as Evidence, []);
    expect(others).toEqual([]);
    expect(only?.pipeline).toBe(pipeline);
  });

  it('are one a way, each with its own sampler or none', () => {
    const both = lanes('archive');
    expect(both.map(told)).toEqual([
      'tempo: gateway > tempo:4317',
      'archive: gateway > archive:4317',
    ]);
    expect(both.map(({ pipeline }) => pipeline.tiers[0]?.tailSampling?.decisionWaitMs)).toEqual([
      3_000,
      undefined,
    ]);
    expect(both.map(({ parting }) => [...parting])).toEqual([['gateway'], ['gateway']]);
  });

  it('are one a backend of a way that forks, where one of them is asked for by itself', () => {
    const forked = graph(
      'two-tier',
      ['exporters: [otlp_grpc/tempo]', 'exporters: [otlp_grpc/tempo, otlp_grpc/archive]'],
      [
        '      otlp_grpc/tempo:',
        '      otlp_grpc/archive: { endpoint: "archive:4317", tls: { insecure: true } }\n      otlp_grpc/tempo:',
      ],
    );
    const names = (expectation: object) =>
      lanesOf(forked, evidence as unknown as Evidence, [expectation as never]).map(told);
    const lost = { check: 'lost', signals: ['traces'] };
    expect(names(lost)).toEqual([': agent > gateway > tempo:4317 > archive:4317']);
    expect(names({ ...lost, at: 'archive' })).toEqual([
      'tempo: agent > gateway > tempo:4317',
      'archive: agent > gateway > archive:4317',
    ]);
    // Of a backend of another signal nothing forks.
    expect(names({ ...lost, signals: ['logs'], at: 'loki' })).toHaveLength(1);
  });

  it('are cut in front of each sampler but the first', () => {
    const parts = lanes('two-samplers');
    expect(parts.map(told)).toEqual([
      'core, goes on: edge > core:4317',
      'tempo behind edge: core > tempo:4317'.replace('behind edge', 'behind core'),
    ]);
    // What stands in front of the second sampler is the first's backend, and the second's entry.
    const hops = parts.map((lane) => lane.evidence.recorders.map(({ hop }) => Object.keys(hop)[0]));
    expect(hops).toEqual([
      ['tier', 'backend', 'tier'],
      ['tier', 'tier', 'tier'],
    ]);
  });

  it('plan behind a sampler what its tier took, as it came', async () => {
    const seen = { recorder: 1, request: 1, coreDigest: 7, stateDigest: 8, attributesId: 9 };
    const other = { ...seen, recorder: 0 };
    async function* traces() {
      yield { trace: 0, spans: [{ item: 0, coreDigest: 1, sightings: [other, seen] }] };
      yield { trace: 1, spans: [{ item: 1, coreDigest: 1, sightings: [other] }] };
    }
    const [, behind] = lanesOf(graph('two-samplers'), { ...evidence, traces } as never, []);
    const planned = [];
    for await (const trace of behind?.evidence.traces() ?? []) planned.push(trace);
    expect(planned).toMatchObject([{ trace: 0, spans: [{ coreDigest: 7, attributesId: 9 }] }]);
    expect(planned).toHaveLength(1);
  });
});

describe('what a line is asked', () => {
  const both = lanes('archive');
  const asked = (expectation: object, some = both): string[] =>
    some.filter((lane) => isAsked(expectation as never, lane, some)).map(({ name }) => name);

  it('is all of it, but for what is said of samplers or of one backend', () => {
    expect(asked({ check: 'lost' })).toEqual(['tempo', 'archive']);
    expect(asked({ check: 'decided' })).toEqual(['tempo']);
    expect(asked({ check: 'kept', share: 1 })).toEqual(['tempo', 'archive']);
    expect(asked({ check: 'kept', share: 0.05 })).toEqual(['tempo']);
    expect(asked({ check: 'kept', share: 1, at: 'archive' })).toEqual(['archive']);
  });

  it('is of one backend what leads there along it', () => {
    const ask = (expectation: object, some = both) =>
      some.flatMap((lane) =>
        questionsTo(lane, some, [expectation as never]).map((own) => [lane.name, own]),
      );
    const lost = { check: 'lost', at: 'archive', signals: ['traces', 'logs'] };
    expect(ask(lost)).toEqual([['archive', { ...lost, signals: ['traces'] }]]);
    expect(ask({ check: 'visible', at: 'tempo' })).toHaveLength(1);
    expect(ask({ check: 'lost', at: 'archive', signals: ['logs'] })).toEqual([]);
    const [only] = lanes('two-tier');
    const leaked = { check: 'leaked', at: 'loki', signals: ['traces', 'logs', 'metrics'] };
    expect(ask(leaked, [only as Lane])).toEqual([['', { ...leaked, signals: ['logs'] }]]);
  });

  it('is nothing of a backend to which no way leads, and that proves nothing', () => {
    const [only] = lanes('two-tier') as [Lane];
    const { pipeline } = only;
    const elsewhere = { ...pipeline.backends[0], id: 'other:4317', host: 'other' };
    const backends = [...pipeline.backends, elsewhere];
    const lane = { ...only, pipeline: { ...pipeline, backends } } as Lane;
    for (const own of [
      { check: 'kept', class: 'error', share: 1 },
      { check: 'lost', signals: ['traces', 'logs'] },
    ]) {
      const at = (backend: string) => [{ ...own, at: backend } as never];
      expect(questionsTo(lane, [lane], at('other'))).toEqual([]);
      expect(unanswered([lane], at('other'))).toMatchObject([
        { name: own.check, subject: 'at other', verdict: 'unknown' },
      ]);
      expect(questionsTo(lane, [lane], at('tempo'))).toHaveLength(1);
      expect(unanswered([lane], at('tempo'))).toEqual([]);
      expect(unanswered(both, at('other'))).toHaveLength(1);
    }
  });

  it('is all of it where nobody can tell which way leads there', () => {
    const [only] = lanes('two-tier') as [Lane];
    const pipeline = graph('routed');
    const lane = { ...only, pipeline, backends: [] } as Lane;
    expect(signalPath(pipeline, 'traces').unclear).not.toEqual([]);
    const lost = { check: 'lost', at: 'tempo-rest', signals: ['traces'] } as never;
    expect(questionsTo(lane, [lane], [lost])).toEqual([lost]);
    expect(unanswered([lane], [lost])).toEqual([]);
  });

  it('is of the last part of a way where it is of its end', () => {
    const parts = lanes('two-samplers');
    expect(asked({ check: 'decided' }, parts)).toEqual(['core', 'tempo']);
    expect(asked({ check: 'visible' }, parts)).toEqual(['tempo']);
    expect(asked({ check: 'kept', share: 1, at: 'tempo' }, parts)).toEqual(['core', 'tempo']);
  });
});
