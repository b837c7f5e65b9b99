import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { clickSampleOf } from './click-sample.ts';
import { type BlockFiles, createBlockReader, spansPerMsOf, writeBlocks } from './drive/blocks.ts';
import { askClicks } from './evidence/clicks/index.ts';
import { askBackends, askCollectorSeries, sampleSize } from './evidence/collect.ts';
import { beginIngest, finishIngest } from './evidence/ingest.ts';
import { machineFile } from './evidence/machine.ts';
import { saveRaw } from './evidence/raw.ts';
import { outcomesFile } from './evidence/recorded.ts';
import { sealRun } from './evidence/seal.ts';
import { saveJson } from './evidence/store.ts';
import { type Prober, startProber } from './evidence/visibility.ts';
import { runFaults } from './faults/index.ts';
import type { Receipt } from './faults/types.ts';
import { hideIn, hideInFile } from './hidden-data.ts';
import { type Journal, openJournal } from './journal/journal.ts';
import { messageOf } from './lib/errors.ts';
import { waysIn } from './pipeline/entry.ts';
import type { PreparedRun } from './prepare.ts';
import { probesOf } from './probes.ts';
import { recordOf } from './record-of.ts';
import type { Reporter, Stage } from './report/progress.ts';
import { decisionWaitMs, hopsOf, settle } from './settle.ts';
import { RunBroken, withBudget } from './shell/budget.ts';
import { followWallClock, nowMs, refuseShiftedClock } from './shell/clock.ts';
import { digestFile } from './shell/digest.ts';
import { watchMachine } from './shell/machine.ts';
import { numberEntries } from './stack/number-entries.ts';
import type { LoadProcess, RunningStack, StackSpec, StartStack } from './stack/types.ts';
import { stackSpecOf } from './stack-spec.ts';
import { budgetsMs } from './stage-budgets.ts';
import { createHiding } from './tap/hide.ts';
import { tearDown } from './tear-down.ts';

export interface RunHost {
  readonly start: StartStack;
  readonly binaries: StackSpec['binaries'];
  /** Of the sample application's services; undefined where the scenario has no users. */
  readonly appFolder?: string | undefined;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  /** Holds the pipeline up once the evidence is gathered (`--keep`). */
  readonly keep: ((stack: RunningStack, timings: Run['timings']) => Promise<void>) | undefined;
}

export const loadScript = join(import.meta.dirname, '..', 'fixtures', 'load', 'send-blocks.js');

/** k6 needs this long to read its script and make its workers. */
const loadLeadMs = 1_800;

/** What a run gathers as it goes from stage to stage. */
interface Run {
  readonly prepared: PreparedRun;
  readonly host: RunHost;
  readonly journal: Journal;
  readonly timings: Record<string, number>;
  /** Raised by the user, or by what breaks the run. */
  readonly stop: AbortController;
  /** Settles when the start has succeeded or failed; failure is undefined. */
  starting?: Promise<RunningStack | undefined>;
  stack?: RunningStack;
  startMs: number;
  blocks?: BlockFiles;
  begun?: Awaited<ReturnType<typeof beginIngest>>;
  prober?: Prober;
  machine?: ReturnType<typeof watchMachine>;
  load?: LoadProcess;
  receipts: readonly Receipt[];
  /** Why it did not come to rest; undefined where it did. */
  unsettled?: string | undefined;
  /** Everything is being ended: what goes now does not break. */
  closing?: boolean;
}

export interface RunEnd {
  /** Stage durations in milliseconds. */
  readonly timings: Run['timings'];
  /** What could not be ended, and why. */
  readonly left: readonly string[];
}

/**
 * THE main loop: stand the pipeline up, write the load, send it and break things, let it settle,
 * gather evidence. Whatever happens, what was recorded is saved and everything started is ended.
 * Judging is not part of it: it works on what is saved here.
 *
 * @throws Interrupted, RunBroken, BudgetError, UserError, or what went wrong
 */
