import { describe, expect, it } from 'vitest';
import type { Pipeline } from '../pipeline/types.ts';
import { decodeScenario } from '../scenario/decode.ts';
import { checkAgainstPipeline } from './validate.ts';

const waitMs = 10_000;
const protocols = { http: { endpoint: '0.0.0.0:4318' } };
const otlp = { kind: 'receivers', type: 'otlp', config: { protocols } };
/** What is looked at of a pipeline. */
const pipeline = {
  backends: [
    { id: 'tempo.obs:4317', host: 'tempo.obs', signals: ['traces'], kind: 'tempo' },
    { id: 'loki:3100', host: 'loki', signals: ['logs'], kind: 'loki' },
  ],
  tiers: [
    {
      name: 'gateway',
      components: [otlp],
      pipelines: [{ signal: 'traces', receivers: [otlp], exporters: [] }],
      tailSampling: { decisionWaitMs: waitMs },
      outputs: [
        { signal: 'traces', exporter: { id: 'otlp' }, to: { backend: 'tempo.obs:4317' } },
        { signal: 'metrics', exporter: { id: 'prometheus' }, to: { backend: 'mimir:80' } },
      ],
      workload: { memoryLimitBytes: undefined },
    },
  ],
  roles: new Map([['entry', 'gateway']]),
  entries: [],
} as unknown as Pipeline;

const good = `name: a
about: b
pipeline: two-tier
load:
  - traces: checkout
    rate: 10/s
    late: { share: 1%, deliverAfter: 30s }
    canaries: { a: 1% }
phases:
  - { for: 20s }
faults:
  - at: 12s
    kill: gateway/1
expect:
  - restarts: { tier: gateway, count: 1 }
`;

function problems(from: string, to: string, pods = 2): string[] {
  expect(good).toContain(from);
  const scenario = decodeScenario('s.yaml', good.replace(from, to), []);
  return checkAgainstPipeline(scenario, pipeline, () => pods).map(
    ({ place, message }) => `${place.file}:${place.line}:${place.column} ${message}`,
  );
}

