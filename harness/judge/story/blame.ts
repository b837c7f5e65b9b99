import type { Decision } from '../../pipeline/decide.ts';
import type { Component, Policy } from '../../pipeline/types.ts';
import { contradicts } from '../checks/promise.ts';
import { type EditedItem, editItem } from '../model/edit-item.ts';
import { drawsLots, type Feature, relationOf } from './relation.ts';

/** How often a policy answered so, of the traces of one class. */
interface Answered {
  readonly sampled: number;
  readonly dropped: number;
}

/** What the policies answered of the traces of one class. */
export interface Answers {
  readonly traces: number;
  readonly byPolicy: ReadonlyMap<string, Answered>;
}

export interface Tally extends Answers {
  add(decision: Pick<Decision, 'answers'> | undefined): void;
}

/** Counts answers, trace by trace. */
export function createTally(): Tally {
  const byPolicy = new Map<string, Answered>();
  let traces = 0;
  return {
    get traces() {
      return traces;
    },
    byPolicy,
    add: (decision) => {
      traces++;
      for (const { policy, answer } of decision?.answers ?? []) {
        const { sampled, dropped } = byPolicy.get(policy) ?? nothing;
        byPolicy.set(policy, {
          sampled: sampled + (answer === 'sampled' ? 1 : 0),
          dropped: dropped + (answer === 'dropped' ? 1 : 0),
        });
      }
    },
  };
}

const nothing: Answered = { sampled: 0, dropped: 0 };

/**
 * What has its part in a broken promise. `drops` what was promised; `misses` what it is about;
 * `keeps` what was not promised; `edits` what the policies look at, in front of them.
 */
export type Culprit =
  | { readonly why: 'drops' | 'misses' | 'keeps'; readonly policy: Policy; readonly traces: number }
  | { readonly why: 'edits'; readonly processor: Component; readonly key: string };

/** A promise that is not kept, with what is known of who decides on it. */
export interface Promised {
  /** In 0..1, of the class. */
  readonly share: number;
  readonly tooLittle: boolean;
  /** Traces of the class that were kept. */
  readonly kept: number;
  /** What tells the class; undefined for the traces that nothing tells, the normal ones. */
  readonly feature: Feature | undefined;
  readonly policies: readonly Policy[];
  /** Processors that the traces pass in front of the policies, in their order. */
  readonly inFront: readonly Component[];
}

/**
 * The culprits, by what the policies answered of each trace: never one because it is there. Of too
 * little the policies that dropped it; else what changes the attributes that tell the class, and
 * the policies that are about the class and did not keep it; of a share, those that draw lots. Of
 * too much the policies that keep more than was promised.
 */
export function culpritsOf(answers: Answers, promised: Promised): readonly Culprit[] {
  return promised.tooLittle ? ofTooLittle(answers, promised) : ofTooMuch(answers, promised);
}

function ofTooMuch({ traces, byPolicy }: Answers, { policies, share }: Promised): Culprit[] {
  const sampledBy = (policy: Policy): number => byPolicy.get(policy.name)?.sampled ?? 0;
  const keeping = policies
    .map((policy) => ({ why: 'keeps' as const, policy, traces: sampledBy(policy) }))
    .filter((culprit) => culprit.traces > 0)
    .sort((a, b) => b.traces - a.traces);
  const alone = keeping.filter(
    (culprit) => culprit.traces / traces > share && contradicts(culprit.traces, traces, share),
  );
  // No one of them is too much: together they are.
  return alone.length > 0 ? alone : keeping;
}

function ofTooLittle({ traces, byPolicy }: Answers, promised: Promised): Culprit[] {
  const { policies, feature, share } = promised;
  const answered = (policy: Policy): Answered => byPolicy.get(policy.name) ?? nothing;
  const missed = share * traces - promised.kept;
  // A drop counts where half of what is missing, or more, is its doing.
  const dropping = policies
    .map((policy) => ({ why: 'drops' as const, policy, traces: answered(policy).dropped }))
    .filter((culprit) => 2 * culprit.traces * share >= missed && culprit.traces > 0)
    .sort((a, b) => b.traces - a.traces);
  if (dropping.length > 0) return dropping;
  const about = (policy: Policy): number => {
    const relation = feature ? relationOf(policy, feature) : 0;
    return relation > 0 ? relation : share < 1 && drawsLots(policy) ? 1 : 0;
  };
  const missing = policies
    .filter((p) => p.type !== 'drop' && about(p) > 0 && answered(p).sampled < traces)
    .map((policy) => ({ why: 'misses' as const, policy, traces: answered(policy).sampled }))
    .sort((a, b) => about(b.policy) - about(a.policy) || b.traces - a.traces);
  return [...editing(promised), ...missing];
}

/** Processors after which what tells the class is gone, other, or who knows what. */
function editing({ feature, inFront }: Promised): Culprit[] {
  const { attributes = {}, statusError = false } = feature ?? {};
  const sent = {
    name: '',
    kind: 0,
    statusCode: statusError ? failed : 0,
    attributes,
    resource: {},
  };
  const keys = [...Object.keys(attributes), ...(statusError ? ['status'] : [])];
  const isOther = (key: string, edited: EditedItem): boolean =>
    key === 'status' && statusError
      ? edited.statusCode !== failed || edited.uncertainFields.has(key)
      : edited.attributes[key] !== attributes[key] || edited.uncertainAttributes.has(key);
  return keys.flatMap((key) =>
    inFront.flatMap((processor): Culprit[] => {
      const edited = editItem(sent, [processor], { signal: 'traces', pod: undefined });
      return isOther(key, edited) ? [{ why: 'edits', processor, key }] : [];
    }),
  );
}

/** OTLP's status code of an error. */
const failed = 2;
