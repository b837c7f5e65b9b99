import { formatCount } from '../../lib/units.ts';
import { describePolicy } from '../checks/promise.ts';
import { at } from '../model/settings.ts';
import type { JudgeContext } from '../watch.ts';
import { type Answers, type Culprit, culpritsOf } from './blame.ts';

/** A promise of a class that is not kept. */
interface Broken {
  readonly className: string;
  readonly share: number;
  readonly tooLittle: boolean;
  /** Traces of the class. */
  readonly kept: number;
}

/** What the policies' own answers lead to, with the setting and its place. */
export interface Blame {
  readonly cause: string;
  /** Where it is no policy that wants to be corrected. */
  readonly fix?: string;
}

/** Names what the policies' own answers lead to; undefined where they lead to nothing. */
export function blame(
  { sampling, scenario, paths, samplerStep }: JudgeContext,
  { className, ...broken }: Broken,
  answers: Answers,
): Blame | undefined {
  const feature = scenario.load
    .flatMap(({ classes }) => classes)
    .find(({ name }) => name === className);
  const { steps } = paths.traces;
  const own = steps[samplerStep];
  const inFront = [
    ...steps.slice(0, Math.max(0, samplerStep)).flatMap(({ processors }) => processors),
    ...(own?.processors.slice(0, own.sampler) ?? []),
  ];
  const policies = sampling?.policies ?? [];
  const culprits = culpritsOf(answers, { ...broken, feature, policies, inFront });
  const [first] = culprits;
  if (!first) return undefined;
  const cause = culprits.map((culprit) => describe(culprit, answers.traces)).join('; ');
  if (first.why !== 'edits') return { cause };
  const { key, processor } = first;
  return {
    cause,
    fix: `let ${processor.id} leave ${key} as it is, or put it behind ${sampling?.component.id}`,
  };
}

function describe(culprit: Culprit, traces: number): string {
  if (culprit.why === 'edits') {
    const { id, place } = culprit.processor;
    return `${culprit.key}, which tells the class, is changed in front of the policies by ${id} (${at(place)})`;
  }
  const verb = culprit.why === 'drops' ? 'drops' : 'keeps';
  return `${describePolicy(culprit.policy)} ${verb} ${formatCount(culprit.traces)} of ${formatCount(traces)}`;
}
