import type { CanaryPlace } from '../../evidence/types.ts';
import { didYouMean } from '../../lib/nearest.ts';
import { list, object, text } from '../../pipeline/read.ts';
import type { Component, Pipeline, Signal, Tier } from '../../pipeline/types.ts';
import { outputsOf } from './outputs.ts';
import { signalPath } from './path.ts';

/** A secret that came to a backend. */
export interface Leaked {
  readonly signal: Signal;
  readonly backend: string;
  readonly place: CanaryPlace;
  readonly key: string;
}

/** Whose it was to take a secret out, as `tier/component`, and why it did not. */
export interface Culprit {
  readonly tier: string;
  readonly component: string;
  readonly why: string;
}

/**
 * What the processors that take things out reach (attributesprocessor, resourceprocessor,
 * redactionprocessor and transformprocessor v0.152.0). `transform` reaches all of a signal that it
 * has statements for.
 */
const reaches: Readonly<Record<string, readonly CanaryPlace[]>> = {
  attributes: ['spanAttribute', 'logAttribute', 'metricLabel'],
  resource: ['resource'],
  redaction: ['spanAttribute', 'event', 'resource', 'logAttribute', 'logBody', 'metricLabel'],
};
const statementsOf: Readonly<Record<Signal, string>> = {
  traces: 'trace_statements',
  logs: 'log_statements',
  metrics: 'metric_statements',
};

function canReach({ type, config }: Component, { signal, place }: Leaked): boolean {
  if (type === 'transform') return list(config[statementsOf[signal]]).length > 0;
  return reaches[type]?.includes(place) ?? false;
}

interface Candidate {
  readonly tier: Tier;
  readonly component: Component;
  /** It stands on the way of the signal. */
  readonly isUsed: boolean;
}

/**
 * The processor that should have taken a secret out: on the way one whose rules name its key, else
 * one that is there to redact, the nearest to the backend; else one that is declared for it and
 * stands on no way of the signal. Where there is none, the exporter that handed it on.
 */
export function culpritOf(pipeline: Pipeline, leaked: Leaked): Culprit {
  const candidates = candidatesFor(pipeline, leaked);
  const found =
    candidates.find(({ isUsed, component }) => isUsed && names(component, leaked.key)) ??
    candidates.find(({ isUsed, component }) => isUsed && isRedactor(component, leaked.key)) ??
    candidates.find(({ component }) => isRedactor(component, leaked.key));
  if (!found) return exporterOf(pipeline, leaked);
  const { tier, component } = found;
  return { tier: tier.name, component: `${tier.name}/${component.id}`, why: whyNot(found, leaked) };
}

/** Those that reach the secret's place, the nearest to the backend first. */
function candidatesFor(pipeline: Pipeline, leaked: Leaked): Candidate[] {
  const { steps } = signalPath(pipeline, leaked.signal);
  const used = steps
    .flatMap(({ tier, processors }) =>
      processors.map((component): Candidate => ({ tier, component, isUsed: true })),
    )
    .reverse();
  const unused = [...steps]
    .reverse()
    .flatMap(({ tier, processors }) =>
      tier.components
        .filter(({ kind, id }) => kind === 'processors' && !processors.some((p) => p.id === id))
        .map((component): Candidate => ({ tier, component, isUsed: false })),
    );
  return [...used, ...unused].filter(({ component }) => canReach(component, leaked));
}

/** Keys that a processor's actions or lists name. */
const keysOf = ({ config }: Component): string[] => [
  ...[...list(config.actions), ...list(config.attributes)].flatMap((action) => {
    const { key, pattern } = object(action);
    return [text(key), text(pattern)].flatMap((own) => own ?? []);
  }),
];

const names = (component: Component, key: string): boolean =>
  component.type === 'attributes' || component.type === 'resource'
    ? keysOf(component).includes(key)
    : JSON.stringify(component.config).includes(key);

/** By its type, its name, or a key that is nearly the secret's. */
const isRedactor = (component: Component, key: string): boolean =>
  component.type === 'redaction' ||
  /redact|scrub|mask|sanit|secret|pii/i.test(component.id) ||
  names(component, key) ||
  didYouMean(key, keysOf(component)) !== undefined;

function whyNot({ component, isUsed }: Candidate, { key, signal }: Leaked): string {
  if (!isUsed) return `it is declared and stands in no pipeline by which ${signal} come there`;
  if (names(component, key)) return 'its rule for this key did not take it out';
  const keys = keysOf(component);
  return keys.length > 0 ? `its rules name ${keys.join(', ')}` : 'none of its rules names this key';
}

function exporterOf(pipeline: Pipeline, { signal, backend }: Leaked): Culprit {
  const { steps } = signalPath(pipeline, signal);
  const isTo = (tier: Tier) =>
    outputsOf(tier, signal).find(({ to }) => 'backend' in to && to.backend === backend);
  const last = steps.findLast(({ tier }) => isTo(tier))?.tier ?? steps.at(-1)?.tier;
  const exporter = last && isTo(last)?.exporter.id;
  const tier = last?.name ?? '';
  return {
    tier,
    component: [tier, ...(exporter ? [exporter] : [])].join('/'),
    why: 'no processor on the way is there to redact this',
  };
}

/** Where a secret stood, in words. */
export const placeTexts: Readonly<Record<CanaryPlace, string>> = {
  spanAttribute: 'span attribute',
  spanName: 'span name',
  event: 'event attribute',
  link: 'link attribute',
  resource: 'resource attribute',
  logAttribute: 'log attribute',
  logBody: 'log body',
  metricLabel: 'metric label',
  exemplar: 'exemplar attribute',
};

/** The exporter that writes what it gets into its collector's own log; undefined without one. */
export const printerOf = ({ tiers }: Pipeline, tierName: string): string | undefined =>
  tiers
    .find(({ name }) => name === tierName)
    ?.components.find(({ kind, type }) => kind === 'exporters' && type === 'debug')?.id;
