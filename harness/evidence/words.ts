import { fieldsOf, logMoment } from './log-moment.ts';
import type { WordLine } from './types.ts';

/**
 * What a collector says of data that a component refused or failed at, without losing it itself:
 * whoever handed it on is told, or it goes on as it was.
 * Sources, v0.152.0: internal/memorylimiter (memorylimiter.go), filter (traces.go, logs.go),
 * transform (internal/traces/processor.go), ottl (parser.go, by `error_mode: ignore`),
 * loadbalancing (loadbalancer.go, resolver_dns.go); client-go v0.35.4 (tools/cache/reflector.go),
 * whose lines are klog's, and name no component.
 */
const said =
  /Memory usage is above soft limit\. Refusing data\.|failed processing (traces|logs|metrics)|failed to execute statement|failed to eval condition|failed to (create|start) new exporter for endpoint|failed to resolve/;

/** Klog's moment without a year, and what the API server denied. */
const denied =
  /^[EW](\d\d)(\d\d) ([\d:]{8}\.\d{3})\d* .*"failed to (?:list|watch) [^:]*: ((\S+) is forbidden: .*?[^\\])"/;

/** A log that says a new thing in each line is not read to its end. */
const mostOfOne = 100;

/**
 * Such lines of one process's log: what says the same of the same is one, with its first and last
 * moment. Where logs are sampled, as they are by default, there are fewer lines than there were
 * occasions. Lines without a moment that can be read are left out. All may be JSON.
 */
export function readWords(pod: string, log: string): WordLine[] {
  const told = new Map<string, { -readonly [K in keyof WordLine]: WordLine[K] }>();
  let knownMs: number | undefined;
  for (const line of log.split('\n')) {
    knownMs = logMoment(line) ?? knownMs;
    const one = readLine(line) ?? (knownMs === undefined ? undefined : readDenial(line, knownMs));
    if (!one) continue;
    const { atMs, error, ...same } = one;
    const key = JSON.stringify(same);
    const known = told.get(key);
    if (known) {
      known.fromMs = Math.min(known.fromMs, atMs);
      known.toMs = Math.max(known.toMs, atMs);
      known.lines++;
    } else if (told.size < mostOfOne) {
      told.set(key, { pod, ...same, error, fromMs: atMs, toMs: atMs, lines: 1 });
    }
  }
  return [...told.values()];
}

type Said = Omit<WordLine, 'pod' | 'fromMs' | 'toMs' | 'lines'> & { readonly atMs: number };

function readLine(line: string): Said | undefined {
  const [words] = said.exec(messageOf(line)) ?? [];
  const atMs = logMoment(line);
  if (words === undefined || atMs === undefined) return undefined;
  const fields = fieldsOf(line);
  const text = (name: string): string => String(fields[name] ?? '');
  return {
    atMs,
    component: text('otelcol.component.id'),
    signal: text('otelcol.signal'),
    words,
    about: text('statement') || text('condition') || text('endpoint'),
    error: text('error'),
  };
}

/** @param knownMs a moment of the same year */
function readDenial(line: string, knownMs: number): Said | undefined {
  const [, month, day, time, said, about = ''] = denied.exec(line) ?? [];
  const atMs = Date.parse(`${new Date(knownMs).getUTCFullYear()}-${month}-${day}T${time}Z`);
  if (said === undefined || Number.isNaN(atMs)) return undefined;
  const error = said.replaceAll('\\"', '"');
  return { atMs, component: '', signal: '', words: 'is forbidden', about, error };
}

/** Without the fields: the error of another component may say the same. */
const messageOf = (line: string): string =>
  line.startsWith('{') ? String(fieldsOf(line).msg) : (line.split('{', 1)[0] ?? '');
