import { at, text } from '../../pipeline/read.ts';
import type { Pipeline, Tier } from '../../pipeline/types.ts';
import type { OnwardTls, Tls } from '../../tap/tls.ts';
import { createCertificate, type ServerCertificate } from './api/certificate.ts';

/**
 * The certificate by which recorders end TLS in the backends' stead: of an authority of the run's
 * own, which its pods trust beside those that the machine trusts. It signs what the run issues,
 * too.
 *
 * @returns undefined where no backend speaks TLS and nothing is to be issued
 */
export async function createRecorderTls(
  pipeline: Pick<Pipeline, 'backends' | 'tiers' | 'issued'>,
  nowMs: number,
): Promise<ServerCertificate | undefined> {
  const names = namesOf(pipeline);
  if (names.length === 0 && (pipeline.issued ?? []).length === 0) return undefined;
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

/** How the recorder in front of a tier's pods ends TLS at a port, and how it goes on from there. */
export function hopTls(
  { tlsEnds = [] }: Pick<Tier, 'tlsEnds'>,
  port: number,
): { readonly end: Tls; readonly onward: OnwardTls } | 'unrecorded' | undefined {
  const end = tlsEnds.find((own) => own.port === port);
  if (!end) return undefined;
  const { pair, asks, minVersion, maxVersion, unrecorded } = end;
  if (!pair || unrecorded !== undefined) return 'unrecorded';
  return {
    end: { ...pair, clientAuthority: asks?.authority, minVersion, maxVersion },
    onward: { senders: asks?.senders ?? [] },
  };
}
