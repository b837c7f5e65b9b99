import type { Problem } from '../lib/errors.ts';
import { hasExpansion } from '../lib/expansion.ts';
import { at, object, type Plain, type Reader } from './read.ts';
import { clientTls, fileAt, pathIn, pemIn, unknownVolume } from './tls-ends.ts';
import type { Backend, Component, Output, SignalPipeline, Workload } from './types.ts';

/**
 * Bundles of the image's own, and those of the pod's ServiceAccount (`ca.crt`, OpenShift's
 * `service-ca.crt`), which hold the authority of the run as well.
 */
const ownBundle = /^\/etc\/(ssl|pki)\/|^\/(var\/)?run\/secrets\/kubernetes\.io\/serviceaccount\//;

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

function trustsItsOwn(tls: Plain, workload: Workload): boolean {
  if (tls.insecure_skip_verify === true || tls.include_system_ca_certs_pool === true) return false;
  if (tls.ca_pem !== undefined) return true;
  const file = pathIn(tls, 'ca', workload);
  if (file === undefined || ownBundle.test(file)) return false;
  return pemIn(tls, 'ca', workload) === undefined;
}

const pairOfRun = 'for one that the folder lacks a valid pair is made';

/** Why the collector would not find a file of TLS; undefined where it does, or nobody can say. */
function unfound(file: string, workload: Workload): Pick<Problem, 'message' | 'hint'> | undefined {
  const volume = unknownVolume(workload, file);
  if (volume !== undefined) {
    return {
      message: `is in volume "${volume}", and the folder does not tell what is in it`,
      hint: `for the test, --set that volume to a Secret: ${pairOfRun}`,
    };
  }
  // What an image has there nobody can say.
  if (ownBundle.test(file) || hasExpansion(file)) return undefined;
  if (fileAt(workload, file) !== undefined) return undefined;
  return {
    message: `is ${file}, which no volume of the pod has: the collector would not start`,
    hint: `mount a Secret with it there, its keys under items: ${pairOfRun}`,
  };
}

/**
 * Files of TLS without which the collector would not start (collector v0.152.0,
 * config/configtls/configtls.go): such as no volume of the pod has, or as come from a volume of
 * which the folder does not tell what is in it, as from a folder of the node. A pair can't be
 * guessed.
 */
export function checkTlsFiles(
  pipelines: readonly SignalPipeline[],
  outputs: readonly Output[],
  workload: Workload,
  { problems, place }: Reader,
): void {
  const check = (
    { kind, id }: Component,
    tls: Plain,
    path: readonly string[],
    files: readonly string[],
  ): void => {
    for (const what of files) {
      const file = pathIn(tls, what, workload);
      const told = file === undefined ? undefined : unfound(file, workload);
      if (!told) continue;
      const message = `${what}_file of "${id}" ${told.message}`;
      problems.push({ ...told, place: place([kind, id, ...path, `${what}_file`]), message });
    }
  };
  for (const receiver of new Set(pipelines.flatMap((own) => own.receivers))) {
    for (const protocol of receiver.type === 'otlp' ? ['grpc', 'http'] : []) {
      const path = ['protocols', protocol, 'tls'];
      const files = ['cert', 'key', 'ca', 'client_ca'];
      check(receiver, object(at(receiver.config, ...path)), path, files);
    }
  }
  const encrypted = outputs.filter(({ tls }) => tls);
  for (const exporter of new Set(encrypted.map((output) => output.exporter))) {
    const path = exporter.type === 'loadbalancing' ? ['protocol', 'otlp', 'tls'] : ['tls'];
    const tls = clientTls(exporter);
    // Of an authority that can't be followed to a backend it is told above.
    const isTold = encrypted.some(
      (output) => output.exporter === exporter && 'backend' in output.to,
    );
    const files = isTold && trustsItsOwn(tls, workload) ? ['cert', 'key'] : ['cert', 'key', 'ca'];
    check(exporter, tls, path, files);
  }
}
