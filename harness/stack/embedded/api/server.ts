import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type Grant, isAllowed } from '../../../pipeline/rbac.ts';
import type { KubeObject, ObjectStore } from './objects.ts';
import { discoveryOf, served } from './resources.ts';
import { answerReview } from './reviews.ts';
import { matchesFields, matchesLabels } from './selectors.ts';

/** The read half of a Kubernetes API, enough for client-go's informers: get, list, watch. */
export interface ApiOptions {
  readonly store: ObjectStore;
  readonly grants: () => readonly Grant[];
  /** ServiceAccount (`namespace/name`) of a bearer token. */
  readonly accountOf: (token: string) => string | undefined;
  readonly certificate: string;
  readonly key: string;
  /** Objects of a kind that were told to whoever has this address. */
  readonly onTold?: (from: string, storeKey: string, objects: readonly KubeObject[]) => void;
  /** Asks that nothing here can answer, for the fidelity notes. */
  readonly onUnknown: (path: string) => void;
}

interface Ask {
  readonly group: string;
  readonly apiVersion: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly query: URLSearchParams;
  /** The client wants metadata only. */
  readonly partial: boolean;
}

/**
 * What a cluster tells whoever asks, of no cloud: the detector `eks` of resourcedetection does not
 * start without (contrib v0.152.0, internal/aws/eks/detector.go).
 */
const version = { major: '1', minor: '34', gitVersion: 'v1.34.4', platform: 'linux/amd64' };

export function createApiServer(options: ApiOptions): Server {
  return createServer({ cert: options.certificate, key: options.key }, (request, response) => {
    if (/^\/version(\?|$)/.test(request.url ?? '')) {
      sendJson(response, 200, version);
      return;
    }
    if (request.method === 'POST') {
      answerPost(request, response, options);
      return;
    }
    const discovered = discoveryOf((request.url ?? '').split('?')[0] ?? '');
    if (discovered !== undefined) {
      sendJson(response, 200, discovered);
      return;
    }
    const ask = parseAsk(request);
    if (!ask) {
      options.onUnknown(request.url ?? '');
      sendStatus(response, 404, 'NotFound', 'the embedded runtime does not serve this');
      return;
    }
    const account = options.accountOf((request.headers.authorization ?? '').replace('Bearer ', ''));
    if (account === undefined) {
      sendStatus(response, 401, 'Unauthorized', 'unknown token');
      return;
    }
    const watch = ask.query.get('watch') === 'true' || ask.query.get('watch') === '1';
    const verb = ask.name ? 'get' : watch ? 'watch' : 'list';
    const { group, resource, namespace, name } = ask;
    if (!isAllowed(options.grants(), { account, verb, group, resource, namespace, name })) {
      sendStatus(response, 403, 'Forbidden', forbidden({ ...ask, account, verb }));
      return;
    }
    const from = request.socket.remoteAddress ?? '';
    const told: Told = (objects) => options.onTold?.(from, storeKey(ask), objects);
    if (verb === 'get') sendOne(response, options.store, ask);
    else if (verb === 'list') sendList(response, options.store, ask, told);
    else openWatch(response, options.store, ask, told);
  });
}

/** Whoever asks may ask what it may do; what else is written, such as events, is not kept. */
function answerPost(request: IncomingMessage, response: ServerResponse, options: ApiOptions): void {
  const account = options.accountOf((request.headers.authorization ?? '').replace('Bearer ', ''));
  if (account === undefined) {
    sendStatus(response, 401, 'Unauthorized', 'unknown token');
    return;
  }
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.once('end', () => {
    const answer = answerReview(request.url ?? '', Buffer.concat(parts), options.grants(), account);
    if (answer !== undefined) sendJson(response, 201, answer);
    else {
      options.onUnknown(request.url ?? '');
      sendStatus(response, 404, 'NotFound', 'the embedded runtime does not serve this');
    }
  });
}

/**
 * In the words of a real API server, by which a reader knows what is missing.
 * Source: k8s.io/apiserver, pkg/endpoints/handlers/responsewriters/errors.go, ForbiddenStatusError.
 */
