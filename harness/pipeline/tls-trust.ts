import { type IssuedSecret, marksIn, runAuthority, type TlsEnd, type TlsPair } from './issued.ts';
import { text } from './read.ts';
import { clientTls, pairIn, pathIn, pemIn, tlsEndOf, withMore } from './tls-ends.ts';
import type { Backend, Output, Service, Tier } from './types.ts';

interface Meant {
  readonly tiers: readonly Tier[];
  readonly backends: readonly Backend[];
  readonly services: readonly Service[];
  /** Of the folder's `Certificate` resources. */
  readonly issued: readonly IssuedSecret[];
}

const placeholderDurationMs = 2 * 24 * 3_600_000;

/**
 * Tiers with what stands for TLS Secrets that the folder lacks. Nobody knows the real ones: a pair
 * is made that is valid for whoever meets it, and who was given an authority of the folder's own
 * trusts what a placeholder shows beside it.
 */
export function withPlaceholders(meant: Meant): Pick<Meant, 'tiers' | 'issued'> {
  const made = new Set(meant.issued.map(({ namespace, name }) => `${namespace}/${name}`));
  const isPlaceholder = (pem: string): boolean =>
    marksIn(pem).some((mark) => !made.has(secretIn(mark)));
  const asked = meant.tiers.map((tier) => withSenders(tier, meant.tiers));
  const tiers = asked.map((tier) => trusting(tier, { ...meant, tiers: asked }, isPlaceholder));
  const named = tiers.flatMap(({ workload: { volumes, environment } }) =>
    marksIn(JSON.stringify([volumes, environment])).map(secretIn),
  );
  const known = new Set([...made, secretIn(runAuthority)]);
  const missing = [...new Set(named)].filter((name) => !known.has(name));
  return { tiers, issued: [...meant.issued, ...missing.map((name) => placeholderOf(name, meant))] };
}

const secretIn = (mark: string): string => mark.split('/').slice(2, 4).join('/');

/** A pair that is good for every name by which an exporter may ask for a pod of the pipeline. */
function placeholderOf(secret: string, { services, tiers }: Meant): IssuedSecret {
  const [namespace = '', name = ''] = secret.split('/');
  const hosts = services.flatMap((own) => {
    const inside = `${own.name}.${own.namespace}`;
    const all = [own.name, inside, `${inside}.svc`, `${inside}.svc.cluster.local`];
    return [...all, ...all.map((host) => `*.${host}`)];
  });
  const overrides = tiers.flatMap(({ outputs }) =>
    outputs.flatMap(({ exporter }) => text(clientTls(exporter).server_name_override) ?? []),
  );
  return {
    namespace,
    name,
    commonName: '',
    names: [...new Set([...hosts, ...overrides])],
    addresses: [],
    isAuthority: false,
    usages: [],
    durationMs: placeholderDurationMs,
    by: 'run',
  };
}

/** A tier that knows what its senders show where it asks for their certificates. */
function withSenders(tier: Tier, tiers: readonly Tier[]): Tier {
  const ends = tier.tlsEnds?.map((end): TlsEnd => {
    if (!end.asks) return end;
    const pairs = tiers.flatMap(({ outputs, workload }) =>
      outputs.flatMap((output): (TlsPair | undefined)[] => {
        const tls = clientTls(output.exporter);
        if (tlsEndOf([tier], output) !== end || !output.tls) return [];
        const shows = tls.cert_file !== undefined || tls.cert_pem !== undefined;
        return shows ? [pairIn(tls, workload)] : [];
      }),
    );
    const senders = pairs.flatMap((pair) => pair ?? []);
    const isWhole = senders.length === pairs.length;
    const unrecorded = `a sender shows receiver ${end.receiver} a certificate that the folder does not have`;
    return { ...end, asks: { ...end.asks, senders }, ...(isWhole ? {} : { unrecorded }) };
  });
  return ends ? { ...tier, tlsEnds: ends } : tier;
}

/** A tier whose exporters and receivers trust the placeholders that they meet. */
function trusting(
  tier: Tier,
  { tiers, backends }: Meant,
  isPlaceholder: (pem: string) => boolean,
): Tier {
  /** What a side that trusts an authority must trust beside it, to take what it is shown. */
  const moreFor = (authority: string, shown: string): string | undefined => {
    if (shown === runAuthority || isPlaceholder(shown)) return runAuthority;
    return isPlaceholder(authority) ? shown : undefined;
  };
  const more = new Map<string, Set<string>>();
  const trust = (path: string | undefined, authority: string | undefined, shown: string): void => {
    const added = authority === undefined ? undefined : moreFor(authority, shown);
    if (path === undefined || added === undefined) return;
    more.set(path, (more.get(path) ?? new Set()).add(added));
  };
  for (const output of tier.outputs) {
    const tls = clientTls(output.exporter);
    const shown = shownTo(output, tiers, backends);
    if (shown === undefined) continue;
    trust(pathIn(tls, 'ca', tier.workload), pemIn(tls, 'ca', tier.workload), shown);
  }
  for (const { asks } of tier.tlsEnds ?? []) {
    for (const { certificate } of asks?.senders ?? []) {
      trust(asks?.file, asks?.authority, certificate);
    }
  }
  return [...more].reduce((own, [path, added]) => alsoTrusting(own, path, [...added]), tier);
}

function alsoTrusting(tier: Tier, path: string, added: readonly string[]): Tier {
  const more = added.join('\n');
  const ends = tier.tlsEnds?.map((end) =>
    end.asks?.file === path
      ? { ...end, asks: { ...end.asks, authority: `${end.asks.authority}\n${more}` } }
      : end,
  );
  const workload = withMore(tier.workload, path, more);
  return { ...tier, workload, ...(ends ? { tlsEnds: ends } : {}) };
}

/** The certificate that an exporter which speaks TLS is shown. */
function shownTo(
  output: Output,
  tiers: readonly Tier[],
  backends: readonly Backend[],
): string | undefined {
  const { to, tls } = output;
  if (!tls) return undefined;
  if ('tier' in to) return tlsEndOf(tiers, output)?.pair?.certificate;
  return backends.some((own) => own.id === to.backend && own.tls) ? runAuthority : undefined;
}
