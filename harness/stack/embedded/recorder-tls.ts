import { at, text } from '../../pipeline/read.ts';
import type { Pipeline } from '../../pipeline/types.ts';
import { createCertificate, type ServerCertificate } from './api/certificate.ts';

/**
 * The certificate by which recorders end TLS in the backends' stead: of an authority of the run's
 * own, which its pods trust beside those that the machine trusts.
 *
 * @returns undefined where no backend speaks TLS
 */
export async function createRecorderTls(
  pipeline: Pick<Pipeline, 'backends' | 'tiers'>,
  nowMs: number,
): Promise<ServerCertificate | undefined> {
  const names = namesOf(pipeline);
  if (names.length === 0) return undefined;
  return createCertificate('otel-pipeline-bench', names, [], nowMs);
}

/** Names of the backends that speak TLS, and those by which exporters ask for them instead. */
export function namesOf({ backends, tiers }: Pick<Pipeline, 'backends' | 'tiers'>): string[] {
  const encrypted = backends.filter(({ tls }) => tls);
  const ids = new Set(encrypted.map(({ id }) => id));
  const overrides = tiers.flatMap(({ outputs }) =>
    outputs.flatMap(({ to, exporter }) =>
      'backend' in to && ids.has(to.backend)
        ? (text(at(exporter.config, 'tls', 'server_name_override')) ?? [])
        : [],
    ),
  );
  return [...new Set([...encrypted.map(({ host }) => host), ...overrides])];
}
