import { verdictJsonSchema } from './judge/verdict.schema.ts';
import { benchFileJsonSchema } from './pipeline/bench-file.ts';
import { scenarioJsonSchema } from './scenario/schema.ts';

/** What has a JSON schema, with the file in which it is kept. */
export const schemas = {
  scenario: { make: scenarioJsonSchema, file: 'harness/scenario/scenario.schema.json' },
  bench: { make: benchFileJsonSchema, file: 'harness/pipeline/bench.schema.json' },
  verdict: { make: verdictJsonSchema, file: 'harness/judge/verdict.schema.json' },
} as const;

export type SchemaName = keyof typeof schemas;
export const schemaNames = Object.keys(schemas) as SchemaName[];

/** A schema as its file holds it. */
export const schemaText = (name: SchemaName): string =>
  `${JSON.stringify(schemas[name].make(), undefined, 2)}\n`;
