import { logMoment } from './log-moment.ts';
import type { ProcessorStart } from './types.ts';

/**
 * When a collector started its processors: behind its extensions, before its receivers listen and
 * it says that it is ready; so within a few milliseconds. A log holds one process's life. Undefined
 * where it does not say so (`service.telemetry.logs.level: warn`).
 * Source: service v0.152.0, service.go, Start; internal/graph/graph.go, StartAll (exporters first).
 */
export function readProcessorStart(pod: string, log: string): ProcessorStart | undefined {
  const lines = log.split('\n');
  const extensions = lines.findIndex((line) => line.includes('Starting extensions...'));
  if (extensions < 0) return undefined;
  const next = lines
    .slice(extensions)
    .find((line) => /Starting (GRPC|HTTP) server|Everything is ready/.test(line));
  const fromMs = logMoment(lines[extensions] ?? '');
  const toMs = logMoment(next ?? '');
  return fromMs === undefined || toMs === undefined ? undefined : { pod, fromMs, toMs };
}
