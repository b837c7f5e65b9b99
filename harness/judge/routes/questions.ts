import { isCalled } from '../../pipeline/called.ts';
import type { Signal } from '../../pipeline/types.ts';
import { askedAt } from '../../scenario/asked-at.ts';
import type { CheckName, Expectation } from '../../scenario/types.ts';
import { findingsOf } from '../collect.ts';
import { signalPath } from '../model/path.ts';
import type { CheckResult } from '../types.ts';
import type { Lane } from './lanes.ts';

/** What concerns each part of a route that several samplers cut. */
const ofEachPart: ReadonlySet<CheckName> = new Set<CheckName>([
  'decided',
  'kept',
  'lost',
  'duplicated',
  'altered',
]);

const hasSampler = ({ pipeline }: Lane): boolean =>
  pipeline.tiers.some(({ tailSampling }) => tailSampling !== undefined);

/** What a line is asked of all that is expected; of one backend by what leads there along it. */
export const questionsTo = (
  lane: Lane,
  lanes: readonly Lane[],
  expect: readonly Expectation[],
): Expectation[] =>
  expect
    .filter((expectation) => isAsked(expectation, lane, lanes))
    .map((expectation) => {
      const asked = askedAt(expectation);
      if (!asked || !('signals' in expectation)) return expectation;
      const leading = asked.signals.filter((signal) => leadsTo(lane, signal, asked.at));
      // Along no clear way: what it looks at is open then, not nothing.
      return { ...expectation, signals: leading.length > 0 ? leading : asked.signals };
    });

/**
 * Whether a line is asked for what a scenario expects: what is said of one backend of the ways to
 * it, what is said of samplers where there are any. A share of a class is what samplers leave:
 * beside a way with one, a way without is asked only where all of the class is promised.
 */
export function isAsked(expectation: Expectation, lane: Lane, lanes: readonly Lane[]): boolean {
  const { check } = expectation;
  const asked = askedAt(expectation);
  const leads = !asked || asked.signals.some((signal) => leadsTo(lane, signal, asked.at));
  if (lanes.length === 1) return leads || asked.signals.some((signal) => isUnclear(lane, signal));
  if (lane.goesOn && !ofEachPart.has(check)) return false;
  const samplesSomewhere = lanes.some(hasSampler);
  if (check === 'decided' || check === 'stored') return !samplesSomewhere || hasSampler(lane);
  if (asked) return leads;
  if (check === 'visible') return !lanes.some(canBeAsked) || canBeAsked(lane);
  if (check !== 'kept') return true;
  return expectation.share === 1 || !samplesSomewhere || hasSampler(lane);
}

/** What is said of a backend to which nothing of what is sent leads: no line can answer that. */
export const unanswered = (lanes: readonly Lane[], expect: readonly Expectation[]): CheckResult[] =>
  expect.flatMap((expectation): CheckResult[] => {
    const { at } = askedAt(expectation) ?? {};
    if (at === undefined || lanes.some((lane) => isAsked(expectation, lane, lanes))) return [];
    const cause = `no way of what is sent leads to ${at}`;
    const findings = findingsOf({ kind: 'evidence-missing', hop: 'routes', component: at, cause });
    const [name, verdict] = [expectation.check, 'unknown'] as const;
    const expected = 'what is sent gets there';
    return [{ name, subject: `at ${at}`, verdict, expected, observed: cause, findings }];
  });

/** Its traces end, now or behind another sampler, where they can be asked for. */
const canBeAsked = ({ pipeline, backends }: Lane): boolean =>
  pipeline.backends.some(({ id, kind }) => kind === 'tempo' && backends.includes(id));

/** Where it leads nobody can tell: more ways than are looked at, say. */
const isUnclear = ({ pipeline }: Lane, signal: Signal): boolean =>
  signalPath(pipeline, signal).unclear.length > 0;

const leadsTo = ({ pipeline, backends, goesOn }: Lane, signal: Signal, at: string): boolean => {
  const ends = signal === 'traces' ? backends : signalPath(pipeline, signal).backends;
  const isWatched = signal === 'traces' || !goesOn;
  return isWatched && pipeline.backends.some((b) => isCalled(b, at) && ends.includes(b.id));
};
