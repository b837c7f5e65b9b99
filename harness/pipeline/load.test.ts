import { describe, expect, it } from 'vitest';
import { loadPipeline } from './load.ts';
import { changed, edit, files, mistakesOf } from './two-tier.testing.ts';

describe('loadPipeline on two-tier', () => {
  const pipeline = loadPipeline('two-tier', files);

  it('finds the tiers in the order of the data', () => {
    expect(pipeline.tiers.map((t) => [t.name, t.workload.kind, t.workload.replicas])).toEqual([
      ['agent', 'daemonset', 1],
      ['gateway', 'statefulset', 2],
    ]);
    expect(pipeline.namespace).toBe('observability');
  });

  it('follows each signal from tier to tier to backend', () => {
    const [agent, gateway] = pipeline.tiers;
    const to = (service: string) => ({ tier: 'gateway', service, port: 4317 });
    expect(agent?.outputs.map((o) => [o.signal, o.loadBalancing, o.to])).toEqual([
      ['traces', true, to('gateway-collector-headless')],
      ['logs', false, to('gateway-collector')],
      ['metrics', false, to('gateway-collector')],
    ]);
    expect(gateway?.outputs.map((o) => [o.signal, o.to])).toEqual([
      ['traces', { backend: 'tempo:4317' }],
      ['logs', { backend: 'loki:3100' }],
      ['metrics', { backend: 'prometheus:9090' }],
      ['metrics', { backend: 'prometheus:9090' }],
    ]);
    expect(pipeline.backends.map((b) => [b.id, b.kind, b.protocol])).toEqual([
      ['tempo:4317', 'tempo', 'grpc'],
      ['loki:3100', 'loki', 'http'],
      ['prometheus:9090', 'prometheus', 'http'],
    ]);
  });

  it('reads the sampling policies and the health check', () => {
    const sampling = pipeline.tiers[1]?.tailSampling;
    expect(sampling?.decisionWaitMs).toBe(10_000);
    expect(sampling?.policies.map((p) => [p.name, p.type])).toEqual([
      ['keep-errors', 'status_code'],
      ['keep-slow', 'latency'],
      ['keep-debug-flagged', 'string_attribute'],
      ['sample-normal', 'probabilistic'],
    ]);
    expect(sampling?.unmodelled).toEqual([]);
    expect(pipeline.tiers[1]?.health).toEqual({ port: 13133, path: '/' });
  });

  it.each([
    ['health_check:', { port: 13133, path: '/' }],
    ['health_check: { endpoint: ":8080" }', { port: 8080, path: '/' }],
    ['health_check: { endpoint: localhost:13133 }', undefined],
  ])('lets %s listen where the operator does', (written, health) => {
    const text = 'health_check: { endpoint: 0.0.0.0:13133 }';
    const { tiers } = loadPipeline('two-tier', changed('gateway.yaml', text, written));
    expect(tiers[1]?.health).toEqual(health);
  });

  it('names Services, ports and environment as the operator does', () => {
    const names = pipeline.services.map((s) => s.name);
    expect(names).toContain('gateway-collector-headless');
    expect(names).toContain('agent-collector-monitoring');
    const { workload } = pipeline.tiers[0] ?? {};
    expect(workload?.ports.find((p) => p.port === 4318)?.hostPort).toBe(4318);
    expect(workload?.environment.map((e) => e.name)).toEqual([
      'POD_NAME',
      'GOMEMLIMIT',
      'GOMAXPROCS',
    ]);
    expect(workload?.memoryLimitBytes).toBe(512 * 1024 ** 2);
  });
});

