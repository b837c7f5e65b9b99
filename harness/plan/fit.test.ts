import { describe, expect, it } from 'vitest';
import type { Pipeline } from '../pipeline/types.ts';
import { decodeScenario } from '../scenario/decode.ts';
import { fitToPipeline } from './fit.ts';

const scenario = (text: string) =>
  decodeScenario(
    's.yaml',
    `name: a
about: b
pipeline: two-tier
load:
  - { traces: checkout, rate: 10/s, logs: { perSpan: 1 }, metrics: { every: 5s } }
phases: [{ for: 20s }]
${text}`,
    [],
  );
const whole = scenario(`faults:
  - { at: 5s, kill: sampler/0 }
expect:
  - decided: as-predicted
  - { kept: { class: normal, share: 5% }, of: two-tier }
  - { visible: { share: 100%, within: 15s }, of: two-tier }
  - restarts: { tier: entry, count: 0 }
  - lost: { spans: 0 }
`);

const signalPipeline = (signal: string, receiver = 'otlp', config: object = {}) => ({
  signal,
  receivers: [{ type: receiver, config }],
});

/** A pipeline of one tier. */
const pipelineOf = (over: object = {}, roles: [string, string][] = [['entry', 'gw']]): Pipeline => {
  const pipelines = [signalPipeline('traces')];
  const tier = { name: 'gw', workload: { namespace: 'shop' }, pipelines, outputs: [], ...over };
  return { name: 'mine', tiers: [tier], roles: new Map(roles) } as unknown as Pipeline;
};
const sampling = { tailSampling: {} };
const checks = ({ scenario: { expect } }: ReturnType<typeof fitToPipeline>) =>
  expect.map(({ check }) => check);

describe('a pipeline that the scenario was not written for', () => {
  it('is asked for no promise of another, and that is said', () => {
    const fitted = fitToPipeline(whole, pipelineOf(sampling), true);
    expect(checks(fitted)).toEqual(['decided', 'restarts', 'lost']);
    expect(fitted.leftOut).toContain(
      'not asked: kept normal, visible (promised by two-tier alone)',
    );
    expect(fitted.problems).toEqual([]);
  });

  it('is not asked for decisions where it has no sampler', () => {
    const fitted = fitToPipeline(whole, pipelineOf(), true);
    expect(checks(fitted)).toEqual(['restarts', 'lost']);
    expect(fitted.leftOut).toContain('not asked: decided (the pipeline has no tail_sampling)');
  });

  it('is sent no canaries where its spans have no place for them', () => {
    const text = `name: a
about: b
pipeline: two-tier
load: [{ traces: checkout, rate: 10/s, canaries: { http.request.header.authorization: 5% } }]
phases: [{ for: 20s }]
expect:
  - leaked: { spans: 0 }
  - lost: { spans: 0 }
`;
    const asked = decodeScenario('s.yaml', text, []);
    const receiver = { kind: 'receivers', type: 'zipkin', config: { endpoint: '0.0.0.0:9411' } };
    const pipelines = [{ signal: 'traces', receivers: [receiver] }];
    const fitted = fitToPipeline(asked, pipelineOf({ pipelines }), true);
    expect(fitted.scenario.load[0]?.canaries).toEqual([]);
    expect(checks(fitted)).toEqual(['lost']);
    expect(fitted.leftOut).toContain('not asked: leaked (no canaries are sent)');
    expect(fitted.leftOut.join()).toContain('not sent: canaries (spans enter as JSON of Zipkin');
    expect(checks(fitToPipeline(asked, pipelineOf(), true))).toEqual(['leaked', 'lost']);
  });

  it('is asked where its links lead only if they are told, of signals that it takes', () => {
    const linked = scenario(
      'expect:\n  - lost: { spans: 0 }\n' +
        ['log-to-trace', 'exemplar-to-trace']
          .map((link) => `  - correlated: { link: ${link}, share: 100% }\n`)
          .join(''),
    );
    const of = (over: object, links?: object) =>
      fitToPipeline(linked, { ...pipelineOf(over), links } as unknown as Pipeline, true);
    expect(of({}).leftOut).toContain(
      'not asked: correlated, correlated (no mine.grafana.yaml beside the folder)',
    );
    const pipelines = ['traces', 'logs'].map((signal) => signalPipeline(signal));
    const fitted = of({ pipelines }, {});
    expect(checks(fitted)).toEqual(['lost', 'correlated']);
    expect(fitted.leftOut).toContain('not asked: correlated (no pipeline takes metrics by OTLP)');
  });

  it('gets the signals that it takes by OTLP, and no other', () => {
    const sent = (...pipelines: object[]) => {
      const { scenario: fitted, leftOut } = fitToPipeline(whole, pipelineOf({ pipelines }), true);
      const [load] = fitted.load;
      return [load?.logsPerSpan, load?.metricsEveryMs, leftOut.filter((t) => /^not sent/.test(t))];
    };
    const none = 'no pipeline takes them by OTLP';
    expect(sent(signalPipeline('traces'))).toEqual([
      0,
      0,
      [`not sent: log records (${none})`, `not sent: metrics (${none})`],
    ]);
    const scraped = signalPipeline('metrics', 'prometheus');
    expect(sent(signalPipeline('logs'), scraped)).toEqual([1, 0, [`not sent: metrics (${none})`]]);
    expect(sent(signalPipeline('logs'), signalPipeline('metrics'))).toEqual([1, 5_000, []]);
    const job = { job_name: 'shop', static_configs: [{ targets: ['cart:80'] }] };
    const config = { config: { scrape_configs: [job] } };
    // They are exposed, and sent by nobody.
    const exposed = signalPipeline('metrics', 'prometheus', config);
    expect(sent(signalPipeline('logs'), exposed)).toEqual([1, 0, []]);
  });

  it('of which nothing would be asked is refused', () => {
    const promised = scenario('expect: [{ kept: { class: normal, share: 5% }, of: two-tier }]');
    const [problem] = fitToPipeline(promised, pipelineOf(), true).problems;
    expect(problem?.message).toBe('nothing that scenario "a" expects is asked of pipeline "mine"');
  });

  it('of the same name is asked all the same', () => {
    const copy = { ...pipelineOf(sampling), name: 'two-tier' };
    expect(fitToPipeline(whole, copy, true).leftOut.filter((t) => /^not asked/.test(t))).toEqual(
      [],
    );
  });
});

