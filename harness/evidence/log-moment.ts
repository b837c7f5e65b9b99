/**
 * When a collector wrote a line of its log, in epoch milliseconds: `<time>\t...`, or JSON with the
 * time in `ts`, as text or as epoch seconds (zap's encoders of time). Undefined where it says none.
 */
export function logMoment(line: string): number | undefined {
  const written = line.startsWith('{') ? fieldsOf(line).ts : line.slice(0, line.indexOf('\t'));
  const atMs = typeof written === 'number' ? written * 1_000 : Date.parse(String(written));
  return Number.isNaN(atMs) ? undefined : atMs;
}

/** The fields at the end of a line, or the whole of one that is JSON; none where they are cut. */
export function fieldsOf(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line.slice(line.indexOf('{'))) as Record<string, unknown>;
  } catch {
    return {};
  }
}
