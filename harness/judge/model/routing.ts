import { asResource, compileCondition, type OttlFacts } from '../../collector/ottl.ts';
import { list, object, text } from '../../pipeline/read.ts';
import type { Component, Signal } from '../../pipeline/types.ts';
import type { Drops } from './item-facts.ts';
import { requestMatches } from './request-condition.ts';
import { createSight, type Surroundings } from './sight.ts';

interface TableRow {
  /** Undefined where it can't be told whether it matches. */
  readonly matches: (facts: OttlFacts) => boolean | undefined;
  readonly copies: boolean;
  readonly leadsHere: boolean;
}

/**
 * What a routing connector does not send to one of its pipelines. Rows are asked in order; what one
 * matches is moved out, or copied; what is left goes to the default pipelines (routingconnector
 * v0.152.0, traces.go, config.go). Conditions that are modelled can't end in an error.
 */
export function routingRule(
  { config }: Component,
  around: Surroundings,
  hasUnmodelledEdits: (component: Component, signal: Signal) => boolean,
): Drops {
  const to = text(config.to) ?? '';
  const rows = rowsOf(config, around, to);
  const isDefault = list(config.default_pipelines).includes(to);
  const look = createSight(around, hasUnmodelledEdits);
  const goesHere = (facts: OttlFacts, from: number): boolean | undefined => {
    const row = rows[from];
    if (!row) return isDefault;
    const matches = row.matches(facts);
    const others = goesHere(facts, from + 1);
    const ifMatched = row.leadsHere || (row.copies ? others : false);
    if (matches === undefined) return ifMatched === others ? others : undefined;
    return matches ? ifMatched : others;
  };
  return (facts) => {
    const seen = look(facts);
    const answer = seen && goesHere(seen, 0);
    return answer === undefined ? undefined : !answer;
  };
}

/**
 * Whether a routing connector sends an item to no pipeline at all: no row takes it, and there are
 * no default pipelines (routingconnector v0.152.0, README: it is dropped, without a word).
 */
export function nowhereRule(
  { config }: Component,
  around: Surroundings,
  hasUnmodelledEdits: (component: Component, signal: Signal) => boolean,
): Drops {
  if (list(config.default_pipelines).length > 0) return () => false;
  const rows = rowsOf(config, around, '');
  const look = createSight(around, hasUnmodelledEdits);
  return (facts) => {
    const seen = look(facts);
    const answers = rows.map(({ matches }) => seen && matches(seen));
    if (answers.includes(true)) return false;
    return answers.includes(undefined) ? undefined : true;
  };
}

const rowsOf = (config: Component['config'], around: Surroundings, to: string): TableRow[] =>
  list(config.table).map((row) => rowOf(object(row), around, to));

const ownContext: Readonly<Partial<Record<Signal, string>>> = { traces: 'span', logs: 'log' };

function rowOf(row: Readonly<Record<string, unknown>>, around: Surroundings, to: string): TableRow {
  const { signal } = around;
  const common = {
    copies: row.action === 'copy',
    leadsHere: list(row.pipelines).includes(to),
  };
  const context = text(row.context) || 'resource';
  const statement = text(row.statement);
  const condition =
    text(row.condition) ?? /^\s*route\(\)\s+where\s+([\s\S]+)$/.exec(statement ?? '')?.[1];
  if (statement !== undefined && /^\s*route\(\)\s*$/.test(statement)) {
    return { ...common, matches: () => true };
  }
  if (context === 'request') {
    const matches = requestMatches(condition ?? '', around);
    return { ...common, matches: () => matches };
  }
  const isKnown = context === 'resource' || context === ownContext[signal];
  const isOther = !isKnown && ['span', 'log', 'metric', 'datapoint'].includes(context);
  if (isOther && signal !== 'metrics') return { ...common, matches: () => false };
  const compiled = isKnown && condition !== undefined ? compileCondition(condition) : undefined;
  if (!compiled) return { ...common, matches: () => undefined };
  const isOfResource = context === 'resource';
  return { ...common, matches: (facts) => compiled(isOfResource ? asResource(facts) : facts) };
}
