import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { saveRaw } from '../evidence/raw.ts';
import { saveJson } from '../evidence/store.ts';
import type { TraceAnswer } from '../evidence/types.ts';
import { scanRequest } from '../lib/otlp/scan.ts';
import { createEncoder } from '../plan/encode.ts';
import { delimited } from '../plan/protobuf.ts';
import type { Plan, PlannedBlock } from '../plan/types.ts';
import { understand } from '../prepare.ts';
import type { PodLife } from '../stack/types.ts';
import type { RecordedHop } from '../tap/format.ts';
import { createRecorder, type Recorder } from '../tap/recorder.ts';
import { type Edit, sourceOf } from './source.ts';

/**
 * A recorded run that never ran: every span of a large plan delivered, as the taps would have
 * recorded it. The ledger is measured on it, at a size that no laptop's pipeline sends in a minute.
 */
const edits = (backends: readonly string[]): Edit[] => [
  ['agent', 'spec.config.service.pipelines.traces.processors', []],
  ['agent', 'spec.config.service.pipelines.logs.processors', []],
  ['gateway', 'spec.config.service.pipelines.logs.processors', []],
  [
    'gateway',
    'spec.config.processors.tail_sampling.policies',
    [{ name: 'all', type: 'always_sample' }],
  ],
  ['gateway', 'spec.config.processors.tail_sampling.num_traces', 10_000_000],
  ['gateway', 'spec.replicas', 1],
  ...backends.flatMap((name): Edit[] => {
    const exporter = `otlp_grpc/${name}`;
    const way = { receivers: ['otlp'], processors: ['tail_sampling'], exporters: [exporter] };
    const to = { endpoint: `${name}:4317`, tls: { insecure: true } };
    return [
      ['gateway', `spec.config.exporters.${exporter}`, to],
      ['gateway', `spec.config.service.pipelines.traces${name === tempo ? '' : `/${name}`}`, way],
    ];
  }),
];

const tempo = 'tempo';
/** Tempo, and archives beside it, each with a pipeline of its own. */
const backendsOf = (routes: number): string[] =>
  [tempo, 'archive-1', 'archive-2', 'archive-3'].slice(0, routes);

const scenarioText = (seconds: number): string => `
name: synthetic
about: Every span delivered.
pipeline: two-tier
load:
  - traces: checkout
    rate: 2000/s
    services: [frontend, checkout, payment]
    shape: { spans: 5, depth: 3 }
    classes: { error: 1% }
phases: [{ for: ${seconds}s }]
expect:
  - decided: as-predicted
  - kept: { class: error, share: 100% }
  - lost: { spans: 0 }
  - duplicated: { spans: 0 }
  - altered: { spans: 0 }
`;

/** Writes the run's folder. @param spans about so many @param routes each has all of them */
export async function writeSynthetic(
  runFolder: string,
  spans: number,
  routes: number,
): Promise<void> {
  const backends = backendsOf(routes);
  const source = sourceOf(scenarioText(Math.ceil(spans / 10_000)), edits(backends));
  const { plan } = understand(source);
  mkdirSync(join(runFolder, 'evidence', 'taps'), { recursive: true });
  writeFileSync(join(runFolder, 'plan.json'), JSON.stringify(source));
  const startMs = 1_800_000_000_000;
  const addressOfPod = plan.pods.map((_, i) => `10.244.100.${i + 1}`);
  const hops = [{ tier: 'gateway' }, ...backends.map((name) => ({ backend: `${name}:4317` }))];
  const taps = ['gateway-0-0', ...backends].map((name, i) => ({
    name,
    file: join('evidence', 'taps', `${name}.tap`),
    hop: hops[i] as RecordedHop,
    pod: i === 0 ? 'gateway-collector-0' : undefined,
  }));
  const asked = await writeTaps(
    runFolder,
    plan,
    { startMs, addressOfPod },
    taps.map((tap) => tap.file),
  );
  const searched = asked.map(({ traceId }) => traceId);
  saveJson(runFolder, 'answers', { traces: asked, searched, logs: [], visibility: [], errors: [] });
  const outcomes = plan.blocks.map((block) => {
    const sentMs = Math.round(startMs + block.sendAtMs);
    return `block ${block.index} ${sentMs} ${sentMs + 2} 200 0 2`;
  });
  writeFileSync(join(runFolder, 'evidence', 'outcomes.log'), outcomes.join('\n'));
  saveRaw(runFolder, {
    runId: 'synthetic',
    runtime: 'embedded',
    planHash: plan.hash,
    startMs,
    endMs: startMs + plan.loadMs + 20_000,
    addressOfPod,
    workerNodes: source.workerNodes,
    tapFiles: taps,
    lives: [life('agent', 0), life('agent', 1), life('gateway', 0)],
    receipts: [],
    load: { exitCode: 0, signal: undefined, cpuMs: 0, lastLines: [] },
    notes: [],
    versions: {},
  });

  function life(tier: string, ordinal: number): PodLife {
    return {
      pod: `${tier}-collector-${ordinal}`,
      tier,
      ordinal,
      life: 0,
      uid: `${tier}-${ordinal}`,
      node: source.workerNodes[ordinal] ?? '',
      address: '10.244.10.1',
      recorder: tier === 'gateway' ? 'gateway-0-0' : undefined,
      startedMs: startMs - 3_000,
      readyMs: startMs - 2_000,
      endedMs: undefined,
      exitCode: undefined,
      signal: undefined,
      oomKilled: false,
      ending: 'running',
    };
  }
}

