import type { LogRecord } from '../../lib/otlp/logs.ts';

/**
 * What an application writes of a log record: a JSON object in one line, as structured loggers do,
 * with the ids that tell whose it is.
 */
export const textOf = ({
  timeNanos,
  severityText,
  body,
  attributes,
  traceId,
  spanId,
}: LogRecord): string =>
  JSON.stringify({
    time: timestamp(timeNanos),
    level: severityText,
    message: body,
    ...attributes,
    trace_id: traceId,
    span_id: spanId,
  });

/** containerd splits what is longer into several lines (cri, `max_container_log_line_size`). */
const mostBytes = 16 << 10;

/**
 * An application's line as a container runtime writes it: when it came, by which stream, and
 * whether it is whole (`F`) or goes on in the next (`P`) (kubernetes, CRI logging format).
 */
export function criLines(text: string, atNanos: bigint): Buffer {
  const bytes = Buffer.from(text);
  const head = `${timestamp(atNanos)} stdout`;
  const lines: Buffer[] = [];
  let from = 0;
  for (; bytes.length - from > mostBytes; from += mostBytes) {
    lines.push(Buffer.from(`${head} P `), bytes.subarray(from, from + mostBytes), newline);
  }
  return Buffer.concat([...lines, Buffer.from(`${head} F `), bytes.subarray(from), newline]);
}

const newline = Buffer.from('\n');
const nanosPerSecond = 1_000_000_000n;

/** RFC 3339 with nanoseconds. */
function timestamp(nanos: bigint): string {
  const seconds = new Date(Number(nanos / nanosPerSecond) * 1_000).toISOString().slice(0, 19);
  return `${seconds}.${String(nanos % nanosPerSecond).padStart(9, '0')}Z`;
}