describe('the scenario’s own pipeline', () => {
  it('is asked everything, whatever edits leave of it', () => {
    const own = { ...pipelineOf(), name: 'two-tier' };
    const fitted = fitToPipeline(whole, own, false);
    expect(checks(fitted)).toEqual(whole.expect.map(({ check }) => check));
    expect(fitted.scenario.load).toEqual(whole.load);
    expect([...fitted.leftOut, ...fitted.problems]).toEqual([]);
  });

  it('is the only one that an expectation can be of', () => {
    const [problem] = fitToPipeline(whole, { ...pipelineOf(), name: 'two-tiers' }, false).problems;
    expect(problem).toMatchObject({
      message: 'expectation kept is of pipeline "two-tier", the scenario runs "two-tiers"',
      hint: 'did you mean "two-tiers"?',
    });
  });
});

describe('roles', () => {
  it('are tiers where no tier has that name', () => {
    const roles: [string, string][] = [
      ['entry', 'gw'],
      ['sampler', 'gw'],
    ];
    const { scenario: fitted } = fitToPipeline(whole, pipelineOf(sampling, roles), true);
    expect(fitted.faults[0]?.target.tier).toBe('gw');
    const cut = scenario(
      'faults: [{ at: 5s, partition: { from: entry, to: sampler/0 }, for: 1s }]\n' +
        'expect: [{ lost: { spans: 0 } }]',
    );
    const [partition] = fitToPipeline(cut, pipelineOf(sampling, roles), true).scenario.faults;
    expect(partition).toMatchObject({ from: 'gw', target: { tier: 'gw' } });
    expect(fitted.expect.find(({ check }) => check === 'restarts')).toMatchObject({ tier: 'gw' });
    const named = pipelineOf({ ...sampling, name: 'sampler' }, [['sampler', 'other']]);
    expect(fitToPipeline(whole, named, true).scenario.faults[0]?.target.tier).toBe('sampler');
  });
});

describe('a backend that a fault names', () => {
  it('is known by its kind from then on, and a role of that name is none of it', () => {
    const broken = scenario(`faults:
  - at: 1s
    outage: traces
    for: 1s
expect: [{ lost: { spans: 0 } }]
`);
    const pipeline = pipelineOf(sampling, [['traces', 'gw']]);
    const backends = [{ id: 'traces.obs:4317', host: 'traces.obs', kind: 'tempo' }];
    const { scenario: fitted } = fitToPipeline(broken, { ...pipeline, backends } as never, false);
    expect(fitted.faults[0]?.target).toEqual({ backend: 'traces', tier: 'tempo', ordinal: 0 });
  });
});
