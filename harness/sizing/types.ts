import type { ComeBack } from './come-back.ts';
import type { Fit, Interval } from './fit.ts';
import type { Window } from './windows.ts';

/** What is known of the tier without measuring. */
export interface SizedTier {
  readonly name: string;
  readonly replicas: number;
  /** Of one pod; undefined: it had no quota. */
  readonly cpuLimit: number | undefined;
  /** A load balancer's ring gives each trace to one of its pods. */
  readonly isRing: boolean;
  readonly decisionWaitMs: number | undefined;
  /** As it was set while it was measured. */
  readonly numTraces: number | undefined;
  /** In requests, each a kept trace where nothing batches. */
  readonly queueSize: number | undefined;
  readonly consumers: number | undefined;
  /** How what stands in the queue gets away again; undefined in measurements of older benches. */
  readonly comeBack?: ComeBack | undefined;
  /** Where the queue leads; undefined: not to one backend. */
  readonly backend: string | undefined;
}

/** What a run of one side showed. */
export interface BoundSeen {
  readonly side: 'within' | 'beyond';
  readonly outageMs: number;
  /** By the law: until the queue of the busiest pod is full. */
  readonly survivesMs: number;
  readonly spansPerSecond: number;
  /** Of all spans that entered. */
  readonly lostSpans: number;
  /** Of these, what the tier dropped since its queue was full. */
  readonly droppedSpans: number;
  /** Why the run proves nothing. */
  readonly unknown: string | undefined;
}

/** What was measured once, and can be asked again for another rate (`size latest`). */
export interface Measurement {
  readonly tier: SizedTier;
  readonly spansPerTrace: number;
  /** Of all traces, by the policies. */
  readonly keptShare: number;
  readonly windows: readonly Window[];
  /** Runs on either side of the queue's law; none where no outage was asked. */
  readonly bounds: readonly BoundSeen[];
  /** Fewer points, held to wider errors. */
  readonly quick: boolean;
  readonly seed: number;
  readonly notTested: readonly string[];
}

export interface Asked {
  readonly spansPerSecond: number;
  /** Spare on top, as a share. */
  readonly headroom: number;
  readonly outageMs: number | undefined;
}

export interface HeldOut {
  readonly spansPerSecond: number;
  readonly predictedCores: Interval;
  readonly measuredCores: number;
}

/** Of a backend that the queue stands in front of. */
export interface OutageAnswer {
  /** Until the queue of the busiest pod is full. */
  readonly fullMs: number;
  /** The longest outage that loses nothing: the exporter comes back some time behind it. */
  readonly survivesMs: number;
  readonly keptPerSecond: number;
  /** Slots for the outage that was asked for; undefined where there are enough, or none was. */
  readonly queueSize: number | undefined;
}

/** The answer; `refusals` say why it is not proved, and then nothing is recommended. */
export interface Answer {
  readonly refusals: readonly string[];
  readonly replicas: number | undefined;
  /** Spans a second that one replica was seen to carry, and the first rate that it did not. */
  readonly capacity: { readonly lastGood: number; readonly firstBad: number | undefined };
  readonly binds: string;
  readonly cores: Interval | undefined;
  readonly memoryMiB: Interval | undefined;
  readonly numTraces: number | undefined;
  readonly outage: OutageAnswer | undefined;
  readonly heldOut: readonly HeldOut[];
  readonly medianError: number | undefined;
  readonly coverage: number | undefined;
  /** Of the held-out peak of memory. */
  readonly memoryError: number | undefined;
  /** Between the knee that was found and the one that was found again; undefined: no knee. */
  readonly kneeError: number | undefined;
  /** Asked rate over the largest measured one. */
  readonly factor: number;
  readonly cpuFit: Fit | undefined;
}
