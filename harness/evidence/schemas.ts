import { z } from 'zod';
import type { FileDigest } from '../shell/digest.ts';
import { schemaFor } from '../shell/json.ts';
import type { Unready } from '../stack/types.ts';
import { alert, labelAnswers, probe } from './answer-schemas.ts';
import { app } from './app-schema.ts';
import { block } from './block-schema.ts';
import { clicks } from './click-schemas.ts';
import { fileOfRun, recordedHop as hop } from './file-schema.ts';
import type { RawRun, Seal, StoredJson } from './files.ts';
import { drop, start, wordLine } from './log-schemas.ts';
import { leftFiles, queue } from './queue-schemas.ts';
import { madeSeries } from './series-schema.ts';

/** What every JSON file of a run holds that is evidence: none is read without. */
const list = <S extends z.ZodType>(item: S) => z.array(item).readonly();
const text = z.string();
const number = z.number();
const texts = list(text);
const count = z.int().min(0);
const runtime = z.enum(['embedded', 'kind']);
const itemSignal = z.enum(['traces', 'logs']);
const byName = <S extends z.ZodType>(value: S) => z.record(text, value).readonly();

const life = z.object({
  pod: text,
  tier: text,
  ordinal: count,
  life: count,
  uid: text,
  node: text,
  address: text,
  recorder: text.optional(),
  startedMs: number,
  readyMs: number.optional(),
  endedMs: number.optional(),
  exitCode: number.optional(),
  signal: text.optional(),
  oomKilled: z.boolean(),
  ending: z.enum(['running', 'stop', 'fault', 'unasked']),
  left: leftFiles.optional(),
});

const receipt = z.object({
  fault: count,
  kind: text,
  target: text,
  pod: text,
  injectedMs: number,
  healedMs: number.optional(),
  bit: z.boolean(),
  proof: byName(z.union([text, number, z.boolean()])),
});

const load = z.object({
  exitCode: number.optional(),
  signal: text.optional(),
  cpuMs: number,
  lastLines: texts,
});

/** `run.json` */
export const rawRunSchema = schemaFor<RawRun>()(
  z.object({
    runId: text,
    runtime,
    planHash: text,
    seed: number.optional(),
    startMs: number,
    endMs: number,
    unsettled: text.optional(),
    addressOfPod: texts,
    uidOfPod: texts.optional(),
    workerNodes: texts,
    tapFiles: list(z.object({ name: text, file: fileOfRun, hop, pod: text.optional() })),
    lives: list(life),
    receipts: list(receipt),
    load,
    notes: texts,
    versions: byName(text),
  }),
);

const fileDigest: z.ZodType<FileDigest> = z.object({ bytes: count, sha256: text });

/** `seal.json` */
export const sealSchema = schemaFor<Seal>()(
  z.object({
    runId: text,
    planHash: text,
    seed: number,
    files: z.record(fileOfRun, fileDigest).readonly(),
  }),
);

const facts = z.object({
  runId: text,
  runtime,
  seed: number,
  planHash: text,
  startMs: number,
  loadMs: number,
  endMs: number,
  unsettled: text.optional(),
  classNames: texts,
  pods: list(
    z.object({
      name: text,
      uid: text,
      service: text,
      deployment: text,
      replicaSet: text,
      namespace: text,
      node: count,
      labels: byName(text),
      annotations: byName(text).optional(),
    }),
  ),
  addressOfPod: texts,
  workerNodes: texts,
  faults: list(
    z.object({
      index: count,
      // What each kind of fault has beside is the scenario's to say.
      spec: z.looseObject({ kind: text, atMs: number }),
      tier: text,
      ordinals: list(count),
    }),
  ),
  plannedTraces: count,
  plannedSpans: count,
  plannedLogs: count,
  plannedMetricBlocks: count,
  isScraped: z.boolean().optional(),
  load,
  notes: texts,
  versions: byName(text),
});

