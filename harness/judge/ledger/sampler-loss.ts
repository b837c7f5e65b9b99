import { tellSetting } from '../model/settings.ts';
import type { Bucket } from './account.ts';
import type { JudgeContext } from './context.ts';
import type { StayAccount } from './stay.ts';

type Lost = Extract<Bucket, { kind: 'lost' }>;

/** Of tailsamplingprocessor v0.152.0 (factory.go). */
const defaults = {
  num_traces: '50000',
  decision_wait: '30s',
  drop_pending_traces_on_shutdown: 'false',
  'decision_cache.sampled_cache_size': '0',
  'decision_cache.non_sampled_cache_size': '0',
} as const;

/** The sampler, with one of its settings by its value and place; nothing without a sampler. */
export function samplerWith(
  { sampling, paths, samplerStep }: JudgeContext,
  setting: keyof typeof defaults,
): { readonly component: string; readonly why: string } | undefined {
  const tier = paths.traces.steps[samplerStep]?.tier.name;
  if (!sampling || tier === undefined) return undefined;
  const { component } = sampling;
  const why = tellSetting(component, setting, defaults[setting]);
  return { component: `${tier}/${component.id}`, why };
}

/** Pushed out by newer traces: the memory has too little room. */
export const pushedOut = (context: JudgeContext, hop: string, detail: string): Lost => ({
  kind: 'lost',
  hop,
  cause: 'evicted-before-decision',
  detail,
  ...samplerWith(context, 'num_traces'),
});

/**
 * Not decided when its process ended. One that ended in good order decides at once what it holds,
 * unless it is told to forget it.
 */
export function endedUndecided(context: JudgeContext, hop: string, stay: StayAccount): Lost {
  const { ending, life } = stay.incarnation;
  const detail = `${life.pod} ended before it decided`;
  if (ending !== 'graceful') return { kind: 'lost', hop, cause: 'held-by-killed', detail };
  const by = samplerWith(context, 'drop_pending_traces_on_shutdown');
  return { kind: 'lost', hop, cause: 'cut-by-restart', detail, ...by };
}