describe('what is wrong is said with its place', () => {
  const load = (file: string, from: string, to: string) => () =>
    loadPipeline('x', changed(file, from, to));

  it.each([
    [
      'gateway.yaml',
      'exporters: [otlp_grpc/tempo]',
      'exporters: [otlp_grpc/tmpo]',
      /gateway\.yaml:\d+:\d+ pipeline "traces" names exporter "otlp_grpc\/tmpo", which is not declared; known: otlp_grpc\/tempo/,
    ],
    ['gateway.yaml', 'endpoint: tempo:4317', 'endpoint: 127.0.0.1:4317', /an address, not a name/],
    [
      'gateway.yaml',
      'decision_wait: 10s',
      'decision_wait: 10',
      /decision_wait: found 10, expected a duration/,
    ],
    [
      'gateway.yaml',
      'mode: statefulset',
      'mode: sidekick',
      /mode "sidekick" can't be run; known: daemonset/,
    ],
    [
      'agent.yaml',
      'gateway-collector-headless',
      'gateway-headless',
      /spreads over Service "gateway-headless", which the folder does not have; known: .*gateway-collector-headless.* Hint: only \.yaml and \.yml files of the folder/,
    ],
    ['gateway.yaml', '1Gi', 'lots', /memory: found "lots"/],
    ['gateway.yaml', '1Gi', '100Pi', /memory: found "100Pi", expected .* at most 16Ti/],
    ['gateway.yaml', '1Gi', '1Gi, cpu: 2k', /cpu: found "2k", expected .* at most 1024/],
    ['gateway.yaml', '1Gi', '1Gi, cpu: abc', /cpu: found "abc", expected a quantity such as 500m/],
    ['gateway.yaml', '  config:', '  config: x\n  args:', /config: found "x", expected .* mapping/],
  ])('%s: %s', (file, from, to, expected) => {
    expect(load(file, from, to)).toThrow(expected);
  });

  it('says all mistakes at once, of all files', () => {
    const broken = changed('agent.yaml', 'mode: daemonset', 'mode: deamonset')
      .concat({ path: 'broken.yaml', text: 'kind: [\n' })
      .map((file) => ({
        ...file,
        text: file.text.replace('decision_wait: 10s', 'decision_wait: 10'),
      }))
      .map((file) => ({ ...file, text: file.text.replace('replicas: 2', 'replicas: two') }))
      .map((file) => ({ ...file, text: file.text.replace('[ERROR]', '[ERR]') }));
    const edits = [edit('gateway', 'spec.config.procesors.batch', 1)];
    expect(mistakesOf(broken, edits)).toEqual([
      expect.stringMatching(/^agent\.yaml:9:9 mode "deamonset" .* did you mean "daemonset"\?$/),
      expect.stringMatching(/^broken\.yaml:\d:\d YAML: /),
      expect.stringMatching(/^gateway\.yaml:10:13 replicas: found "two", expected a whole number/),
      expect.stringMatching(/^gateway\.yaml:26:24 decision_wait: found 10/),
      expect.stringMatching(/^gateway\.yaml:32:43 status_codes: found "ERR", .*ERROR/),
      expect.stringMatching(/^s\.yaml:8:5 .* has no spec\.config\.procesors/),
    ]);
  });

  it('seeks nothing that may stand in what can’t be read', () => {
    const broken = changed('rbac.yaml', 'metadata: { name: observability }', 'metadata: {').map(
      (file) => ({ ...file, text: file.text.replace('mode: statefulset', 'mode: x') }),
    );
    // Neither the accounts of the one file nor the gateway's Services are called missing.
    expect(mistakesOf(broken).map((line) => line.split(':')[0])).toEqual(
      expect.arrayContaining(['gateway.yaml', 'rbac.yaml']),
    );
    expect(mistakesOf(broken).join()).not.toMatch(/ServiceAccount|Service "/);
  });

  it('names a ServiceAccount that nobody makes', () => {
    const misspelt = changed(
      'gateway.yaml',
      'serviceAccount: otel-gateway',
      'serviceAccount: gatway',
    );
    expect(mistakesOf(misspelt)).toEqual([
      expect.stringMatching(
        /^gateway\.yaml:\d+:19 the folder has no ServiceAccount "gatway" in namespace observability; known: otel-agent, otel-gateway\. Hint: .*no pod is made/,
      ),
    ]);
    const made = changed('gateway.yaml', '  serviceAccount: otel-gateway\n', '');
    expect(mistakesOf(made)).toEqual([]);
  });

  it('takes a kind that is nearly known for a slip, and leaves others aside', () => {
    const near = changed(
      'gateway.yaml',
      'kind: OpenTelemetryCollector',
      'kind: OpenTelemetryColector',
    );
    expect(mistakesOf(near)).toEqual([
      expect.stringMatching(
        /^gateway\.yaml:4:7 kind "OpenTelemetryColector" .* did you mean "OpenTelemetryCollector"\?$/,
      ),
    ]);
    const far = { path: 'x.yaml', text: 'apiVersion: v1\nkind: Gizmo\nmetadata: { name: g }\n' };
    expect(loadPipeline('x', [...files, far]).notes).toContain(
      'Gizmo/g is not honoured by the embedded runtime',
    );
  });

  it('lists what is not modelled instead of guessing', () => {
    const pipeline = loadPipeline(
      'x',
      changed(
        'gateway.yaml',
        'num_traces: 50000',
        'num_traces: 50000\n        tail_storage: files',
      ),
    );
    expect(pipeline.tiers[1]?.tailSampling?.unmodelled).toEqual(['tail_storage']);
  });
});
