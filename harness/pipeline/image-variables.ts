import type { EnvironmentVariable, Workload } from './types.ts';

const [usualMemoryMiB, limitPercent] = [512, 90];

/**
 * Variables that the collector of an image sets for itself where they are not set, which the one
 * that runs in its place does not: Splunk's (splunk-otel-collector, internal/settings/settings.go,
 * checkRuntimeParams and setDefaultEnvVars).
 */
export function imageVariables({
  image,
  environment,
}: Pick<Workload, 'image' | 'environment'>): EnvironmentVariable[] {
  if (!/(^|\/)splunk-otel-collector[^/]*$/.test(image)) return [];
  const literalOf = (name: string): string | undefined => {
    const value = environment.findLast((variable) => variable.name === name)?.value;
    return value && 'literal' in value ? value.literal : undefined;
  };
  const totalMiB = Number(literalOf('SPLUNK_MEMORY_TOTAL_MIB') ?? usualMemoryMiB);
  const realm = literalOf('SPLUNK_REALM');
  const at = (host: string): string => `https://${host}.${realm}.observability.splunkcloud.com`;
  const ingest = literalOf('SPLUNK_INGEST_URL') ?? (realm === undefined ? '' : at('ingest'));
  const set: Readonly<Record<string, string>> = {
    SPLUNK_MEMORY_LIMIT_MIB: String(Math.floor((totalMiB * limitPercent) / 100)),
    SPLUNK_LISTEN_INTERFACE: '0.0.0.0',
    ...(realm === undefined ? {} : { SPLUNK_API_URL: at('api') }),
    ...(ingest === '' ? {} : { SPLUNK_INGEST_URL: ingest }),
    ...(ingest === '' ? {} : { SPLUNK_TRACE_URL: `${ingest.replace(/\/$/, '')}/v2/trace` }),
  };
  const known = new Set(environment.map(({ name }) => name));
  return Object.entries(set).flatMap(([name, literal]) =>
    known.has(name) ? [] : [{ name, value: { literal } }],
  );
}
