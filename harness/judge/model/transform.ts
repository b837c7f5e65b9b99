import { type Draft, mayEdit } from '../../collector/draft.ts';
import { asResource, type Condition, compileCondition } from '../../collector/ottl.ts';
import { compileStatement, type Statement } from '../../collector/ottl-editors.ts';
import type { StatementContext } from '../../collector/ottl-targets.ts';
import { list, object, text, texts } from '../../pipeline/read.ts';
import type { Component, Signal } from '../../pipeline/types.ts';

/** Statements that run one after the other on one item, if any of their conditions holds. */
interface Group {
  readonly of: StatementContext['of'];
  /** Undefined: whether it holds is not modelled. */
  readonly conditions: readonly (Condition | undefined)[];
  readonly statements: readonly Statement[];
}

/** A transform's statements for one signal; undefined where any may change who knows what. */
export type Transform = readonly Group[] | undefined;

export const statementsOf: Readonly<Record<Signal, string>> = {
  traces: 'trace_statements',
  logs: 'log_statements',
  metrics: 'metric_statements',
};

const known = new WeakMap<Component['config'], Map<Signal, Transform>>();

/**
 * Reads a `transform` processor (v0.152.0, config.go, internal/common). Groups run in their order,
 * each on all items before the next. A statement that fails changes nothing: either it is passed
 * over, or by `error_mode: propagate` its whole request is refused.
 */
export function readTransform({ config }: Component, signal: Signal): Transform {
  const bySignal = known.get(config) ?? new Map<Signal, Transform>();
  known.set(config, bySignal);
  if (!bySignal.has(signal)) bySignal.set(signal, readGroups(config, signal));
  return bySignal.get(signal);
}

function readGroups(config: Component['config'], signal: Signal): Transform {
  const written = config[statementsOf[signal]];
  if (written === undefined || written === null) return [];
  if (!Array.isArray(written) || config.flatten_data) return undefined;
  const isFlat = written.some((one) => typeof one === 'string');
  const groups = (isFlat ? [{ statements: written }] : written).map((group) =>
    readGroup(object(group)),
  );
  return groups.includes(undefined) ? undefined : groups.flatMap((group) => group ?? []);
}

function readGroup(group: Readonly<Record<string, unknown>>): Group | undefined {
  const [statements, conditions] = [list(group.statements), list(group.conditions)];
  const own = text(group.context);
  const all = [...statements, ...conditions];
  if (!all.every((one) => typeof one === 'string')) return undefined;
  const of = own ?? inferContext(texts(all));
  const context = contexts.find((one) => one === of?.toLowerCase());
  if (context === undefined) return undefined;
  const named = own === undefined;
  const compiled = texts(statements).map((one) => compileStatement(one, { of: context, named }));
  if (compiled.includes(undefined)) return undefined;
  const isBlind = context === 'scope' || context === 'spanevent';
  return {
    of: context,
    conditions: texts(conditions).map((one) =>
      isBlind ? undefined : compileCondition(one, named ? 'named' : 'own'),
    ),
    statements: compiled.flatMap((statement) => statement ?? []),
  };
}

/** The one that sees most comes first (pkg/ottl v0.152.0, context_inferrer.go). */
const contexts = ['log', 'datapoint', 'metric', 'spanevent', 'span', 'scope', 'resource'] as const;

const inferContext = (written: readonly string[]): string | undefined =>
  contexts.find((context) =>
    written.some((one) => new RegExp(`(?<![\\w."])${context}\\.`).test(one)),
  );

/** Runs the groups over an item. */
export function transform(draft: Draft, groups: readonly Group[]): void {
  for (const { of, conditions, statements } of groups) {
    const facts = of === 'resource' ? asResource(draft) : draft;
    const answers = conditions.map((condition) => condition?.(facts));
    const run = (own: Draft): void => {
      for (const statement of statements) statement(own);
    };
    if (answers.length === 0 || answers.includes(true)) run(draft);
    else if (answers.includes(undefined)) mayEdit(draft, run);
  }
}
