import type { Server } from 'node:net';
import { createInterface } from 'node:readline';
import { listenAnswering } from './answering.ts';
import type { TapIdentity } from './format.ts';
import { createGate, type Gate, type Refused } from './gate.ts';
import { listenGrpc } from './grpc.ts';
import { createHiding, type HiddenForm } from './hide.ts';
import { listenHttp } from './http.ts';
import type { Instead } from './instead.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import {
  type Address,
  type ListenAddress,
  listenInFront,
  passOn,
  type UpstreamAddress,
} from './upstream.ts';

/**
 * The tap's process. Its first line of standard input is the list of endpoints; further lines are
 * commands. It ends when its input does: a tap never outlives the run.
 */
export interface TapEndpoint {
  readonly name: string;
  /** `tcp` passes bytes on without a record; `silent` keeps one, but nobody listens there. */
  readonly protocol: 'grpc' | 'http' | 'tcp' | 'silent';
  readonly listen: ListenAddress;
  /** `nobody`: the tap itself takes what comes, as an OTLP endpoint does. */
  readonly upstream: UpstreamAddress | 'nobody';
  /** Where the record goes; ignored for `tcp`. */
  readonly file: string;
  /** What the record says of itself; none for `tcp`. */
  readonly identity?: TapIdentity;
}

export type TapCommand =
  /** The first, where there is something that no record may hold. */
  | { readonly command: 'hide'; readonly forms: readonly HiddenForm[] }
  | { readonly command: 'open'; readonly endpoint: TapEndpoint }
  | { readonly command: 'shut'; readonly name: string }
  /**
   * From now on the real endpoint seems gone: nothing connects, what is connected breaks. Or it
   * takes nothing, and is answered for.
   */
  | { readonly command: 'refuse'; readonly name: string; readonly instead?: Instead | undefined }
  | { readonly command: 'accept'; readonly name: string }
  | { readonly command: 'close' };

/** What became of those who wanted to send while an endpoint refused. */
export interface Refusal extends Refused {
  /** Requests that were under way when it began. */
  brokenRequests: number;
}

export type TapReport =
  | { readonly event: 'open'; readonly name: string }
  | { readonly event: 'refusing'; readonly name: string }
  | { readonly event: 'accepting'; readonly name: string; readonly refusal: Refusal }
  | { readonly event: 'counts'; readonly counts: Readonly<Record<string, unknown>> }
  /** What was asked of one endpoint can't be done; it goes on as it was. */
  | { readonly event: 'unable'; readonly name: string; readonly message: string }
  | { readonly event: 'closed' }
  | { readonly event: 'failed'; readonly name: string; readonly message: string };

const recorders = new Map<string, Recorder>();
const servers = new Map<string, Server>();
/** Of the endpoints that are recorded. */
const gates = new Map<string, { readonly gate: Gate; readonly recorder: Recorder }>();
const brokenRequests = new Map<string, number>();
const reportEveryMs = 250;
/** So long a backend's answer is waited for that its sender gave up. */
const followWithinMs = 30_000;
let hiding = createHiding([]);

const report = (message: TapReport): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`);
};

async function open(endpoint: TapEndpoint): Promise<void> {
  const { name, protocol, listen, file, identity } = endpoint;
  const fail = (error: Error): void => report({ event: 'failed', name, message: error.message });
  try {
    const upstream =
      endpoint.upstream === 'nobody'
        ? await listenAnswering(protocol === 'grpc' ? 'grpc' : 'http')
        : endpoint.upstream;
    if (protocol === 'tcp' || !identity) servers.set(name, await forwardTcp(listen, upstream));
    else {
      const recorder = recorders.get(file) ?? createRecorder(file, identity, fail, hiding);
      recorders.set(file, recorder);
      if (protocol === 'silent') return report({ event: 'open', name });
      // A collector is told when its sender gives up, as it is without a tap.
      const followMs = 'backend' in identity.hop ? followWithinMs : 0;
      const gate = createGate();
      const isTarget = 'target' in identity.hop;
      const server =
        protocol === 'grpc'
          ? listenGrpc(listen, upstream, recorder, followMs, gate)
          : listenHttp(listen, upstream, recorder, followMs, gate, isTarget);
      servers.set(name, await server);
      gates.set(name, { gate, recorder });
    }
    report({ event: 'open', name });
  } catch (error) {
    fail(error as Error);
  }
}

function forwardTcp({ host, port }: Address, upstream: Address): Promise<Server> {
  return listenInFront(
    { host, port },
    upstream,
    (downstream, real) => {
      passOn(downstream, real);
      return undefined;
    },
    () => undefined,
    createGate(),
  );
}

function refuse(name: string, instead: Instead | undefined): void {
  const { gate, recorder } = gates.get(name) ?? {};
  if (gate && recorder) {
    const open = recorder.counts.requests - recorder.counts.answers;
    brokenRequests.set(name, instead ? 0 : open);
    gate.close(instead);
    report({ event: 'refusing', name });
  } else reportUnable(name);
}

function accept(name: string): void {
  const refused = gates.get(name)?.gate.open();
  if (refused) {
    const refusal = { ...refused, brokenRequests: brokenRequests.get(name) ?? 0 };
    report({ event: 'accepting', name, refusal });
  } else reportUnable(name);
}

const reportUnable = (name: string): void =>
  report({ event: 'unable', name, message: 'nothing listens there that refuses' });

let previous = '';

function reportCounts(): void {
  const counts = Object.fromEntries([...recorders].map(([file, r]) => [file, { ...r.counts }]));
  const line = JSON.stringify(counts);
  if (line !== previous) report({ event: 'counts', counts });
  previous = line;
}

async function close(): Promise<void> {
  // One that can't be written has said so; the others are written to their ends.
  await Promise.allSettled([...recorders.values()].map((recorder) => recorder.close()));
  report({ event: 'closed' });
}

setInterval(reportCounts, reportEveryMs).unref();
const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  const command = JSON.parse(line) as TapCommand;
  if (command.command === 'open') void open(command.endpoint);
  else if (command.command === 'shut') servers.get(command.name)?.close();
  else if (command.command === 'refuse') refuse(command.name, command.instead);
  else if (command.command === 'accept') accept(command.name);
  else if (command.command === 'hide') hiding = createHiding(command.forms);
  else void close();
});
input.once('close', () => process.exit(0));