const recorder = z.object({
  number: count,
  name: text,
  hop,
  pod: text.optional(),
  complete: z.boolean(),
  defect: text.optional(),
  requests: count,
  unanswered: list(count),
  unheard: list(count),
  unreadPoints: list(count).optional(),
  fromMs: number.optional(),
  toMs: number.optional(),
  followed: list(
    z.object({
      request: count,
      atMs: number,
      outcome: z.enum(['ok', 'error', 'broken', 'cancelled']),
      rejected: count,
    }),
  ).optional(),
});

const answers = z.object({
  traces: list(z.object({ traceId: text, status: number, spanIds: texts })),
  searched: texts.optional(),
  logs: list(z.object({ traceId: text, spanIds: texts })).optional(),
  series: list(
    z.object({
      pod: text,
      tier: text,
      up: z.boolean(),
      samples: number,
      counters: byName(number),
    }),
  ).optional(),
  alerts: list(alert).optional(),
  labels: labelAnswers.optional(),
  visibility: list(probe),
  errors: texts,
});

const content = z.object({
  signal: itemSignal,
  item: count,
  recorder: count,
  request: count,
  planned: byName(text),
  seen: byName(text),
});

const leaks = z.object({
  canaries: list(
    z.object({
      place: z.enum([
        'spanAttribute',
        'spanName',
        'event',
        'link',
        'resource',
        'logAttribute',
        'logBody',
        'metricLabel',
        'exemplar',
      ]),
      key: text,
      loadIndex: count,
      items: list(count),
      points: count,
    }),
  ),
  found: list(
    z.object({
      canary: count,
      signal: z.enum(['traces', 'logs', 'metrics', 'other']),
      recorder: count.optional(),
      pod: text.optional(),
      component: text.optional(),
      count,
      first: count,
      fromMs: number.optional(),
      toMs: number.optional(),
    }),
  ),
  recorders: list(count),
  logs: list(z.object({ pod: text, life: count })),
  unreadable: list(z.object({ recorder: count, request: count, why: text })),
  metricPoints: count,
});

/** `unready.json`, of a run whose pipeline did not come up. */
export const unreadySchema = schemaFor<Unready>()(
  z.object({
    kind: z.enum(['config-rejected', 'never-ready']),
    pod: text,
    tier: text,
    what: text,
    error: text.optional(),
    denied: list(z.object({ account: text, verb: text, resource: text, group: text })),
    component: text.optional(),
    place: text.optional(),
    lines: texts,
    logFile: text,
  }),
);

/** Values of attributes nest as deep as a sender likes. */
const attributes = list(byName(z.unknown()));

/** `evidence/<name>.json` */
export const storedSchemas = {
  facts: schemaFor<StoredJson['facts']>()(facts),
  blocks: schemaFor<StoredJson['blocks']>()(list(block)),
  recorders: schemaFor<StoredJson['recorders']>()(list(recorder)),
  lives: schemaFor<StoredJson['lives']>()(list(life)),
  receipts: schemaFor<StoredJson['receipts']>()(list(receipt)),
  answers: schemaFor<StoredJson['answers']>()(answers),
  clicks: schemaFor<StoredJson['clicks']>()(clicks),
  drops: schemaFor<StoredJson['drops']>()(list(drop)),
  words: schemaFor<StoredJson['words']>()(list(wordLine)),
  starts: schemaFor<StoredJson['starts']>()(list(start)),
  queues: schemaFor<StoredJson['queues']>()(list(queue)),
  series: schemaFor<StoredJson['series']>()(madeSeries),
  leaks: schemaFor<StoredJson['leaks']>()(leaks),
  app: schemaFor<StoredJson['app']>()(app),
  contents: schemaFor<StoredJson['contents']>()(list(content)),
  dictionaries: schemaFor<StoredJson['dictionaries']>()(
    z.object({
      attributes,
      resources: attributes,
      scopes: attributes,
      names: attributes,
    }),
  ),
  recorded: schemaFor<StoredJson['recorded']>()(byName(text)),
} as const;
