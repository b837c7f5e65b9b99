import type { IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Manifest } from './manifests.ts';

/** What the API answered, decoded. */
export interface RawAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Names an object. */
export type ObjectName = Pick<Manifest, 'apiVersion' | 'kind' | 'metadata'>;

/**
 * Sends objects as they are written. The client's own typed calls leave out every field that its
 * models lack, such as those of a definition whose names begin with `x-kubernetes-`.
 */
export interface RawApi {
  /** Server-side apply. */
  apply(object: Manifest): Promise<RawAnswer>;
  read(object: ObjectName): Promise<RawAnswer>;
  remove(object: ObjectName): Promise<RawAnswer>;
  /** An answer that goes on, such as a log that is followed. @throws Error unless it is 200 */
  stream(path: string): Promise<IncomingMessage>;
}

const manager = 'otel-pipeline-bench';
const withinMs = 30_000;

interface Kind {
  readonly kind: string;
  readonly name: string;
  readonly namespaced: boolean;
}

export function rawApi(config: KubeConfig): RawApi {
  const known = new Map<string, readonly Kind[]>();
  const pathOf = async ({ apiVersion, kind, metadata }: ObjectName): Promise<string> => {
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const named = (kinds: readonly Kind[] = []): Kind | undefined =>
      kinds.find((own) => own.kind === kind && !own.name.includes('/'));
    if (!named(known.get(base))) {
      const { status, body } = await send(config, 'GET', base);
      const { resources } = body as { resources?: readonly Kind[] };
      if (status === 200) known.set(base, resources ?? []);
    }
    const found = named(known.get(base));
    if (!found) throw new UnknownKind(`the cluster has no ${kind} of ${apiVersion}`);
    const namespace = found.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
    return `${base}${namespace}/${found.name}/${encodeURIComponent(metadata.name)}`;
  };
  return {
    apply: async (object) => {
      const path = `${await pathOf(object)}?fieldManager=${manager}&force=true`;
      return send(config, 'PATCH', path, JSON.stringify(object));
    },
    read: async (object) => send(config, 'GET', await pathOf(object)),
    remove: async (object) => send(config, 'DELETE', await pathOf(object)),
    stream: (path) => openStream(config, path),
  };
}

/** A kind whose definition the cluster lacks, or does not know yet. */
export class UnknownKind extends Error {
  override name = 'UnknownKind';
}

async function send(
  config: KubeConfig,
  method: string,
  path: string,
  text?: string,
): Promise<RawAnswer> {
  const options: RequestOptions = { method, timeout: withinMs };
  await config.applyToHTTPSOptions(options);
  const headers = {
    ...options.headers,
    accept: 'application/json',
    ...(text === undefined
      ? {}
      : {
          'content-type': 'application/apply-patch+yaml',
          'content-length': String(Buffer.byteLength(text)),
        }),
  };
  return new Promise((resolve, reject) => {
    const call = httpsRequest(
      `${config.getCurrentCluster()?.server}${path}`,
      { ...options, headers },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.once('error', reject);
        response.once('end', () => {
          const status = response.statusCode ?? 0;
          resolve({ status, body: decoded(Buffer.concat(pieces).toString('utf8')) });
        });
      },
    );
    call.once('timeout', () => call.destroy(new Error(`${method} ${path}: no answer in time`)));
    call.once('error', reject);
    call.end(text);
  });
}

async function openStream(config: KubeConfig, path: string): Promise<IncomingMessage> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  return new Promise((resolve, reject) => {
    const call = httpsRequest(`${config.getCurrentCluster()?.server}${path}`, options);
    call.once('error', reject);
    call.once('response', (response) => {
      if (response.statusCode === 200) resolve(response);
      else {
        response.destroy();
        reject(new Error(`${path}: status ${response.statusCode}`));
      }
    });
    call.end();
  });
}

function decoded(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.trim() };
  }
}
