import { decodeResource } from '../lib/otlp/decode.ts';
import { type MetricSample, scanSamples } from '../lib/otlp/series.ts';
import type { RequestRecord } from '../tap/format.ts';
import { isRemoteWrite, messageOf } from './payload.ts';
import type { FindSeries } from './points.ts';
import type { MadeSeries } from './series-facts.ts';

/** More series than these are not kept: who makes so many is told by that alone. */
export const mostSeries = 20_000;
/** So many exemplars are looked up. */
const mostExemplars = 10_000;

/** Follows the counters and histograms that collectors make themselves. */
export interface SeriesReader {
  request(recorder: number, record: RequestRecord): void;
  answered(recorder: number, request: number, isTaken: boolean): void;
  finish(): MadeSeries;
}

interface Sample extends MetricSample {
  readonly resource: MetricSample['attributes'];
}

type Series = MadeSeries['series'][number];
type Draft = Omit<Series, 'streams' | 'refused'> & { streams: Stream[]; refused: number };
type Stream = { -readonly [K in keyof Series['streams'][number]]: Series['streams'][number][K] };

/**
 * @param seriesOf finds the load's own series, which are none of these
 */
export function createSeriesReader(seriesOf: FindSeries): SeriesReader {
  const open = new Map<string, Sample[]>();
  const known = new Map<string, Draft>();
  const exemplars = new Map<string, { recorder: number; traceId: string }>();
  let isWhole = true;
  const take = (recorder: number, sample: Sample, isTaken: boolean): void => {
    const { metric, attributes, resource, isDelta } = sample;
    const key = JSON.stringify([recorder, metric, attributes, resource, isDelta]);
    if (!known.has(key) && known.size >= mostSeries) {
      isWhole = false;
      return;
    }
    const own = known.get(key) ?? {
      ...{ recorder, metric, attributes, resource, isDelta },
      streams: [],
      refused: 0,
    };
    known.set(key, own);
    if (!isTaken) {
      own.refused++;
      return;
    }
    addSample(own, sample);
    for (const traceId of sample.traceIds) {
      if (exemplars.size < mostExemplars) {
        exemplars.set(`${recorder}/${traceId}`, { recorder, traceId });
      }
    }
  };
  return {
    request: (recorder, record) => {
      const samples = readSamples(record, seriesOf);
      if (samples.length > 0) open.set(`${recorder}/${record.request}`, samples);
    },
    answered: (recorder, request, isTaken) => {
      const key = `${recorder}/${request}`;
      for (const sample of open.get(key) ?? []) take(recorder, sample, isTaken);
      open.delete(key);
    },
    finish: () => ({ series: [...known.values()], exemplars: [...exemplars.values()], isWhole }),
  };
}

/** What was read of several recorders, one after the other, as if one reader had read them all. */
export function joinSeries(read: readonly MadeSeries[]): MadeSeries {
  const series = read.flatMap((own) => own.series);
  return {
    series: series.slice(0, mostSeries),
    exemplars: read.flatMap((own) => own.exemplars).slice(0, mostExemplars),
    isWhole: series.length <= mostSeries && read.every((own) => own.isWhole),
  };
}

/** Undefined series are no concern of the load; what can't be read is said of its points. */
function readSamples(record: RequestRecord, seriesOf: FindSeries): Sample[] {
  if (isRemoteWrite(record.meta.path)) return [];
  const samples: Sample[] = [];
  let resource: Sample['resource'] = {};
  try {
    const bytes = messageOf(record);
    scanSamples(bytes, 0, bytes.length, {
      resource: (start, end) => {
        resource = decodeResource(bytes, start, end);
      },
      sample: (sample) => {
        if (seriesOf(sample.metric, undefined) === undefined) samples.push({ ...sample, resource });
      },
    });
  } catch {
    return [];
  }
  return samples;
}

/** Deltas add up; of what is cumulative each beginning is a stream with its latest value. */
function addSample(series: Draft, { isDelta, startMs, timeMs, value, sum }: Sample): void {
  const stream = series.streams.find((own) => isDelta || own.startMs === startMs);
  if (!stream) {
    const own = { startMs, firstMs: timeMs, lastMs: timeMs, value };
    series.streams.push({ ...own, ...(sum === undefined ? {} : { sum }) });
    return;
  }
  if (isDelta) {
    stream.value += value;
    if (sum !== undefined) stream.sum = (stream.sum ?? 0) + sum;
  } else if (timeMs >= stream.lastMs) {
    stream.value = value;
    if (sum !== undefined) stream.sum = sum;
  }
  stream.firstMs = Math.min(stream.firstMs, timeMs);
  stream.lastMs = Math.max(stream.lastMs, timeMs);
}