export async function runScenario(prepared: PreparedRun, host: RunHost): Promise<RunEnd> {
  const journal = openJournal(prepared.runFolder, createHiding(prepared.hidden).text);
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  host.signal.addEventListener('abort', interrupt, { once: true });
  const run: Run = { prepared, host, journal, timings: {}, stop, startMs: 0, receipts: [] };
  const waitMs = decisionWaitMs(prepared.pipeline) + prepared.scenario.settleMs;
  let left: readonly string[] = [];
  followWallClock();
  const { hash, spans } = prepared.plan;
  const { sha256 } = digestFile(join(prepared.runFolder, 'plan.json'));
  journal.write('plan', { hash, spans: spans.count, sha256 });
  try {
    await host.reporter.run([
      stage(run, 'start the pipeline', budgetsMs.stack[prepared.source.runtime], startStack),
      stage(run, 'write the load', budgetsMs.load, writeLoad),
      stage(run, 'send the load', prepared.plan.loadMs + budgetsMs.load, sendLoad),
      stage(run, 'let it settle', waitMs + budgetsMs.tabling, letSettle),
      stage(run, 'gather evidence', budgetsMs.evidence, gatherEvidence),
    ]);
    if (host.keep && run.stack) await host.keep(run.stack, run.timings);
  } finally {
    host.signal.removeEventListener('abort', interrupt);
    left = await endAll(run);
    for (const what of left) host.reporter.line(what);
  }
  return { timings: run.timings, left };
}

/** What happened is told; where even the journal can't be written, the run is over. */
function tell(run: Run, event: string, details: Readonly<Record<string, unknown>>): void {
  try {
    run.journal.write(event, details);
  } catch (error) {
    run.stop.abort(new RunBroken(`the journal can't be written: ${messageOf(error)}`));
  }
}

type Say = (text: string) => void;
type Work = (run: Run, say: Say, signal: AbortSignal) => Promise<void>;

function stage(run: Run, title: string, budgetMs: number, work: Work): Stage {
  return {
    title,
    work: async (say) => {
      const startedMs = performance.now();
      run.journal.write('stage', { title });
      await withBudget(title, budgetMs, run.stop.signal, (signal) => work(run, say, signal));
      run.timings[title] = Math.round(performance.now() - startedMs);
    },
  };
}

async function startStack(run: Run, say: Say, signal: AbortSignal): Promise<void> {
  const { start, binaries, appFolder } = run.host;
  const onEvent = (text: string): void => {
    tell(run, 'stack', { text });
    say(text);
  };
  const starting = start(stackSpecOf(run.prepared, binaries, appFolder), onEvent, signal);
  run.starting = starting.catch(() => undefined);
  run.stack = await starting;
  void run.stack.broken.then((reason) => {
    if (run.closing) return;
    tell(run, 'broken', { reason });
    run.stop.abort(new RunBroken(reason));
  });
}

async function writeLoad(run: Run): Promise<void> {
  const { plan, runFolder } = run.prepared;
  const { addressOfPod, entries, loadLeadMs: leadMs = loadLeadMs } = run.stack as RunningStack;
  const numbered = numberEntries(entries);
  run.startMs = Math.ceil(nowMs() + plan.spans.count / spansPerMsOf(numbered) + leadMs);
  run.blocks = writeBlocks(
    plan,
    { startMs: run.startMs, addressOfPod, ...numbered },
    join(runFolder, 'blocks'),
  );
  run.journal.write('blocks', { bytes: run.blocks.bytes, startMs: run.startMs });
}

async function sendLoad(run: Run, say: Say, signal: AbortSignal): Promise<void> {
  const { prepared, startMs, journal } = run;
  const stack = run.stack as RunningStack;
  const { folder: blocksFolder, parts } = run.blocks as BlockFiles;
  const tempo = stack.backends.get('tempo');
  if (tempo) run.prober = startProber(tempo, probesOf(prepared, startMs), nowMs);
  const folder = prepared.runFolder;
  run.machine = watchMachine(machineFile(folder), nowMs);
  const loading = stack.runLoad(
    {
      script: loadScript,
      blocksFolder,
      parts,
      outcomesFile: outcomesFile(folder),
      startMs,
      usersUrl: stack.usersUrl,
      urls: numberEntries(stack.entries).urls,
    },
    signal,
  );
  const breaking = runFaults(prepared.plan.faults, stack, startMs, journal, signal);
  const timer = setInterval(() => say(loadProgress(run)), 500);
  try {
    // A fault that ends after the load still belongs to the run.
    [run.load, run.receipts] = await Promise.all([loading, breaking]);
  } finally {
    clearInterval(timer);
  }
  hideInFile(outcomesFile(folder), prepared.hidden);
  journal.write('load ended', { load: run.load });
  if (!signal.aborted) refuseShiftedClock();
  if (run.load.exitCode !== 0 && !signal.aborted) {
    const { exitCode, signal: how, lastLines } = run.load;
    const said = lastLines.join('\n');
    throw new RunBroken(
      `k6 ended with ${how ?? `exit code ${exitCode}`}; its last lines:\n${said}`,
    );
  }
}

