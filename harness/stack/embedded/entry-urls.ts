import { entryUrl } from '../../pipeline/entry.ts';
import type { Signal } from '../../pipeline/types.ts';
import type { Entries, SignalEntry } from '../types.ts';
import type { EntryPoints, InnerStarted } from './protocol.ts';

/** The URLs of each signal's way in. */
export const urlsOf = ({ traces, logs, metrics }: InnerStarted['entries']): Entries => ({
  traces: entryOf(traces, 'traces'),
  logs: entryOf(logs, 'logs'),
  metrics: entryOf(metrics, 'metrics'),
});

const entryOf = ({ by, points, ...way }: EntryPoints, signal: Signal): SignalEntry => ({
  by,
  urls: points.map(({ host, port }) => entryUrl(way, `${host}:${port}`, signal)),
});
