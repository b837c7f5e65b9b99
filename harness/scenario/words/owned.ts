import { z } from 'zod';
import { mistakesOf, shown, wordingOf } from '../../lib/schema-issues.ts';
import { type Expectation, expectationWords } from './index.ts';
import { oneOf } from './one-of.ts';

/** An expectation, and whose it is. */
export type OwnedExpectation = Expectation & {
  /** The pipeline that promises it; undefined: it is expected of any. */
  readonly of?: string | undefined;
};

const bare = oneOf('expectation', expectationWords, []);

const isMapping = (item: unknown): item is Record<string, unknown> =>
  typeof item === 'object' && item !== null && !Array.isArray(item);

/** A line of `expect:`; beside its word it may say `of: <pipeline>`, whose promise it is. */
export const ownedExpectation = z.unknown().transform((item, context): OwnedExpectation => {
  const { of, ...rest } = isMapping(item) ? item : {};
  const parsed = bare.safeParse(isMapping(item) ? rest : item, { error: wordingOf });
  for (const { message, path } of mistakesOf(parsed.error?.issues ?? [])) {
    context.addIssue({ code: 'custom', message, path: [...path] });
  }
  if (of !== undefined && typeof of !== 'string') {
    const message = `found ${shown(of)}, expected the name of the pipeline whose promise it is`;
    context.addIssue({ code: 'custom', message, path: ['of'] });
    return z.NEVER;
  }
  if (!parsed.success) return z.NEVER;
  return of === undefined ? parsed.data : { ...parsed.data, of };
});
