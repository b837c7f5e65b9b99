import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Refusal, TapCommand, TapEndpoint, TapReport } from '../tap/entry.ts';
import type { HiddenForm } from '../tap/hide.ts';
import type { Instead } from '../tap/instead.ts';
import type { TapCounts } from './types.ts';

/** A tap that is driven over its standard input, wherever it runs. */
export interface TapDriver {
  /** Resolves when the endpoint listens. */
  open(endpoint: TapEndpoint): Promise<void>;
  /** Stops listening at an address whose pod is gone. */
  shut(name: string): void;
  /** From now on what an endpoint stands for seems gone; resolves when it does. */
  refuse(name: string, instead?: Instead): Promise<void>;
  /** Ends that. @returns whom it met */
  accept(name: string): Promise<Refusal>;
  /** Writes the end records; resolves when all of it is on disk. */
  close(): Promise<void>;
  /** From now on its end is no death. */
  ending(): void;
}

export interface TapProcess {
  readonly input: Writable | null;
  readonly output: Readable | null;
  /** Resolves once it has ended, with how. */
  readonly ended: Promise<string>;
}

export interface TapEvents {
  /** By file, as the tap names it. */
  readonly onCounts: (counts: Record<string, TapCounts>) => void;
  /** The tap failed or ended unasked: evidence is lost then. */
  readonly onDeath: (message: string) => void;
}

/** @param hidden what the tap's records must not hold */
export function driveTap(
  { input, output, ended }: TapProcess,
  events: TapEvents,
  hidden: readonly HiddenForm[],
): TapDriver {
  interface Waiter {
    readonly resolve: (refusal?: Refusal) => void;
    readonly reject: (error: Error) => void;
  }
  const waiting = new Map<string, Waiter>();
  const state: { ending: boolean; end: Error | undefined } = { ending: false, end: undefined };
  const send = (command: TapCommand): void => {
    input?.write(`${JSON.stringify(command)}\n`);
  };
  const wait = (name: string): Promise<Refusal | undefined> =>
    new Promise((resolve, reject) => {
      if (state.end) reject(state.end);
      else waiting.set(name, { resolve, reject });
    });
  /** A later word on the same endpoint finds nobody waiting: then it is a failure of the run. */
  const take = (name: string) => {
    const waiter = waiting.get(name);
    waiting.delete(name);
    return waiter;
  };
  const hear = (report: TapReport): void => {
    if (report.event === 'counts') events.onCounts(report.counts as Record<string, TapCounts>);
    else if (report.event === 'open') take(report.name)?.resolve();
    else if (report.event === 'refusing') take(`refuse ${report.name}`)?.resolve();
    else if (report.event === 'accepting') take(`accept ${report.name}`)?.resolve(report.refusal);
    else if (report.event === 'unable') {
      const error = new Error(`tap ${report.name}: ${report.message}`);
      for (const asked of ['refuse', 'accept']) take(`${asked} ${report.name}`)?.reject(error);
    } else if (report.event === 'closed') take('close')?.resolve();
    else {
      const error = new Error(`tap ${report.name}: ${report.message}`);
      const waiter = take(report.name);
      if (waiter) waiter.reject(error);
      else events.onDeath(error.message);
    }
  };
  // Its end is told by itself; a write that comes too late says no more.
  input?.on('error', () => undefined);
  if (output) {
    createInterface({ input: output }).on('line', (line) => hear(JSON.parse(line) as TapReport));
  }
  void ended.then((how) => {
    state.end = new Error(`the tap ended (${how})`);
    for (const waiter of waiting.values()) waiter.reject(state.end);
    if (!state.ending) events.onDeath(state.end.message);
  });
  if (hidden.length > 0) send({ command: 'hide', forms: hidden });
  return {
    open: async (endpoint) => {
      send({ command: 'open', endpoint });
      await wait(endpoint.name);
    },
    shut: (name) => send({ command: 'shut', name }),
    refuse: async (name, instead) => {
      send({ command: 'refuse', name, instead });
      await wait(`refuse ${name}`);
    },
    accept: async (name) => {
      send({ command: 'accept', name });
      const refusal = await wait(`accept ${name}`);
      if (!refusal) throw new Error(`tap ${name}: did not say what it refused`);
      return refusal;
    },
    close: async () => {
      state.ending = true;
      send({ command: 'close' });
      await wait('close');
    },
    ending: () => {
      state.ending = true;
    },
  };
}
