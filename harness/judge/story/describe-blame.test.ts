import { expect, it } from 'vitest';
import { decide } from '../../pipeline/decide.ts';
import { loadPipeline } from '../../pipeline/load.ts';
import { files } from '../../pipeline/two-tier.testing.ts';
import type { JudgeContext } from '../watch.ts';
import { createTally } from './blame.ts';
import { blame } from './describe-blame.ts';

const flag = { 'sampling.priority': 'always_on' };

/** Flagged traces that are kept by chance alone, behind these processors of the agents. */
function blamed(processors: readonly object[]) {
  const tier = loadPipeline('two-tier', files).tiers.find(({ tailSampling }) => tailSampling);
  const sampling = tier?.tailSampling;
  if (!sampling) throw new Error('no sampler');
  const answers = createTally();
  const span = { name: 'call', kind: 2, statusCode: 0, startOffsetNanos: 0, endOffsetNanos: 1e6 };
  for (let i = 0; i < 50; i++) {
    const id = i.toString(16).padStart(32, 'c0ffee');
    answers.add(decide(sampling, id, [{ ...span, resource: {}, attributes: {} }]));
  }
  const flagged = { name: 'flagged', statusError: false, durationMs: undefined, attributes: flag };
  const context = {
    sampling,
    scenario: { load: [{ classes: [flagged] }] },
    paths: { traces: { steps: [{ processors }, { processors: [], sampler: 0 }] } },
    samplerStep: 1,
  };
  const broken = { className: 'flagged', share: 1, tooLittle: true, kept: 0 };
  return blame(context as unknown as JudgeContext, broken, answers);
}

const attributes = (key: string) => ({
  id: 'attributes/normalise',
  type: 'attributes',
  config: { actions: [{ key, action: 'upsert', value: 'auto' }] },
  place: { file: 'agent.yaml', line: 45, column: 9 },
});

it('who changes what tells the class is named, and is what is to be mended', () => {
  const { cause, fix } = blamed([attributes('sampling.priority')]) ?? {};
  expect(cause).toContain(
    'changed in front of the policies by attributes/normalise (agent.yaml:45',
  );
  expect(fix).toBe(
    'let attributes/normalise leave sampling.priority as it is, or put it behind tail_sampling',
  );
});

it('where nobody changes it, it is the policy', () => {
  const { cause, fix } = blamed([attributes('team')]) ?? {};
  expect(cause).toContain('policy keep-debug-flagged');
  expect(fix).toBeUndefined();
});