function loadProgress({ prepared, startMs, stack }: Run): string {
  const passedMs = nowMs() - startMs;
  const total = prepared.plan.loadMs / 1_000;
  const requests = [...(stack?.tapCounts().values() ?? [])].reduce((sum, c) => sum + c.requests, 0);
  return `${(Math.max(0, passedMs) / 1_000).toFixed(0)} of ${total.toFixed(0)} s, ${requests} requests recorded`;
}

/** While the last traces wait for their decision there is time to table the plan. */
async function letSettle(run: Run, say: Say, signal: AbortSignal): Promise<void> {
  const { plan, runFolder, pipeline, scenario } = run.prepared;
  const stack = run.stack as RunningStack;
  const lastSentMs = run.startMs + plan.loadMs;
  const { settleMs } = scenario;
  [run.begun, run.unsettled] = await Promise.all([
    beginIngest(runFolder, plan, run.startMs, () => createBlockReader(run.blocks as BlockFiles)),
    settle({ pipeline, lastSentMs, settleMs, hops: () => hopsOf(stack), onProgress: say }),
  ]);
  if (run.unsettled !== undefined && !signal.aborted)
    tell(run, 'unsettled', { why: run.unsettled });
}

async function gatherEvidence(run: Run, say: Say): Promise<void> {
  const { plan, pipeline, runFolder } = run.prepared;
  const { journal } = run;
  const stack = run.stack as RunningStack;
  const source = () => createBlockReader(run.blocks as BlockFiles);
  const begun = run.begun as NonNullable<Run['begun']>;
  await run.prober?.stop();
  run.machine?.stop();
  const scraped = await askCollectorSeries(stack, pipeline);
  const raw = recordOf(run);
  journal.write('evidence', { step: 'series' });
  say('stopping the collectors');
  await stack.stopPipeline();
  const ended = { ...raw, lives: stack.lives() };
  saveRaw(runFolder, ended);
  journal.write('recorded', { run: ended });
  say('reading the records');
  const ingest = await finishIngest(runFolder, plan, ended, source, waysIn(pipeline), begun);
  journal.write('evidence', { step: 'tabled' });
  say('asking the backends');
  const asked = await ingest.deliveredTraces(sampleSize);
  const sample = await clickSampleOf(run.prepared, ingest);
  const probes = run.prober?.probes() ?? [];
  journal.write('asked', { traceIds: asked, probes: probes.map(({ traceId }) => traceId) });
  const isLabelled = run.prepared.scenario.expect.some(({ check }) => check === 'labelled');
  const instanceIds = isLabelled ? plan.pods.map(({ uid }) => uid) : undefined;
  const window = { fromMs: run.startMs - 60_000, toMs: raw.endMs + 60_000 };
  const [answers, recorded] = await Promise.all([
    askBackends(stack, asked, scraped, probes, window, instanceIds),
    ingest.save(),
  ]);
  const { links } = pipeline;
  if (links && sample) {
    say('following the links');
    const clicks = await askClicks(links, stack.backends, sample, window);
    saveJson(runFolder, 'clicks', hideIn(clicks, run.prepared.hidden));
  }
  saveJson(runFolder, 'answers', hideIn(answers, run.prepared.hidden));
  journal.write('evidence', { step: 'saved' });
  sealRun(runFolder, ended, recorded);
}

async function endAll(run: Run): Promise<readonly string[]> {
  const { prepared, starting, stack, prober, stop } = run;
  run.closing = true;
  run.machine?.stop();
  const whole = run.timings['gather evidence'] !== undefined;
  const { left, errors } = await tearDown({
    starting: stack ? Promise.resolve(stack) : starting,
    prober,
    // What broke may take the collectors' way out with it: they are not asked to leave politely.
    politely: !whole && !(stop.signal.reason instanceof RunBroken),
    save: ({ lives }) => {
      if (!whole) saveRaw(prepared.runFolder, { ...recordOf(run), lives: lives() });
    },
    closeMs: budgetsMs.close,
    stopMs: budgetsMs.stop[prepared.source.runtime],
  });
  rmSync(join(prepared.runFolder, 'spill'), { recursive: true, force: true });
  tell(run, 'end', { whole, errors });
  return left;
}