function forbidden(
  ask: Pick<Ask, 'group' | 'resource' | 'namespace' | 'name'> & { account: string; verb: string },
): string {
  const { group, resource, namespace, name, account, verb } = ask;
  const what = `${resource}${group ? `.${group}` : ''}${name ? ` "${name}"` : ''}`;
  const user = `User "system:serviceaccount:${account.replace('/', ':')}"`;
  const where =
    namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return `${what} is forbidden: ${user} cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
}

function parseAsk(request: IncomingMessage): Ask | undefined {
  const url = new URL(request.url ?? '/', 'https://kubernetes');
  const match =
    /^\/(?:api\/(v1)|apis\/([^/]+\/[^/]+))\/(?:namespaces\/([^/]+)\/(?=[^/]))?([a-z]+)(?:\/([^/]+))?$/.exec(
      url.pathname,
    );
  if (!match) return undefined;
  const [, core, grouped, namespace, resource = '', name] = match;
  const apiVersion = core ?? grouped ?? '';
  const known = served.find(([version, plural]) => version === apiVersion && plural === resource);
  if (!known) return undefined;
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  const partial = (request.headers.accept ?? '').includes('as=PartialObjectMetadata');
  return {
    group,
    apiVersion,
    resource,
    kind: known[2],
    namespace,
    name,
    query: url.searchParams,
    partial,
  };
}

const storeKey = (ask: Ask): string => (ask.group ? `${ask.group}/${ask.resource}` : ask.resource);

function selects(ask: Ask, object: KubeObject): boolean {
  return (
    (ask.namespace === undefined || object.metadata.namespace === ask.namespace) &&
    matchesLabels(ask.query.get('labelSelector'), object) &&
    matchesFields(ask.query.get('fieldSelector'), object)
  );
}

function shown(ask: Ask, object: KubeObject): KubeObject {
  if (!ask.partial) return object;
  const { metadata } = object;
  return { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata };
}

function sendOne(response: ServerResponse, store: ObjectStore, ask: Ask): void {
  const found = store
    .list(storeKey(ask))
    .find((o) => o.metadata.name === ask.name && selects(ask, o));
  if (found) sendJson(response, 200, shown(ask, found));
  else sendStatus(response, 404, 'NotFound', `${ask.resource} "${ask.name}" not found`);
}

type Told = (objects: readonly KubeObject[]) => void;

function sendList(response: ServerResponse, store: ObjectStore, ask: Ask, told: Told): void {
  const items = store.list(storeKey(ask)).filter((o) => selects(ask, o));
  told(items);
  sendJson(response, 200, {
    apiVersion: ask.partial ? 'meta.k8s.io/v1' : ask.apiVersion,
    kind: ask.partial ? 'PartialObjectMetadataList' : `${ask.kind}List`,
    metadata: { resourceVersion: String(store.version()) },
    items: items.map((o) => shown(ask, o)),
  });
}

/**
 * A watch; with `sendInitialEvents` a watch list: first all objects, then a bookmark that says so
 * (kubernetes.io/docs/reference/using-api/api-concepts, streaming lists).
 */
function openWatch(response: ServerResponse, store: ObjectStore, ask: Ask, told: Told): void {
  response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
  const send = (type: string, object: unknown): void => {
    response.write(`${JSON.stringify({ type, object })}\n`);
  };
  const show = (type: string, object: KubeObject): void => {
    send(type, shown(ask, object));
    told([object]);
  };
  if (ask.query.get('sendInitialEvents') === 'true') {
    for (const object of store.list(storeKey(ask))) {
      if (selects(ask, object)) show('ADDED', object);
    }
    send('BOOKMARK', {
      kind: ask.partial ? 'PartialObjectMetadata' : ask.kind,
      apiVersion: ask.partial ? 'meta.k8s.io/v1' : ask.apiVersion,
      metadata: {
        resourceVersion: String(store.version()),
        annotations: { 'k8s.io/initial-events-end': 'true' },
      },
    });
  } else {
    response.flushHeaders();
    // What changed between the client's list and this watch.
    const since = Number(ask.query.get('resourceVersion') || Number.POSITIVE_INFINITY);
    for (const object of store.list(storeKey(ask))) {
      const newer = Number(object.metadata.resourceVersion) > since;
      if (newer && selects(ask, object)) show('ADDED', object);
    }
  }
  const stop = store.watch(storeKey(ask), ({ type, object }) => {
    if (selects(ask, object)) show(type, object);
  });
  const seconds = Number(ask.query.get('timeoutSeconds') ?? 0);
  const timer = seconds > 0 ? setTimeout(() => response.end(), seconds * 1_000) : undefined;
  response.once('close', () => {
    stop();
    clearTimeout(timer);
  });
}

function sendJson(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function sendStatus(response: ServerResponse, code: number, reason: string, message: string): void {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' };
  sendJson(response, code, { ...status, message, reason, code });
}
