import { type BackOff, longestPauseAfterMs } from '../pipeline/retries.ts';

/**
 * How an exporter comes back to a backend that is there again: by itself, and not at once. Each
 * consumer tries again when its own pause is over, and a gRPC client connects when its is.
 */
export interface ComeBack {
  readonly consumers: number;
  /** Of the connection; undefined where each request makes its own. */
  readonly connection: BackOff | undefined;
  /** Of a consumer's request. */
  readonly retry: BackOff;
}

/** One time in so many the first consumer takes longer. */
const rarely = 0.05;

/**
 * How long nothing leaves the queue, at most, when a backend is away and refuses connections: the
 * outage, then the rest of the connection's pause, then until the first consumer tries again.
 * @param comeBack undefined in measurements of older benches: as if it came back at once
 */
export function goneMs(outageMs: number, comeBack: ComeBack | undefined): number {
  if (!comeBack) return outageMs;
  const { consumers, connection, retry } = comeBack;
  const connectedMs = outageMs + (connection ? longestPauseAfterMs(connection, outageMs) : 0);
  // Pauses of consumers are drawn each by itself.
  const firstOf = 1 - rarely ** (1 / Math.max(1, consumers));
  return connectedMs + firstOf * longestPauseAfterMs(retry, connectedMs);
}

/** The longest outage after which something leaves the queue again by then; to 10 ms. */
export function outageWithin(ms: number, comeBack: ComeBack | undefined): number {
  if (!comeBack) return ms;
  const stepMs = 10;
  let [low, high] = [0, Math.floor(ms / stepMs)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (goneMs(middle * stepMs, comeBack) <= ms) low = middle;
    else high = middle - 1;
  }
  return low * stepMs;
}
