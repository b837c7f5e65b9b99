import { z } from 'zod';
import { parseDurationMs, parseRatePerSecond, parseShare } from '../lib/units.ts';
import { mistakesOf, shown, unknownWord, wordingOf } from './issues.ts';
import type { ExceptionName } from './types.ts';

/** A text with a unit, turned into a number; the message says what is expected. */
function withUnit(parse: (text: string) => number | undefined, expected: string) {
  return z
    .union([z.string(), z.number()], {
      error: ({ input }) =>
        `${input === undefined ? 'missing' : `found ${shown(input)}`}, expected ${expected}`,
    })
    .transform((value, context) => {
      const parsed = typeof value === 'string' ? parse(value) : undefined;
      if (parsed !== undefined) return parsed;
      context.addIssue({
        code: 'custom',
        message: `found ${shown(value)}, expected ${expected}`,
      });
      return z.NEVER;
    });
}

export const durationMs = withUnit(
  parseDurationMs,
  'a duration with its unit, such as 250ms or 10s',
);
export const share = withUnit(parseShare, 'a share with a percent sign, such as 5%');
export const rate = withUnit(parseRatePerSecond, 'a rate such as 200/s');

/** A strict object whose error for an unknown key names the known ones and the nearest. */
function strict<T extends z.ZodRawShape>(shape: T) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      return issue.keys.map((key: string) => unknownWord('key', key, known)).join('\n');
    },
  });
}

/**
 * A list item with exactly one of several verbs: `{ at: 25s, kill: gateway/1 }`.
 * The verb picks the schema, so that a mistake is reported against the one that was meant.
 */
function oneOfVerbs(what: string, variants: Record<string, z.ZodType>, common: string[]) {
  const verbs = Object.keys(variants);
  return z
    .record(z.string(), z.unknown(), { error: `expected a ${what}, such as "${verbs[0]}: ..."` })
    .transform((item, context) => {
      const found = verbs.filter((verb) => verb in item);
      const verb = found[0];
      if (verb === undefined || found.length > 1) {
        const strange = Object.keys(item).find(
          (key) => !verbs.includes(key) && !common.includes(key),
        );
        const message =
          found.length > 1
            ? `one ${what} a list item, found ${found.join(' and ')}`
            : strange === undefined
              ? `no ${what} in this list item; known: ${verbs.join(', ')}`
              : unknownWord(what, strange, verbs);
        context.addIssue({ code: 'custom', message, path: strange ? [strange] : [] });
        return z.NEVER;
      }
      const parsed = (variants[verb] as z.ZodType).safeParse(item, { error: wordingOf });
      if (parsed.success) return parsed.data;
      for (const { message, path } of mistakesOf(parsed.error.issues)) {
        context.addIssue({ code: 'custom', message, path: [...path] });
      }
      return z.NEVER;
    });
}

const attributeValue = z.union([z.string(), z.number(), z.boolean()]);

const classSpec = z.union([
  share,
  strict({
    share,
    status: z.enum(['error']).optional(),
    duration: durationMs.optional(),
    attributes: z.record(z.string(), attributeValue).optional(),
    on: z.enum(['root', 'each']).optional(),
  }),
]);

/** A pod's name may have 63 letters; 17 of them are the suffixes of its ReplicaSet and its own. */
const longestName = 46;
const dnsLabel = z
  .string()
  .max(longestName)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, {
    error: ({ input }) =>
      `found ${shown(input)}, expected a Kubernetes name: lower-case letters, digits and dashes within`,
  });

type TreeInput = { name: string; service: string; children?: TreeInput[] | undefined };
const treeNode: z.ZodType<TreeInput, TreeInput> = z.lazy(() =>
  strict({ name: z.string(), service: dnsLabel, children: z.array(treeNode).optional() }),
);

const traceLoad = strict({
  traces: z.string(),
  rate,
  services: z.array(dnsLabel).min(1).optional(),
  pods: z.int().min(1).max(50).optional(),
  shape: strict({ spans: z.int().min(1).max(1000), depth: z.int().min(1).max(100) }).optional(),
  tree: treeNode.optional(),
  classes: z.record(z.string(), classSpec).optional(),
  late: strict({ share, deliverAfter: durationMs }).optional(),
  logs: strict({
    // One at most: records are told apart by the span that they belong to.
    perSpan: z.number().min(0).max(1),
    through: z.enum(['otlp']).optional(),
  }).optional(),
  metrics: strict({ every: durationMs }).optional(),
  canaries: z.record(z.string(), share).optional(),
});

