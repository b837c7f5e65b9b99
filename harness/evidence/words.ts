import { fieldsOf, logMoment } from './log-moment.ts';
import type { WordLine } from './types.ts';

/**
 * What a collector says of data that a component refused or failed at, without losing it itself:
 * whoever handed it on is told, or it goes on as it was.
 * Sources, v0.152.0: internal/memorylimiter (memorylimiter.go), filter (traces.go, logs.go),
 * transform (internal/traces/processor.go), ottl (parser.go, by `error_mode: ignore`),
 * loadbalancing (loadbalancer.go, resolver_dns.go).
 */
const said =
  /Memory usage is above soft limit\. Refusing data\.|failed processing (traces|logs|metrics)|failed to execute statement|failed to eval condition|failed to (create|start) new exporter for endpoint|failed to resolve/;

/** A log that says a new thing in each line is not read to its end. */
const mostOfOne = 100;

/**
 * Such lines of one process's log: what says the same of the same is one, with its first and last
 * moment. Where logs are sampled, as they are by default, there are fewer lines than there were
 * occasions. Lines without a moment that can be read are left out. All may be JSON.
 */
export function readWords(pod: string, log: string): WordLine[] {
  const told = new Map<string, { -readonly [K in keyof WordLine]: WordLine[K] }>();
  for (const line of log.split('\n')) {
    const [words] = said.exec(messageOf(line)) ?? [];
    const atMs = logMoment(line);
    if (words === undefined || atMs === undefined) continue;
    const fields = fieldsOf(line);
    const text = (name: string): string => String(fields[name] ?? '');
    const [component, signal] = [text('otelcol.component.id'), text('otelcol.signal')];
    const about = text('statement') || text('condition') || text('endpoint');
    const key = JSON.stringify([component, signal, words, about]);
    const known = told.get(key);
    if (known) {
      known.fromMs = Math.min(known.fromMs, atMs);
      known.toMs = Math.max(known.toMs, atMs);
      known.lines++;
    } else if (told.size < mostOfOne) {
      const error = text('error');
      const own = { pod, component, signal, words, about, error };
      told.set(key, { ...own, fromMs: atMs, toMs: atMs, lines: 1 });
    }
  }
  return [...told.values()];
}

/** Without the fields: the error of another component may say the same. */
const messageOf = (line: string): string =>
  line.startsWith('{') ? String(fieldsOf(line).msg) : (line.split('{', 1)[0] ?? '');
