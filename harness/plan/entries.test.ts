import { describe, expect, it } from 'vitest';
import type { Pipeline } from '../pipeline/types.ts';
import { decodeScenario } from '../scenario/decode.ts';
import { checkEntries, saidOfEntries } from './entries.ts';

const protocols = { http: { endpoint: '0.0.0.0:4318' } };
const otlp = { kind: 'receivers', id: 'otlp', type: 'otlp', config: { protocols } };
const exporters = [{ kind: 'exporters', id: 'otlp_grpc', type: 'otlp_grpc' }];
const tier = (name: string, ...signals: string[]) => ({
  name,
  components: [otlp],
  pipelines: signals.map((signal) => ({ signal, receivers: [otlp], exporters })),
  outputs: [],
  workload: { kind: 'deployment' },
});
const pipelineOf = (tiers: object[], entries: object[] = []) =>
  ({ tiers, entries }) as unknown as Pipeline;
const scenario = decodeScenario(
  's.yaml',
  `name: a
about: b
pipeline: mine
load:
  - traces: checkout
    rate: 10/s
    logs: { perSpan: 1 }
phases: [{ for: 20s }]
expect: [{ lost: { spans: 0 } }]
`,
  [],
);
const told = (pipeline: Pipeline) =>
  checkEntries(scenario, pipeline).map(({ place, message }) => `${place.line} ${message}`);

describe('a signal of the load', () => {
  it('is told where it stands if no tier takes it', () => {
    expect(told(pipelineOf([tier('gw', 'traces', 'logs')]))).toEqual([]);
    expect(told(pipelineOf([tier('gw', 'traces'), tier('logs', 'logs')]))).toEqual([]);
    expect(told(pipelineOf([tier('gw', 'traces')]))).toEqual([
      '7 load "checkout" sends logs, which no tier takes by OTLP from outside, nor from the log files of containers',
    ]);
    expect(told(pipelineOf([tier('gw', 'logs')]))).toHaveLength(1);
  });

  it('is told by what else traces would come in', () => {
    const jaeger = { kind: 'receivers', type: 'jaeger', id: 'jaeger', config: {} };
    const other = {
      ...tier('gw', 'logs'),
      components: [jaeger],
      pipelines: [
        { signal: 'traces', receivers: [jaeger], exporters },
        { signal: 'logs', receivers: [otlp], exporters },
      ],
    };
    expect(told(pipelineOf([other]))[0]).toMatch(
      /tier "gw" takes logs by OTLP, and no traces, which every load sends; it takes traces by jaeger$/,
    );
  });

  it('may be spans of Zipkin, without what those have no place for', () => {
    const zipkin = { kind: 'receivers', type: 'zipkin', id: 'zipkin', config: {} };
    const of = (config: object) => {
      const own = { ...zipkin, config };
      const traces = { signal: 'traces', receivers: [own], exporters };
      const logs = { signal: 'logs', receivers: [otlp], exporters };
      const workload = { kind: 'deployment', ports: [] };
      const one = { ...tier('gw'), components: [own, otlp], pipelines: [traces, logs], workload };
      return { ...pipelineOf([one]), services: [] };
    };
    const open = of({ endpoint: '0.0.0.0:9411' });
    expect(told(open)).toEqual([]);
    expect(saidOfEntries(open)).toEqual([expect.stringMatching(/^gw: spans enter as JSON of Zip/)]);
    const secret = { ...scenario, load: scenario.load.map((own) => ({ ...own, canaries: [{}] })) };
    const [problem] = checkEntries(secret as unknown as typeof scenario, open);
    expect(problem?.message).toMatch(/carries canaries, and spans enter by zipkin/);
  });

  /** A tier whose receivers take traces and log records, by the settings of each. */
  const taking = (...protocols: readonly object[]) => {
    const place = { file: 'p.yaml', line: 7, column: 3 };
    const receivers = protocols.map((own, i) => {
      const id = i === 0 ? 'otlp' : `otlp/${i}`;
      return { ...otlp, id, config: { protocols: own }, place };
    });
    const own = tier('gw', 'traces', 'logs');
    const pipelines = own.pipelines.map((one) => ({ ...one, receivers }));
    return { ...own, components: receivers, pipelines };
  };
  const http = { ...protocols.http, auth: { authenticator: 'basicauth' } };

  it('is not open to a load without credentials', () => {
    const asking = taking({ http, grpc: {} });
    expect(told(pipelineOf([asking]))).toEqual([
      '7 receiver "otlp" asks for credentials (basicauth), and the load has none',
    ]);
    const behind = { ...asking, name: 'behind' };
    const outputs = ['traces', 'logs'].map((signal) => ({ signal, to: { tier: 'behind' } }));
    const front = { ...tier('gw', 'traces', 'logs'), outputs };
    expect(told(pipelineOf([front, behind]))).toEqual([]);
  });

  it('is refused by a receiver that listens for its own pod only', () => {
    const refused = '7 receiver "otlp" listens on localhost, and the load comes from other pods';
    const listening = (...written: readonly object[]) => told(pipelineOf([taking(...written)]));
    expect(listening({ http: null })).toEqual([refused]);
    expect(listening({ grpc: { endpoint: 'localhost:4317' }, http: {} })).toEqual([refused]);
    expect(listening({ grpc: { endpoint: '0.0.0.0:4317' }, http: {} })).toEqual([]);
    expect(listening({ grpc: { endpoint: `\${env:MY_POD_IP}:4317` } })).toEqual([]);
    expect(listening({ http: {} }, { grpc: { endpoint: '0.0.0.0:4317' } })).toEqual([]);
    const sidecar = { ...taking({ http: {} }), workload: { kind: 'sidecar' } };
    expect(told(pipelineOf([sidecar]))).toEqual([]);
  });

  it('comes by what asks for no credentials, where there is such a way', () => {
    expect(told(pipelineOf([taking({ http, grpc: { endpoint: '0.0.0.0:4317' } })]))).toEqual([]);
    const beside = pipelineOf([taking({ http }, { grpc: { endpoint: '0.0.0.0:4317' } })]);
    expect(told(beside)).toEqual([]);
    const by = 'come by otlp/1, over grpc at port 4317; otlp get none of them';
    expect(saidOfEntries(beside)).toEqual([`gw: traces ${by}`, `gw: logs ${by}`]);
  });

  it('that could enter by several tiers is said, until an entry names one', () => {
    const tiers = [tier('a', 'traces', 'logs'), tier('b', 'logs')];
    expect(saidOfEntries(pipelineOf(tiers))).toEqual([
      'logs enter by a; b could take them too: name one in entries: of the bench file',
    ]);
    expect(saidOfEntries(pipelineOf(tiers, [{ tier: 'b', signals: ['logs'] }]))).toEqual([]);
  });

  it('is said to trust whom it meets, where it enters within TLS', () => {
    const encrypted = (port: number) => {
      const own = { ...tier('a', 'traces', 'logs'), tlsEnds: [{ port }] };
      const ports = { ...own, workload: { ...own.workload, ports: [] } };
      return saidOfEntries({ ...pipelineOf([ports]), services: [] });
    };
    expect(encrypted(4318)).toEqual([
      'a ends TLS for the load, which does not check the certificate that it is shown',
    ]);
    expect(encrypted(4317)).toEqual([]);
  });
});
