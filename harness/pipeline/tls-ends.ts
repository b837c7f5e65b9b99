import { cleanPath } from '../lib/clean-path.ts';
import { hasExpansion, withVariables } from '../lib/expansion.ts';
import type { Contents } from './contents.ts';
import { receiverPort } from './doors.ts';
import type { TlsEnd, TlsPair } from './issued.ts';
import { at, object, type Plain, text } from './read.ts';
import type { Component, Output, Tier, Workload } from './types.ts';
import { mountedFiles } from './volumes.ts';

/** Where an exporter's TLS settings stand: a load balancer's are its clients'. */
export const clientTls = ({ type, config }: Component): Plain =>
  object(type === 'loadbalancing' ? at(config, 'protocol', 'otlp', 'tls') : config.tls);

/** How the pods of a tier end TLS, by the files that the folder gives them. */
export function tlsEndsOf(
  { pipelines, workload }: Pick<Tier, 'pipelines' | 'workload'>,
  contents: Contents,
): TlsEnd[] {
  const receivers = new Set(pipelines.flatMap((own) => own.receivers));
  return [...receivers].flatMap((receiver) =>
    (['grpc', 'http'] as const).flatMap((protocol) => {
      const tls = at(receiver.config, 'protocols', protocol, 'tls');
      if (receiver.type !== 'otlp' || object(tls) !== tls) return [];
      const end = endAt(receiver, protocol, object(tls), workload);
      const from = [...contents].find(([, texts]) =>
        Object.values(texts).some((own) => own === end.pair?.certificate),
      )?.[0];
      return [from === undefined ? end : { ...end, from: from.replace(/\/.*\//, '/') }];
    }),
  );
}

function endAt(
  receiver: Component,
  protocol: TlsEnd['protocol'],
  tls: Plain,
  workload: Workload,
): TlsEnd {
  const pair = pairIn(tls, workload);
  const file = pathIn(tls, 'client_ca', workload);
  const authority = file === undefined ? undefined : fileAt(workload, file);
  const isWhole = pair !== undefined && (file === undefined || authority !== undefined);
  const unrecorded = `receiver ${receiver.id} ends TLS by files that the folder does not have`;
  return {
    receiver: receiver.id,
    protocol,
    port: receiverPort(receiver, protocol),
    pair,
    ...(file === undefined ? {} : { asks: { authority: authority ?? '', file, senders: [] } }),
    ...versionsIn(tls),
    ...(isWhole ? {} : { unrecorded }),
  };
}

/** The end at which what an exporter sends arrives, if it is encrypted there. */
export const tlsEndOf = (tiers: readonly Tier[], { to }: Pick<Output, 'to'>): TlsEnd | undefined =>
  'tier' in to
    ? tiers.find(({ name }) => name === to.tier)?.tlsEnds?.find(({ port }) => port === to.port)
    : undefined;

/** Why what some exporters send is not recorded where it arrives, by the tier that takes it. */
export const unrecordedAt = (
  tiers: readonly Tier[],
  outputs: readonly Output[],
): { readonly hop: string; readonly why: string }[] =>
  outputs.flatMap((output) => {
    const why = tlsEndOf(tiers, output)?.unrecorded;
    return why !== undefined && 'tier' in output.to ? [{ hop: output.to.tier, why }] : [];
  });

/** The certificate that a client or server shows; undefined where the folder does not have it. */
export function pairIn(tls: Plain, workload: Workload): TlsPair | undefined {
  const certificate = pemIn(tls, 'cert', workload);
  const key = pemIn(tls, 'key', workload);
  return certificate !== undefined && key !== undefined ? { certificate, key } : undefined;
}

/** `cert_pem` itself, or what stands in the file that `cert_file` names. */
export function pemIn(tls: Plain, what: string, workload: Workload): string | undefined {
  const own = text(tls[`${what}_pem`]);
  if (own !== undefined) {
    const pem = withEnvironment(own, workload);
    return hasExpansion(pem) ? undefined : pem;
  }
  const path = pathIn(tls, what, workload);
  return path === undefined ? undefined : fileAt(workload, path);
}

/** The file that a setting names. */
export function pathIn(tls: Plain, what: string, workload: Workload): string | undefined {
  const path = text(tls[`${what}_file`]);
  return path === undefined ? undefined : cleanPath(withEnvironment(path, workload));
}

function withEnvironment(written: string, { environment }: Workload): string {
  return withVariables(written, (name) => {
    const value = environment.findLast((variable) => variable.name === name)?.value;
    return value && 'literal' in value ? value.literal : undefined;
  });
}

/** A file of a pod that comes from a ConfigMap or Secret; the last that is mounted there. */
export function fileAt({ mounts, volumes }: Workload, path: string): string | undefined {
  const files = mounts.map((mount) => {
    const source = volumes.find(({ name }) => name === mount.volume)?.source;
    return source && 'files' in source ? mountedFiles(mount, source.files)[path] : undefined;
  });
  return files.findLast((file) => file !== undefined);
}

/** The volume in which a path of a pod lies, where the folder does not tell what is in it. */
export function unknownVolume({ mounts, volumes }: Workload, path: string): string | undefined {
  const [mount] = mounts
    .filter((own) => path === own.path || path.startsWith(`${own.path.replace(/\/$/, '')}/`))
    .sort((a, b) => b.path.length - a.path.length);
  const source = volumes.find(({ name }) => name === mount?.volume)?.source;
  return source && !('files' in source) ? mount?.volume : undefined;
}

/** A workload whose file at a path has something more at its end. */
export function withMore(workload: Workload, path: string, more: string): Workload {
  const volumes = workload.volumes.map((volume) => {
    const { source } = volume;
    if (!('files' in source)) return volume;
    const mounts = workload.mounts.filter((mount) => mount.volume === volume.name);
    const isThere = (name: string): boolean =>
      mounts.some((mount) => path in mountedFiles(mount, { [name]: '' }));
    const files = Object.entries(source.files).map(
      ([name, content]) => [name, isThere(name) ? `${content}\n${more}` : content] as const,
    );
    return { ...volume, source: { files: Object.fromEntries(files) } };
  });
  return { ...workload, volumes };
}

const versions = { '1.0': 'TLSv1', '1.1': 'TLSv1.1', '1.2': 'TLSv1.2', '1.3': 'TLSv1.3' } as const;

/** Versions between which a server chooses, where it is said. */
function versionsIn(tls: Plain): Pick<TlsEnd, 'minVersion' | 'maxVersion'> {
  const version = (key: string) => versions[text(tls[key]) as keyof typeof versions];
  const [minVersion, maxVersion] = [version('min_version'), version('max_version')];
  return { ...(minVersion ? { minVersion } : {}), ...(maxVersion ? { maxVersion } : {}) };
}
