import { isCalled } from '../../pipeline/called.ts';
import type { CheckName, Expectation } from '../../scenario/types.ts';
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

/**
 * Whether a line is asked for what a scenario expects: what is said of one backend of the ways to
 * it, what is said of samplers where there are any. A share of a class is what samplers leave:
 * beside a way with one, a way without is asked only where all of the class is promised.
 */
export function isAsked(expectation: Expectation, lane: Lane, lanes: readonly Lane[]): boolean {
  const { check } = expectation;
  if (lanes.length === 1) return true;
  if (lane.goesOn && !ofEachPart.has(check)) return false;
  const samplesSomewhere = lanes.some(hasSampler);
  if (check === 'decided' || check === 'stored') return !samplesSomewhere || hasSampler(lane);
  if (check !== 'kept') return true;
  if (expectation.at !== undefined) return leadsTo(lane, expectation.at);
  return expectation.share === 1 || !samplesSomewhere || hasSampler(lane);
}

const leadsTo = ({ pipeline, backends }: Lane, at: string): boolean =>
  pipeline.backends.some((backend) => isCalled(backend, at) && backends.includes(backend.id));
