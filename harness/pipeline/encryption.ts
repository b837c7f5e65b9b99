import { object, type Reader } from './read.ts';
import { clientTls, pathIn, pemIn } from './tls-ends.ts';
import type { Backend, Output, Workload } from './types.ts';

/** Bundles of the image's own, which hold the authority of the run as well. */
const systemBundle = /^\/etc\/(ssl|pki)\//;

/**
 * Exporters that trust an authority of their own in such a way that the recorder which ends TLS in
 * a backend's stead can't be one of its: written into the configuration, or in no file that the
 * folder has.
 */
export function checkEncryption(
  outputs: readonly Output[],
  workload: Workload,
  backends: ReadonlyMap<string, Backend>,
  { problems, place }: Reader,
): void {
  const told = new Set<string>();
  for (const { exporter, to } of outputs) {
    const { id } = exporter;
    const encrypted = 'backend' in to && backends.get(to.backend)?.tls;
    if (!encrypted || told.has(id) || !trustsItsOwn(object(clientTls(exporter)), workload))
      continue;
    told.add(id);
    problems.push({
      place: place(['exporters', id, 'tls']),
      message: `exporter "${id}" trusts an authority of its own: the recorder that ends TLS for ${to.backend} has no certificate of it`,
      hint: `for the test, --set '<resource>:spec.config.exporters.${id}.tls={}'`,
    });
  }
}

function trustsItsOwn(tls: Readonly<Record<string, unknown>>, workload: Workload): boolean {
  if (tls.insecure_skip_verify === true || tls.include_system_ca_certs_pool === true) return false;
  if (tls.ca_pem !== undefined) return true;
  const file = pathIn(tls, 'ca', workload);
  if (file === undefined || systemBundle.test(file)) return false;
  return pemIn(tls, 'ca', workload) === undefined;
}