describe('checkAgainstPipeline', () => {
  it.each([
    [
      'gateway/1',
      'gateway/2',
      /^s\.yaml:13:11 fault kill names gateway\/2; the last .* gateway\/1$/,
    ],
    ['gateway/1', 'gatway/1', /^s\.yaml:13:11 fault kill names tier "gatway"/],
    ['tier: gateway', 'tier: gatway', /^s\.yaml:15:23 expectation restarts names tier "gatway"/],
    [
      'kill: gateway/1',
      'outage: temp\n    for: 5s',
      /^s\.yaml:13:13 fault outage names backend "temp", to which the pipeline sends nothing$/,
    ],
    ['{ a: 1% }', '{ a: 1%, b: 1%, c: 1%, d: 1%, e: 1% }', /^s\.yaml:8:15 .* 5 canaries/],
  ])('refuses %s as %s, where it stands', (from, to, message) => {
    expect(problems(from, to)).toEqual([expect.stringMatching(message)]);
  });

  it.each([
    [
      'trace-to-log',
      undefined,
      /^s\.yaml:15:17 nothing tells what links Grafana has: two-tier\.graf/,
    ],
    ['log-to-trace', {}, /^s\.yaml:15:17 no load sends logs$/],
    ['exemplar-to-trace', {}, /^s\.yaml:15:17 no load sends exemplars$/],
  ])('refuses to follow what is not there: %s', (link, links, message) => {
    const written = `correlated: { link: ${link}, share: 100% }`;
    const text = good.replace('restarts: { tier: gateway, count: 1 }', written);
    const own = { ...pipeline, name: 'two-tier', links } as unknown as Pipeline;
    const found = checkAgainstPipeline(decodeScenario('s.yaml', text, []), own, () => 2);
    const told = found.map(({ place: p, message: m }) => `${p.file}:${p.line}:${p.column} ${m}`);
    expect(told).toEqual([expect.stringMatching(message)]);
  });

  it.each(['tempo.obs', 'tempo', 'tempo.obs:4317'])('takes an outage of %s', (backend) => {
    expect(problems('kill: gateway/1', `outage: ${backend}\n    for: 5s`)).toEqual([]);
  });

  const many = (count: number, write: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => write(i)).join(', ');
  const classes = (count: number): string =>
    `classes: { ${many(count, (i) => `c${i}: { share: 0.1%, status: error }`)} }`;
  const wide = (name: string, services: number): string =>
    `services: [${many(services, (i) => name + i)}]\n    pods: 50\n    shape: { spans: 1000, depth: 2 }`;
  const another = '\n  - traces: another\n    rate: 10/s\n    ';

  it.each([
    ['256 classes', classes(255), undefined],
    ['257 classes', classes(256), '257 classes, at most 256 are planned'],
    ['65,065 kinds of spans', `${classes(64)}\n    shape: { spans: 1000, depth: 2 }`, undefined],
    [
      '66,066 kinds of spans',
      `${classes(65)}\n    shape: { spans: 1000, depth: 2 }`,
      '66,066 kinds of spans (spans of a trace x classes), at most 65,536 are planned',
    ],
    ['65,500 pods', wide('a', 1000) + another + wide('b', 311), undefined],
    [
      '65,550 pods',
      wide('a', 1000) + another + wide('b', 312),
      '65,550 pods, at most 65,536 are planned',
    ],
  ])('plans no more than it has room for: %s', (_, own, message) => {
    const found = problems('    canaries: ', `    ${own}\n    canaries: `);
    expect(found).toEqual(message === undefined ? [] : [`s.yaml:5:3 ${message}`]);
  });

  it('places late spans that come with the tick of the decision', () => {
    expect(problems('deliverAfter: 30s', `deliverAfter: ${waitMs}ms`)).toEqual([
      expect.stringMatching(/^s\.yaml:7:38 .*within the tick/),
    ]);
  });

  it.each(['gateway/1', 'gateway/0', 'gateway/*', 'gateway/random'])('takes %s of two', (to) => {
    expect(problems('gateway/1', to)).toEqual([]);
  });

  it('places a race at the start that no resolver can lose', () => {
    const raced = 'rate: 10/s\n    startRace: true';
    const scenario = decodeScenario('s.yaml', good.replace('rate: 10/s', raced), []);
    const asking = (resolver: object): Pipeline => {
      const exporter = { id: 'loadbalancing', config: { resolver } };
      const to = { tier: 'gateway', service: 'gateway' };
      const [gateway] = pipeline.tiers;
      const outputs = [{ loadBalancing: true, exporter, to }];
      const tiers = [{ ...gateway, outputs, workload: { name: 'gateway' } }];
      const services = [{ name: 'gateway', workload: 'gateway' }];
      return { ...pipeline, tiers, services } as unknown as Pipeline;
    };
    const messages = (of: Pipeline) =>
      checkAgainstPipeline(scenario, of, () => 2).map(({ message }) => message);
    expect(messages(asking({ k8s: { service: 'gateway' } }))).toEqual([
      'load "checkout" races with no one: no loadbalancing exporter asks by resolver.dns',
    ]);
    expect(messages(asking({ dns: { hostname: 'gateway' } }))).toEqual([]);
  });

  it.each(['gateway/*', 'gateway/random'])('refuses %s of none', (to) => {
    expect(problems('gateway/1', to, 0)).toEqual([
      's.yaml:13:11 fault kill has no target: tier "gateway" has no pod',
    ]);
  });

  it('names backends to which traces go', () => {
    const line = '- restarts: { tier: gateway, count: 1 }';
    const kept = (at: string) => `- kept: { class: normal, share: 5%, at: ${at} }`;
    expect(problems(line, kept('tempo'))).toEqual([]);
    expect(problems(line, kept('tmepo'))).toEqual([
      's.yaml:15:43 expectation kept names backend "tmepo", to which the pipeline sends no traces',
    ]);
  });

  it.each([
    ['lost: { spans: 0, at: tempo }', undefined],
    ['lost: { logs: 0, at: tempo }', 'to which the pipeline sends no logs'],
    ['duplicated: { spans: 0, at: loki }', 'to which the pipeline sends no traces'],
    ['duplicated: { logs: 0, at: loki }', undefined],
    ['altered: { spans: 0, logs: 0, at: tempo }', 'to which the pipeline sends no logs'],
    ['leaked: { spans: 0, at: loki }', undefined],
    [
      'leaked: { spans: 0, at: lkoi }',
      'to which the pipeline sends no traces and no logs and no metrics',
    ],
    ['visible: { share: 90%, within: 10s, at: loki }', 'which is no Tempo that traces go to'],
  ])('names backends that take what is asked of them: %s', (written, lacks) => {
    const found = problems('- restarts: { tier: gateway, count: 1 }', `- ${written}`);
    expect(found).toEqual(lacks === undefined ? [] : [expect.stringContaining(lacks)]);
  });

  it('names exporters by which spans or log records leave', () => {
    const line = '- restarts: { tier: gateway, count: 1 }';
    const recovered = (at: string) => `- recovered: { at: ${at}, atLeast: 5 }`;
    expect(problems(line, recovered('gateway/otlp'))).toEqual([]);
    expect(problems(line, recovered('gateway/otpl'))).toEqual([
      expect.stringMatching(/^s\.yaml:15:\d+ expectation recovered names exporter "gateway\/otpl"/),
    ]);
    expect(problems(line, recovered('gateway/prometheus'))).toHaveLength(1);
  });
});

describe('an entry that the author of the manifests says', () => {
  const place = { file: 'b.yaml', line: 3, column: 5 };
  const found = (entry: object, kind: string) => {
    const [tier] = pipeline.tiers;
    const tiers = [{ ...tier, workload: { kind } }];
    const declared = { ...pipeline, tiers, entries: [{ signals: ['traces'], place, ...entry }] };
    const scenario = decodeScenario('s.yaml', good, []);
    const problems = checkAgainstPipeline(scenario, declared as unknown as Pipeline, () => 2);
    return problems.map((problem) => `${problem.place.line} ${problem.message}`);
  };

  it('takes what it is said to take; by node where each node has a pod of it', () => {
    expect(found({ tier: 'gateway', by: 'node' }, 'daemonset')).toEqual([]);
    expect(found({ tier: 'gateway', by: 'service' }, 'deployment')).toEqual([]);
    expect(found({ tier: 'gateway', by: 'node' }, 'deployment')[0]).toMatch(
      /^3 an entry is by node/,
    );
    expect(found({ tier: 'gateway', signals: ['logs'] }, 'daemonset')[0]).toMatch(
      /^3 an entry is tier "gateway", which takes no logs by OTLP/,
    );
  });
});
