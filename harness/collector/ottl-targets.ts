import { next, type Parser, take } from './ottl.ts';
import { isWord, unquote } from './ottl-tokens.ts';

/** In which context a statement runs: once an item, or once for all items of a resource. */
export interface StatementContext {
  readonly of: 'resource' | 'scope' | 'span' | 'spanevent' | 'log' | 'metric' | 'datapoint';
  /** Paths name their context, as where it is inferred. */
  readonly named: boolean;
}

/** What a statement writes to. */
export type Target =
  | {
      readonly in: 'attributes' | 'resource';
      /** Undefined: all of them. */
      readonly key: string | undefined;
      /** Only a part of the value. */
      readonly isInside: boolean;
    }
  | { readonly in: 'name' | 'statusCode' | 'nowhere' }
  | { readonly in: 'field'; readonly field: string };

/**
 * Fields of items by their paths (pkg/ottl v0.152.0, contexts/internal/ctxspan, ctxlog, ctxmetric),
 * as they are called in OTLP. Ids, times and values are none: who changes them makes another item.
 */
const fields: Readonly<Record<'span' | 'log' | 'metric', Readonly<Record<string, string>>>> = {
  span: {
    kind: 'kind',
    status: 'status',
    'status.message': 'status',
    trace_state: 'traceState',
    events: 'events',
    links: 'links',
    dropped_attributes_count: 'droppedAttributesCount',
    dropped_events_count: 'droppedEventsCount',
    dropped_links_count: 'droppedLinksCount',
  },
  log: {
    body: 'body',
    severity_number: 'severityNumber',
    severity_text: 'severityText',
    dropped_attributes_count: 'droppedAttributesCount',
  },
  metric: { description: 'description', unit: 'unit' },
};

/** Takes the path that is an editor's first argument; undefined where it is not modelled. */
export function parseTarget(parser: Parser, context: StatementContext): Target | undefined {
  const written = next(parser) ?? '';
  if (!isWord(written)) return undefined;
  const [, named, rest = written] =
    /^(resource|scope|spanevent|span|log|metric|datapoint)\.(.+)$/.exec(written) ?? [];
  if (named === undefined && context.named) return undefined;
  const of = named ?? context.of;
  const keys: string[] = [];
  while (take(parser, '[')) {
    const key = unquote(next(parser));
    if (key === undefined || !take(parser, ']')) return undefined;
    keys.push(key);
  }
  if (rest === 'cache') return { in: 'nowhere' };
  const [key] = keys;
  const isInside = keys.length > 1;
  if (of === 'resource') {
    return rest === 'attributes' ? { in: 'resource', key, isInside } : undefined;
  }
  if (of === 'scope') return { in: 'field', field: 'scope' };
  // A point's statement may write to the metric that the point is of.
  if (of !== context.of && !(of === 'metric' && context.of === 'datapoint')) return undefined;
  if (of === 'spanevent') return { in: 'field', field: 'events' };
  if (rest === 'attributes' && of !== 'metric') return { in: 'attributes', key, isInside };
  if (of === 'datapoint') return undefined;
  if (of !== 'log' && rest === 'name') return { in: 'name' };
  if (of === 'span' && rest === 'status.code') return { in: 'statusCode' };
  const field = fields[of as keyof typeof fields][rest];
  return field === undefined ? undefined : { in: 'field', field };
}

const keywords = /^(where|and|or|not|true|false|nil|[A-Z][A-Za-z0-9_]*|resource\..*)$/;

/**
 * Whether a statement does the same for each item of a resource: it looks at nothing else. What one
 * item's writes to their resource all of them have.
 */
export const isSameForAll = ([, ...tokens]: readonly string[]): boolean =>
  tokens.every((token) => !isWord(token) || keywords.test(token));
