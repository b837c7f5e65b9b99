import { type ImageGap, imageGaps } from '../pipeline/images.ts';
import type { Pipeline } from '../pipeline/types.ts';
import type { CheckResult, Finding } from './types.ts';

/**
 * Whether each collector can start with what its image was built from. Undefined where nothing is
 * known to be amiss: then the run tells.
 */
export function checkImages(pipeline: Pipeline): CheckResult | undefined {
  const gaps = imageGaps(pipeline);
  if (gaps.length === 0) return undefined;
  const tiers = [...new Set(gaps.map(({ tier }) => tier))];
  return {
    name: 'start',
    subject: tiers.join(', '),
    verdict: 'fail',
    expected: 'every image has the components that its config names',
    observed: gaps
      .map(
        ({ tier, component, distribution }) => `${tier}/${component.id} is not in ${distribution}`,
      )
      .join(', '),
    findings: gaps.map(findingOf),
  };
}

function findingOf({ tier, component, image, distribution, has }: ImageGap): Finding {
  const { kind, id, place } = component;
  const where = `${place.file}:${place.line}:${place.column}`;
  const what = `${kind.slice(0, -1)} "${id}"`;
  const built = `the image is ${image}, the ${distribution} distribution`;
  const elsewhere = has.length > 0 ? `; in ${has.join(' and ')} it is` : '';
  return {
    kind: 'component-not-in-image',
    hop: tier,
    component: `${tier}/${id}`,
    cause: `${where} ${what}: ${built}, which was built without it${elsewhere}`,
    count: 1,
    window: null,
    examples: [],
    fix: has.includes('contrib')
      ? `set the image of ${tier} to opentelemetry-collector-contrib, or to a build of your own that has it`
      : 'leave it out, or use a build of your own that has it',
  };
}
