/**
 * The signal that a path of OTLP carries; undefined for anything else. Splunk takes OTLP at paths
 * of its own (rendered examples of splunk-otel-collector-chart).
 */
export function otlpSignalOf(path: string): 'traces' | 'logs' | 'metrics' | undefined {
  if (/TraceService\/Export$|\/v1\/traces$|\/v2\/trace\/otlp$/.test(path)) return 'traces';
  if (/LogsService\/Export$|\/v1\/logs$|\/v3\/event$/.test(path)) return 'logs';
  if (/MetricsService\/Export$|\/v1\/metrics$|\/v2\/datapoint\/otlp$/.test(path)) return 'metrics';
  return undefined;
}
