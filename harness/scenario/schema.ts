import { z } from 'zod';
import { shown } from '../lib/schema-issues.ts';
import { canaryForm } from './canaries.ts';
import { cardForm } from './card.ts';
import { claimsForm } from './claims.ts';
import { usersForm } from './users.ts';
import { durationMs, intervalMs, rate, share, size, strict } from './words/forms.ts';
import { expectationWords, faultWords } from './words/index.ts';
import { oneOf } from './words/one-of.ts';
import { ownedExpectation } from './words/owned.ts';

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
  // How a pod's address is told: as `k8s.pod.ip`, or by the connection alone.
  address: z.enum(['attribute', 'connection']).optional(),
  affinity: z.enum(['node']).optional(),
  startRace: z.boolean().optional(),
  shape: strict({ spans: z.int().min(1).max(1000), depth: z.int().min(1).max(100) }).optional(),
  tree: treeNode.optional(),
  classes: z.record(z.string(), classSpec).optional(),
  late: strict({ share, deliverAfter: durationMs }).optional(),
  logs: strict({
    // One at most: records are told apart by the span that they belong to.
    perSpan: z.number().min(0).max(1),
    through: z.enum(['otlp']).optional(),
    // Where they go into the containers' log files: one that grows to this size is rotated.
    rotateAt: size.optional(),
  }).optional(),
  metrics: strict({ every: intervalMs, exemplars: z.boolean().optional() }).optional(),
  canaries: z.record(z.string(), canaryForm).optional(),
});

/** The scenario file as it is written. */
export const scenarioSchema = strict({
  name: z.string().regex(/^[a-z0-9-]+$/, {
    error: ({ input }) => `found ${shown(input)}, expected lower-case letters, digits and dashes`,
  }),
  about: z.string(),
  pipeline: z.string(),
  tags: z.array(z.string()).optional(),
  card: cardForm.optional(),
  claims: claimsForm.optional(),
  set: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  load: z.array(traceLoad).min(1),
  users: usersForm.optional(),
  phases: z.array(strict({ for: durationMs, times: z.number().min(0).optional() })).min(1),
  faults: z.array(oneOf('fault', faultWords, ['at'])).optional(),
  settle: durationMs.optional(),
  expect: z.array(ownedExpectation).min(1),
});

/** The same, read: units resolved. */
export type Written = z.output<typeof scenarioSchema>;

/** The JSON schema that editors use (`scenario.schema.json`), made from the same source. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const options = { io: 'input', unrepresentable: 'any' } as const;
  const schema = z.toJSONSchema(scenarioSchema, options) as Record<string, unknown>;
  const anyOf = (variants: Record<string, z.ZodType>, common: object = {}) => ({
    type: 'array',
    items: {
      anyOf: Object.values(variants).map((v) => {
        const own = stripMeta(z.toJSONSchema(v, options));
        return { ...own, properties: { ...own.properties, ...common } };
      }),
    },
  });
  const properties = schema.properties as Record<string, unknown>;
  properties.faults = anyOf(faultWords);
  const whose = 'the pipeline whose promise it is; it falls away where another one runs';
  properties.expect = anyOf(expectationWords, { of: { type: 'string', description: whose } });
  return { ...schema, title: 'Scenario of the OpenTelemetry pipeline bench' };
}

function stripMeta(schema: object): { readonly properties?: object } {
  const { $schema: _, ...rest } = schema as { $schema?: string; properties?: object };
  return rest;
}
