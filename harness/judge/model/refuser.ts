import type { WordLine } from '../../evidence/types.ts';
import { doorOf, settingPath } from '../../pipeline/senders.ts';
import type { Component, Signal, Tier } from '../../pipeline/types.ts';
import { outputsOf } from './outputs.ts';
import { type Spoken, tellWords } from './own-words.ts';
import { tellSetting } from './settings.ts';
import { stableWords } from './words.ts';

/** Which component it was, what made it so, and what fits as a fix. */
export interface Culprit {
  /** `gateway/memory_limiter` */
  readonly component: string;
  readonly why: string;
  readonly fix?: string;
}

/** How one kind of refusal tells itself, in a collector's own words, and whose they are. */
interface Rule {
  readonly says: RegExp;
  /** Those who may say so. */
  readonly who: (tier: Tier, signal: Signal) => readonly Component[];
  readonly setting: (component: Component, signal: Signal) => string;
  readonly fix: string;
  /** What its own log says of it; of `memory_limiter` without its name. */
  readonly owns?: RegExp;
}

const processorsOf = ({ pipelines }: Tier, signal: Signal): readonly Component[] =>
  pipelines.filter((one) => one.signal === signal).flatMap((one) => one.processors);

/** The only one of some; of several it is not known which it was. */
const only = <T>(some: readonly T[]): T | undefined => {
  const all = [...new Set(some)];
  return all.length === 1 ? all[0] : undefined;
};

const processor =
  (...types: readonly string[]): Rule['who'] =>
  (tier, signal) =>
    processorsOf(tier, signal).filter(({ type }) => types.includes(type));

/** The one that serves no such signal: with a pipeline that takes it, somebody else said so. */
const otlpReceiver: Rule['who'] = ({ pipelines }, signal) =>
  pipelines.some((one) => one.signal === signal)
    ? []
    : pipelines.flatMap(({ receivers }) => receivers).filter(({ type }) => type === 'otlp');

const exporters: Rule['who'] = (tier, signal) =>
  outputsOf(tier, signal).map((output) => output.exporter);

/**
 * Sources, v0.152.0: internal/memorylimiter (errors.go); grpc-go (server.go); otlpreceiver
 * (otlp.go: HTTP serves only the signals that a pipeline takes); loadbalancingexporter
 * (loadbalancer.go); exporterhelper (queue, ErrQueueIsFull); ottl (parser.go).
 */
const rules: readonly Rule[] = [
  {
    says: /refused due to high memory usage/,
    who: processor('memory_limiter'),
    setting: (limiter) =>
      'limit_mib' in limiter.config
        ? tellSetting(limiter, 'limit_mib', '')
        : tellSetting(limiter, 'limit_percentage', 'none'),
    fix: 'raise the memory limit of its container and of its memory_limiter, or spread the load over more pods',
    owns: /Refusing data/,
  },
  {
    says: /unknown service opentelemetry\.proto\.collector|404 page not found|^status 404\b/,
    who: otlpReceiver,
    setting: (_, signal) => `no pipeline takes ${signal}`,
    fix: 'give this tier a pipeline for the signal, or send it none',
  },
  {
    says: /couldn't find the exporter for the endpoint/,
    who: (tier, signal) => exporters(tier, signal).filter(({ type }) => type === 'loadbalancing'),
    setting: (balancer) => tellSetting(balancer, 'resolver', 'none'),
    fix: 'see what its resolver finds: the Service’s name, its pods, the right to list them',
    owns: /failed to (resolve|create|start)/,
  },
  {
    says: /sending queue is full/,
    who: exporters,
    setting: (exporter) =>
      tellSetting(exporter, settingPath(doorOf(exporter), 'sending_queue.queue_size'), '1000'),
    fix: 'raise sending_queue.queue_size or its num_consumers, or see why what stands behind is slow',
  },
  {
    says: /failed to (execute statement|eval condition)/,
    who: processor('transform', 'filter'),
    setting: (component) => tellSetting(component, 'error_mode', 'propagate'),
    fix: 'correct the statement or condition, or set error_mode: ignore',
    owns: /failed processing/,
  },
];

/**
 * Who in a tier refused data of a signal, by the words that it was refused with and, of several who
 * may say so, by their statements and logs. What an exporter without a queue was answered from
 * behind, it answers in turn.
 * @returns undefined where the words name nobody, or several who may have said so
 */
export function refuserIn(
  tier: Tier,
  signal: Signal,
  said: string,
  spoken: Spoken,
): Culprit | undefined {
  const isPassedOn = /rpc error: code = |HTTP Status Code \d/.test(said);
  if (isPassedOn) {
    const sender = only(exporters(tier, signal));
    return sender && { component: `${tier.name}/${sender.id}`, why: stableWords(said) };
  }
  const rule = rules.find(({ says }) => says.test(said));
  const lines = spoken.by(tier.name).filter(({ words }) => rule?.owns?.test(words));
  const all = rule?.who(tier, signal) ?? [];
  const component =
    only(all) ??
    only(all.filter((one) => isOfItsConfig(one, said))) ??
    only(all.filter((one) => hasSaid(one, said, lines)));
  if (!rule || !component) return undefined;
  const heard = lines.filter((line) => line.component === '' || line.component === component.id);
  const told = tellWords(heard, spoken.startMs, said);
  return {
    component: `${tier.name}/${component.id}`,
    why: [stableWords(said), rule.setting(component, signal), ...(told ? [told] : [])].join('; '),
    fix: rule.fix,
  };
}

/** The statement or condition that failed is one of its own (ottl v0.152.0, parser.go). */
function isOfItsConfig({ config }: Component, said: string): boolean {
  const isSaid = (value: unknown): boolean =>
    typeof value === 'string'
      ? said.includes(`: ${value}, `)
      : typeof value === 'object' && value !== null && Object.values(value).some(isSaid);
  return isSaid(config);
}

const hasSaid = ({ id }: Component, said: string, lines: readonly WordLine[]): boolean =>
  lines.some(({ component, error }) => component === id && error !== '' && said.includes(error));
