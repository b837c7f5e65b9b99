import type { ClassSpec, SpanNode, TraceLoad } from '../scenario/types.ts';
import { attributesAt, secretsOfRoot } from './canaries.ts';
import type { Secret, SpanTemplate } from './types.ts';

/** OTLP span kinds (opentelemetry-proto v1, trace.proto). */
const kind = { internal: 1, server: 2, client: 3 } as const;
const statusError = 2;
const statusUnset = 0;

export interface TemplateSet {
  readonly templates: readonly SpanTemplate[];
  /** Index of the template for a node of a trace of a class, with these canaries on its root. */
  find(loadIndex: number, node: number, classIndex: number, canaries: number): number;
}

/** Canaries beyond this many would make too many variants of the root span. */
export const maxCanaries = 4;

/**
 * Every kind of span that the load can send: by load, node of the tree, class and set of canaries.
 * A class of errors marks the last node of the tree, so that no other span tells of the error.
 */
export function buildTemplates(
  loads: readonly TraceLoad[],
  classNames: readonly string[],
  seed: number,
): TemplateSet {
  const templates: SpanTemplate[] = [];
  const index = new Map<string, number>();
  loads.forEach((load, loadIndex) => {
    classNames.forEach((className, classIndex) => {
      const spec = load.classes.find((c) => c.name === className);
      load.tree.forEach((node, nodeIndex) => {
        for (let canaries = 0; canaries < variantsOf(load, nodeIndex); canaries++) {
          index.set(`${loadIndex}/${nodeIndex}/${classIndex}/${canaries}`, templates.length);
          templates.push(
            templateOf(
              load,
              node,
              nodeIndex,
              spec,
              nodeIndex === 0 ? secretsOfRoot(seed, load, canaries) : [],
            ),
          );
        }
      });
    });
  });
  return {
    templates,
    find: (loadIndex, node, classIndex, canaries) =>
      index.get(`${loadIndex}/${node}/${classIndex}/${node === 0 ? canaries : 0}`) ?? 0,
  };
}

const variantsOf = ({ canaries }: TraceLoad, node: number): number =>
  node === 0 ? 2 ** canaries.length : 1;

/** How many templates these loads have, all told. */
export const countTemplates = (loads: readonly TraceLoad[], classes: number): number =>
  loads.reduce((sum, load) => sum + classes * (load.tree.length - 1 + variantsOf(load, 0)), 0);

function templateOf(
  load: TraceLoad,
  node: SpanNode,
  nodeIndex: number,
  spec: ClassSpec | undefined,
  secrets: readonly Secret[],
): SpanTemplate {
  const root = nodeIndex === 0;
  const leaf = !load.tree.some((other) => other.parent === nodeIndex);
  const failed = spec?.statusError === true && nodeIndex === load.tree.length - 1;
  const own = root || spec?.on === 'each' ? (spec?.attributes ?? {}) : {};
  const elsewhere = secrets.filter(({ place }) => place !== 'spanAttribute');
  return {
    name: node.name,
    kind: root ? kind.server : leaf ? kind.client : kind.internal,
    statusCode: failed ? statusError : statusUnset,
    root,
    attributes: {
      ...(root ? rootAttributes(load) : leaf ? leafAttributes(node) : innerAttributes(node)),
      ...own,
      ...attributesAt(secrets, 'spanAttribute'),
    },
    ...(elsewhere.length > 0 ? { secrets: elsewhere } : {}),
  };
}

function rootAttributes(load: TraceLoad): SpanTemplate['attributes'] {
  return {
    'http.request.method': 'POST',
    'http.route': `/${load.name}`,
    'http.response.status_code': 200,
    'url.scheme': 'https',
    'user_agent.original': 'bench/1.0',
  };
}

function innerAttributes(node: SpanNode): SpanTemplate['attributes'] {
  return {
    'code.function.name': node.name,
    'thread.id': 17,
    'app.cart.items': 3,
    'app.currency': 'EUR',
    'app.retry': false,
  };
}

function leafAttributes(node: SpanNode): SpanTemplate['attributes'] {
  return {
    'db.system.name': 'postgresql',
    'db.statement': 'SELECT price FROM items WHERE id = 42',
    'db.namespace': node.service,
    'server.address': `${node.service}-db`,
    'server.port': 5432,
  };
}
