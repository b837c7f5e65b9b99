import { type Entrance, enteredBy } from '../../pipeline/doors.ts';
import { list } from '../../pipeline/read.ts';
import { sinks } from '../../pipeline/sinks.ts';
import type { Component, Output, Signal, SignalPipeline, Tier } from '../../pipeline/types.ts';
import { outputsOf } from './outputs.ts';

/** The pipelines of one signal that its data goes through in one collector, in order. */
export interface Way {
  readonly pipelines: readonly SignalPipeline[];
  /** Where the data goes on to from here. */
  readonly outputs: readonly Output[];
  /** Exporters and connectors in which it ends, where the data goes on to nowhere. */
  readonly ends: readonly Component[];
  /** Several ways: the pipelines are those of all of them. */
  readonly isSeveral: boolean;
  /** Why it can't be told which of them an item goes; nothing where all end in the collector. */
  readonly unclear: readonly string[];
}

type Through = Pick<Tier, 'pipelines' | 'outputs'>;

/**
 * Follows a signal from the receiver by which it comes, by `forward` connectors, to the exporters
 * that send it on. Pipelines that end in the collector, such as one with `debug` alone or
 * a connector to another signal, are its way only where no other sends on; those that take nothing
 * from outside never are.
 */
export function wayThrough(tier: Through, signal: Signal, by?: Entrance): Way {
  const own = tier.pipelines.filter((pipeline) => pipeline.signal === signal);
  const outputs = outputsOf(tier, signal);
  const sendsOn = ({ exporters }: SignalPipeline): boolean =>
    exporters.some(({ id }) => outputs.some((output) => output.exporter.id === id));
  const endsOf = ({ exporters }: SignalPipeline): Component[] =>
    exporters.filter(({ kind, id, type }) =>
      kind === 'connectors'
        ? own.every(({ receivers }) => receivers.every((r) => r.id !== id))
        : sinks.has(type),
    );
  const goes = own.some(sendsOn)
    ? sendsOn
    : (pipeline: SignalPipeline) => isThere(endsOf(pipeline));
  const behind = (pipeline: SignalPipeline): SignalPipeline[] =>
    own.filter((next) => leads(next) && isThere(joins(pipeline, next)));
  const leads = (pipeline: SignalPipeline): boolean =>
    goes(pipeline) || own.some((next) => isThere(joins(pipeline, next)) && leads(next));
  const leading = own.filter(leads);
  const entered = enteredBy(leading, by);
  const [entry, ...others] = entered;
  const pipelines: SignalPipeline[] = [];
  const unclear: string[] = [];
  const names = (some: readonly SignalPipeline[]): string => some.map(({ id }) => id).join(', ');
  if (entry && others.length > 0)
    unclear.push(`pipelines ${names([entry, ...others])} beside each other`);
  for (let at = entry; at && !pipelines.includes(at); ) {
    pipelines.push(at);
    const next = behind(at);
    if (next.length + (goes(at) ? 1 : 0) > 1) unclear.push(`pipeline ${at.id} splits`);
    for (const { id, type } of next.flatMap((to) => joins(at as SignalPipeline, to))) {
      if (type !== 'forward') unclear.push(`connector ${id}, which is not modelled`);
    }
    at = next[0];
  }
  const isSeveral = unclear.length > 0;
  const all = isSeveral ? leading.filter((one) => reached(entered, behind).has(one)) : pipelines;
  const exporters = new Set(all.flatMap((pipeline) => pipeline.exporters.map(({ id }) => id)));
  return {
    pipelines: all,
    outputs: outputs.filter(({ exporter }) => exporters.has(exporter.id)),
    ends: all.some(sendsOn) ? [] : all.flatMap(endsOf),
    isSeveral,
    unclear: !own.some(sendsOn) && all.every((at) => handsOnAll(at, endsOf(at))) ? [] : unclear,
  };
}

/** Whatever comes in gets to an end behind it: nothing samples, no connector leads nowhere. */
const handsOnAll = ({ processors, exporters }: SignalPipeline, ends: readonly Component[]) =>
  processors.every(({ type }) => type !== 'tail_sampling') &&
  exporters.every(
    (exporter) =>
      exporter.kind !== 'connectors' || ends.includes(exporter) || leadsSomewhere(exporter),
  );

/** A routing connector without default pipelines drops what no row takes. */
const leadsSomewhere = ({ type, config }: Component): boolean =>
  type === 'routing'
    ? isThere(list(config.default_pipelines))
    : ['forward', 'failover', 'round_robin'].includes(type);

/** Some pipelines, and all that stand behind them. */
function reached(
  from: readonly SignalPipeline[],
  behind: (pipeline: SignalPipeline) => readonly SignalPipeline[],
): Set<SignalPipeline> {
  const all = new Set(from);
  // A set goes on with what is added to it meanwhile.
  for (const pipeline of all) for (const next of behind(pipeline)) all.add(next);
  return all;
}

const isThere = (some: readonly unknown[]): boolean => some.length > 0;

/** Connectors by which one pipeline feeds another. */
const joins = (from: SignalPipeline, to: SignalPipeline): Component[] =>
  from.exporters.filter(
    ({ kind, id }) => kind === 'connectors' && to.receivers.some((r) => r.id === id),
  );
