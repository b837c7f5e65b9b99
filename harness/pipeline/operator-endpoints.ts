import { writtenType } from './components.ts';
import { object, type Plain, text } from './read.ts';

/**
 * At which ports the operator lets receivers listen whose config names none, by their types as they
 * are written (operator v0.148.0, internal/components/receivers/helpers.go).
 */
const portsOfProtocols: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  otlp: { grpc: 4317, http: 4318 },
  jaeger: { grpc: 14250, thrift_http: 14268, thrift_compact: 6831, thrift_binary: 6832 },
  skywalking: { grpc: 11800, http: 12800 },
  loki: { grpc: 9095, http: 3100 },
};

const ports: Readonly<Record<string, number>> = {
  awsxray: 2000,
  carbon: 2003,
  collectd: 8081,
  fluentforward: 8006,
  influxdb: 8086,
  sapm: 7276,
  signalfx: 9943,
  splunk_hec: 8088,
  statsd: 8125,
  wavefront: 2003,
  zipkin: 9411,
};

/** Where a health check answers other pods. */
export const healthEndpoint = '0.0.0.0:13133';

/** A receiver's settings with the endpoints that the operator writes: on all addresses. */
export function withEndpoints(id: string, settings: unknown): unknown {
  const type = writtenType(id);
  const port = ports[type];
  if (port !== undefined) return withEndpoint(object(settings), port);
  const own = portsOfProtocols[type];
  const { protocols } = object(settings);
  if (!own || typeof protocols !== 'object' || protocols === null) return settings;
  const defaulted = Object.entries(object(protocols)).map(([protocol, written]) => {
    const ofProtocol = own[protocol];
    const isMapping = written === null || typeof written === 'object';
    if (ofProtocol === undefined || !isMapping) return [protocol, written];
    return [protocol, withEndpoint(object(written), ofProtocol)];
  });
  return { ...object(settings), protocols: Object.fromEntries(defaulted) };
}

/** A port alone is one of all addresses (internal/components/single_endpoint.go). */
function withEndpoint(settings: Plain, port: number): Plain {
  const { endpoint = '' } = settings;
  if (endpoint === '' || endpoint === null) return { ...settings, endpoint: `0.0.0.0:${port}` };
  const written = text(endpoint);
  if (written === undefined || !/^:?[^:]*$/.test(written)) return settings;
  return { ...settings, endpoint: `0.0.0.0:${written.replace(/^:/, '')}` };
}