interface Kept {
  readonly resource: number[];
  readonly scope: number[];
  readonly span: Buffer;
}

/** What passes a made-up hop, and when. */
interface MadeUpTap {
  readonly recorder: Recorder;
  pass(message: Buffer, atMs: number): void;
}

const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const answeredAfterMs = 2;

function createTap(file: string): MadeUpTap {
  const clock = { ms: 0 };
  const fail = (error: Error): void => {
    throw error;
  };
  const name = basename(file, '.tap');
  const identity = { run: 'synthetic', name, hop: { tier: 'gateway' } };
  const recorder = createRecorder(file, identity, fail, undefined, () => clock.ms);
  return {
    recorder,
    pass: (message, atMs) => {
      const payload = Buffer.concat([Buffer.alloc(5), message]);
      payload.writeUInt32BE(message.length, 1);
      clock.ms = atMs;
      const request = recorder.request(1, { path, encoding: 'identity', grpc: true }, payload);
      clock.ms = atMs + answeredAfterMs;
      recorder.answer(request, { outcome: 'ok', code: 0 });
    },
  };
}

const decisionWaitMs = 10_000;
const tickMs = 1_000;
const askedTraces = 200;
/** Lets the streams write now and then, so that memory stays bounded. */
const breatheEvery = 2_000;

async function writeTaps(
  runFolder: string,
  plan: Plan,
  context: { readonly startMs: number; readonly addressOfPod: readonly string[] },
  files: readonly string[],
): Promise<TraceAnswer[]> {
  const [gateway, ...backends] = files.map((file) => createTap(join(runFolder, file))) as [
    MadeUpTap,
    ...MadeUpTap[],
  ];
  const encoder = createEncoder(plan, context);
  const traces = new Map<string, { firstMs: number; spans: Kept[] }>();
  const asked: TraceAnswer[] = [];
  /** Hands on what is decided by then. */
  const decide = async (untilMs: number): Promise<void> => {
    for (const [id, { firstMs, spans }] of traces) {
      const atMs = Math.ceil(firstMs / tickMs) * tickMs + decisionWaitMs + 5;
      if (atMs > untilMs) return;
      traces.delete(id);
      const spanIds = spans.map(({ span }) => span.toString('hex', 20, 28));
      if (asked.length < askedTraces) asked.push({ traceId: id, status: 200, spanIds });
      const message = messageOf(spans);
      for (const backend of backends) backend.pass(message, atMs);
      if ((backends[0]?.recorder.counts.requests ?? 0) % breatheEvery === 0) await breathe();
    }
  };
  for (const block of plan.blocks) {
    if (block.signal !== 'traces') continue;
    const bytes = encode(encoder, block);
    const atMs = context.startMs + block.sendAtMs + 3;
    await decide(atMs);
    gateway.pass(bytes, atMs);
    collect(bytes, atMs, traces);
    if (block.index % 200 === 0) await breathe();
  }
  await decide(Number.POSITIVE_INFINITY);
  await Promise.all([gateway, ...backends].map(({ recorder }) => recorder.close()));
  return asked;
}

const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

/** A trace as the gateway hands it on: one ResourceSpans a span. */
const messageOf = (spans: readonly Kept[]): Buffer =>
  Buffer.from(
    spans.flatMap(({ resource, scope, span }) =>
      delimited(1, [...resource, ...delimited(2, [...scope, ...delimited(2, span)])]),
    ),
  );

function encode(encoder: ReturnType<typeof createEncoder>, block: PlannedBlock): Buffer {
  const bytes = Buffer.alloc(encoder.size(block));
  return bytes.subarray(0, encoder.write(block, bytes, 0));
}

function collect(
  bytes: Buffer,
  atMs: number,
  traces: Map<string, { firstMs: number; spans: Kept[] }>,
): void {
  let resource: number[] = [];
  let scope: number[] = [];
  scanRequest(bytes, 0, bytes.length, {
    resource: (from, to) => {
      resource = delimited(1, bytes.subarray(from, to));
    },
    scope: (from, to) => {
      scope = delimited(1, bytes.subarray(from, to));
    },
    item: (from, to) => {
      const span = bytes.subarray(from, to);
      const id = span.toString('hex', 2, 18);
      const kept = traces.get(id) ?? { firstMs: atMs, spans: [] };
      traces.set(id, kept);
      kept.spans.push({ resource, scope, span });
    },
  });
}
