import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseUserOutcome, type UserOutcome } from '../drive/users.ts';
import { decodeSpanParents } from '../lib/otlp/decode.ts';
import { WireError } from '../lib/otlp/wire.ts';
import type { Plan, PlannedUsers } from '../plan/types.ts';
import { orderKey } from '../scenario/apps.ts';
import type { Adopted } from './adopt.ts';
import type { AppFacts, AppSpan, ContextHeaders, ServedFact } from './app-facts.ts';
import type { Dictionaries } from './dictionary.ts';
import { hexAt, type MetItem, walkItems } from './items.ts';
import { outcomesFile } from './recorded.ts';
import { evidenceFolder } from './store.ts';

/**
 * What became of each user's request: how it was answered, with what context each service and proxy
 * says that it came, and the spans about it that entered the pipeline. Undefined without users.
 */
export function readApp(
  runFolder: string,
  plan: Plan,
  adopted: Adopted,
  dictionaries: Dictionaries,
): AppFacts | undefined {
  const { users } = plan;
  if (!users) return undefined;
  const outcomes = readOutcomes(runFolder);
  return {
    requests: users.requests.map((request, i) => ({ ...request, outcome: outcomes.get(i) })),
    served: appLogs(runFolder, plan, users).flatMap(readServed),
    spans: spansAbout(plan, adopted, dictionaries),
  };
}

function readOutcomes(runFolder: string): Map<number, UserOutcome> {
  const file = outcomesFile(runFolder);
  if (!existsSync(file)) return new Map();
  const lines = readFileSync(file, 'utf8').split('\n');
  const outcomes = lines.flatMap((line) => parseUserOutcome(line) ?? []);
  return new Map(outcomes.map((outcome) => [outcome.request, outcome]));
}

/** Lines of the logs of the application's pods. */
function appLogs(runFolder: string, { pods }: Plan, { firstPod }: PlannedUsers): string[] {
  return pods.slice(firstPod).flatMap(({ name }) => {
    const file = join(evidenceFolder(runFolder), 'logs', `${name}.0.log`);
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  });
}

/** A service's line, or one of Caddy's access log (JSON, `http.log.access`); else nothing. */
export function readServed(line: string): ServedFact[] {
  if (!line.startsWith('{')) return [];
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line) as Record<string, unknown>;
  } catch {
    // Cut off with its pod.
    return [];
  }
  return 'service' in fields ? serviceLine(fields) : accessLine(fields);
}

function serviceLine(fields: Record<string, unknown>): ServedFact[] {
  const { time, service, order, came, traceId, spanId, sampled } = fields;
  if (typeof service !== 'string' || typeof order !== 'string') return [];
  return [
    {
      by: service,
      order,
      atMs: Number(time),
      came: headersIn(came),
      own: { traceId: String(traceId), spanId: String(spanId), sampled: sampled === true },
    },
  ];
}

/** Ports of the proxies' entries, as `stack/app-proxy.ts` opens them. */
const proxyOfPort: Readonly<Record<string, string>> = {
  '8080': 'ingress',
  '8081': 'payment-proxy',
};

function accessLine({ ts, request }: Record<string, unknown>): ServedFact[] {
  const { uri, host, headers } = (request ?? {}) as Record<string, unknown>;
  const order = /^\/orders\/([\w-]+)/.exec(String(uri))?.[1];
  const proxy = proxyOfPort[/:(\d+)$/.exec(String(host))?.[1] ?? ''];
  if (order === undefined || proxy === undefined) return [];
  return [{ by: proxy, order, atMs: Number(ts) * 1_000, came: headersIn(headers), own: undefined }];
}

/** Names in any case; a proxy's log has a list of values for each. */
function headersIn(written: unknown): ContextHeaders {
  const values = new Map(
    Object.entries((written ?? {}) as Record<string, unknown>).map(([name, value]) => [
      name.toLowerCase(),
      String(Array.isArray(value) ? value[0] : value),
    ]),
  );
  const traceparent = values.get('traceparent');
  const b3 = values.get('b3');
  return {
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(b3 === undefined ? {} : { b3 }),
  };
}

function spansAbout(plan: Plan, adopted: Adopted, dictionaries: Dictionaries): AppSpan[] {
  return adopted.blocks.flatMap(({ block, outcome }) => {
    const bytes = adopted.read(block);
    const own = adopted.spans.filter((span) => span.block === block);
    if (!bytes) return [];
    const found = new Map<number, AppSpan>();
    const take = ({ scanned, start, end, ...ids }: MetItem): void => {
      const span = own.find((one) => one.start === start);
      const order = dictionaries.attributes.get(ids.attributesId)[orderKey];
      if (!span || typeof order !== 'string') return;
      found.set(start, {
        order,
        service: plan.pods[span.pod]?.service ?? '',
        traceId: hexAt(bytes, scanned.traceId, 16),
        spanId: hexAt(bytes, scanned.spanId, 8),
        atMs: outcome?.sentMs ?? 0,
        ...decodeSpanParents(bytes, start, end),
      });
    };
    try {
      walkItems(bytes, 0, bytes.length, 'traces', dictionaries, take);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
    }
    return [...found.values()];
  });
}
