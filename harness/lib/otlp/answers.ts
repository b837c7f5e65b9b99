/**
 * Answers after which senders try again (OTLP specification, "Failures"; exporter/otlpexporter and
 * otlphttpexporter v0.152.0). RESOURCE_EXHAUSTED only does with RetryInfo, which is not recorded.
 */
const retryableStatus: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const retryableGrpc: ReadonlySet<number> = new Set([1, 4, 8, 10, 11, 14, 15]);

/**
 * Whether no sender tries again after this answer.
 * @param code gRPC or HTTP status; -1 where there was no answer
 */
export const isFinal = (code: number): boolean =>
  code >= 100 ? !retryableStatus.has(code) : code > 0 && !retryableGrpc.has(code);
