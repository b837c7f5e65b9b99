import { createHash } from 'node:crypto';
import { z } from 'zod';
import { decodeOtlpJson } from './given-otlp.ts';
import { noPod } from './judge/model/edit-item.ts';
import { throwProblems } from './lib/errors.ts';
import type { OtlpValue } from './lib/otlp/decode.ts';
import { problemsOf, shown, strict, wordingOf } from './lib/schema-issues.ts';
import { parseDurationMs } from './lib/units.ts';
import { parseYaml } from './lib/yaml.ts';
import type { SentTrace } from './trace-fate.ts';

export const expectedFates = ['kept', 'dropped', 'filtered'] as const;

/** A trace that somebody wants an answer for, and which one. */
export interface GivenTrace {
  readonly name: string;
  readonly trace: SentTrace;
  /** Undefined where it is only asked. */
  readonly expect: (typeof expectedFates)[number] | undefined;
  /** The policy that is to lead to it. */
  readonly by: string | undefined;
  /** Only on the way to this backend; undefined: on each. */
  readonly at: string | undefined;
}

const durationMs = z.string().transform((text, context) => {
  const parsed = parseDurationMs(text);
  if (parsed !== undefined) return parsed;
  const message = `found ${shown(text)}, expected a duration with its unit, such as 250ms`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const statuses = ['unset', 'ok', 'error'] as const;
const attributes = z.record(z.string(), z.json()).default({});

const givenSchema = z
  .array(
    strict({
      name: z.string().min(1),
      id: z
        .string()
        .regex(/^[0-9a-f]{32}$/, {
          error: ({ input }) => `found ${shown(input)}, expected 32 hexadecimal digits`,
        })
        .optional(),
      expect: z.enum(expectedFates).optional(),
      by: z.string().optional(),
      at: z.string().optional(),
      spans: z
        .array(
          strict({
            name: z.string().default('request'),
            service: z.string().default('service'),
            kind: z.enum(kinds).default('server'),
            status: z.enum(statuses).default('unset'),
            after: durationMs.default(0),
            duration: durationMs.default(10),
            attributes,
            resource: attributes,
          }),
        )
        .min(1),
    }),
  )
  .min(1);

type Written = z.output<typeof givenSchema>[number];

/**
 * Traces from a file: what its name ends in tells whether it is OTLP/JSON (`.json`, `.jsonl`) or a
 * list that a person wrote, with what is expected of each.
 *
 * @throws UserError naming every mistake with its place
 */
export function readGivenTraces(file: string, text: string): GivenTrace[] {
  if (/\.jsonl?$/.test(file)) {
    const nothing = { expect: undefined, by: undefined, at: undefined };
    return decodeOtlpJson(file, text).map((trace) => ({ name: trace.traceId, trace, ...nothing }));
  }
  const { documents, problems } = parseYaml(file, text);
  throwProblems(problems);
  const [document] = documents;
  if (!document) {
    const place = { file, line: 1, column: 1 };
    throwProblems([{ place, message: 'nothing in it, expected a list of traces' }]);
    return [];
  }
  const parsed = givenSchema.safeParse(document.value, { error: wordingOf });
  if (!parsed.success) throwProblems(problemsOf(parsed.error.issues, document));
  return (parsed.data ?? []).map(givenOf);
}

/** Without an id of its own a trace has one that its name gives: a draw comes out the same. */
const givenOf = ({ name, id, expect, by, at, spans }: Written): GivenTrace => ({
  name,
  expect,
  by,
  at,
  trace: {
    traceId: id ?? createHash('sha256').update(name).digest('hex').slice(0, 32),
    spans: spans.map((span) => ({
      facts: {
        name: span.name,
        kind: kinds.indexOf(span.kind),
        statusCode: statuses.indexOf(span.status),
        attributes: span.attributes as Record<string, OtlpValue>,
        resource: { 'service.name': span.service, ...span.resource } as Record<string, OtlpValue>,
        pod: noPod,
      },
      startOffsetNanos: span.after * 1e6,
      endOffsetNanos: (span.after + span.duration) * 1e6,
    })),
  },
});
