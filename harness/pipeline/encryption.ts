import { at, object, type Reader, text } from './read.ts';
import type { Backend, Output, SignalPipeline } from './types.ts';

/** Bundles of the image's own, which hold the authority of the run as well. */
const systemBundle = /^\/etc\/(ssl|pki)\//;

/**
 * What is encrypted in a way that the bench can't follow: a receiver that ends TLS by a key of its
 * own, and an exporter that trusts an authority of its own, of which no recorder has a certificate.
 */
export function checkEncryption(
  pipelines: readonly SignalPipeline[],
  outputs: readonly Output[],
  backends: ReadonlyMap<string, Backend>,
  { problems, place }: Reader,
): void {
  const receivers = new Map(
    pipelines.flatMap((pipeline) => pipeline.receivers.map((own) => [own.id, own])),
  );
  for (const { id, type, config } of receivers.values()) {
    for (const protocol of type === 'otlp' ? ['grpc', 'http'] : []) {
      const tls = at(config, 'protocols', protocol, 'tls');
      if (object(tls) !== tls) continue;
      problems.push({
        place: place(['receivers', id, 'protocols', protocol, 'tls']),
        message: `receiver "${id}" ends TLS by a key of its own: a hop that is encrypted so can't be recorded`,
        hint: `for the test, --set '<resource>:spec.config.receivers.${id}.protocols.${protocol}.tls=null' and tls: {insecure: true} at what sends to it`,
      });
    }
  }
  const told = new Set<string>();
  for (const { exporter, to } of outputs) {
    const { id, config } = exporter;
    const encrypted = 'backend' in to && backends.get(to.backend)?.tls;
    if (!encrypted || told.has(id) || !trustsItsOwn(object(config.tls))) continue;
    told.add(id);
    problems.push({
      place: place(['exporters', id, 'tls']),
      message: `exporter "${id}" trusts an authority of its own: the recorder that ends TLS for ${to.backend} has no certificate of it`,
      hint: `for the test, --set '<resource>:spec.config.exporters.${id}.tls={}'`,
    });
  }
}

function trustsItsOwn(tls: Readonly<Record<string, unknown>>): boolean {
  if (tls.insecure_skip_verify === true || tls.include_system_ca_certs_pool === true) return false;
  const file = text(tls.ca_file);
  return tls.ca_pem !== undefined || (file !== undefined && !systemBundle.test(file));
}