const target = z.string().regex(/^[a-z0-9-]+\/(\d+|\*|random)$/, {
  error: (issue) =>
    `found ${shown(issue.input)}, expected a target such as gateway/1, gateway/* or gateway/random`,
});

/** One schema a fault; its key is the verb. */
export const faultVariants = {
  kill: strict({ at: durationMs, kill: target }),
  restart: strict({ at: durationMs, restart: target, grace: durationMs.optional() }),
  pause: strict({ at: durationMs, pause: target, for: durationMs }),
};

/** What a check can't take out would be ignored without a word. */
function exceptOf<const Names extends readonly ExceptionName[]>(names: Names) {
  const name = z.enum(names);
  return z.union([name, z.array(name)]).optional();
}
const keptExcept = exceptOf([
  'held-by-killed',
  'split-by-outage',
  'cut-by-restart',
  'refused-at-entry',
]);
const lostExcept = exceptOf(['held-by-killed', 'cut-by-restart']);
const doubledExcept = exceptOf(['repeated-after-break']);
const count = z.int().min(0);
const tierCount = z.union([count, strict({ tier: z.string().optional(), count })]);
const amount = strict({ spans: count, logs: count.optional() });

/** One schema a check; its key is the word. */
export const expectVariants = {
  decided: strict({ decided: z.literal('as-predicted') }),
  kept: strict({ kept: strict({ class: z.string(), share, except: keptExcept }) }),
  lost: strict({
    lost: strict({ spans: count.optional(), logs: count.optional(), except: lostExcept }).refine(
      ({ spans, logs }) => spans !== undefined || logs !== undefined,
      'found neither spans nor logs, expected how many of them may be lost',
    ),
  }),
  duplicated: strict({
    duplicated: strict({ spans: count, logs: count.optional(), except: doubledExcept }),
  }),
  altered: strict({ altered: amount }),
  late: strict({ late: strict({ joined: share, orphaned: count.optional() }) }),
  visible: strict({ visible: strict({ share, within: durationMs }) }),
  restarts: strict({ restarts: tierCount }),
  oomKilled: strict({ oomKilled: tierCount }),
  unexplained: strict({ unexplained: strict({ spans: z.literal(0) }) }),
  held: strict({ held: strict({ atLeast: count }) }),
  found: strict({ found: z.array(z.string()).min(1) }),
};

/** The scenario file as it is written. */
export const scenarioSchema = strict({
  name: z.string().regex(/^[a-z0-9-]+$/, {
    error: ({ input }) => `found ${shown(input)}, expected lower-case letters, digits and dashes`,
  }),
  about: z.string(),
  pipeline: z.string(),
  tags: z.array(z.string()).optional(),
  set: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  load: z.array(traceLoad).min(1),
  phases: z.array(strict({ for: durationMs, times: z.number().min(0).optional() })).min(1),
  faults: z.array(oneOfVerbs('fault', faultVariants, ['at'])).optional(),
  expect: z.array(oneOfVerbs('expectation', expectVariants, [])).min(1),
});

/** The same, read: units resolved. */
export type Written = z.output<typeof scenarioSchema>;

/** The JSON schema that editors use (`scenario.schema.json`), made from the same source. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const options = { io: 'input', unrepresentable: 'any' } as const;
  const schema = z.toJSONSchema(scenarioSchema, options) as Record<string, unknown>;
  const anyOf = (variants: Record<string, z.ZodType>) => ({
    type: 'array',
    items: { anyOf: Object.values(variants).map((v) => stripMeta(z.toJSONSchema(v, options))) },
  });
  const properties = schema.properties as Record<string, unknown>;
  properties.faults = anyOf(faultVariants);
  properties.expect = anyOf(expectVariants);
  return { ...schema, title: 'Scenario of the OpenTelemetry pipeline bench' };
}

function stripMeta(schema: object): object {
  const { $schema: _, ...rest } = schema as { $schema?: string };
  return rest;
}
