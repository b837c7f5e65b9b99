import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { UserError } from '../lib/errors.ts';
import { createReporter } from '../report/progress.ts';
import { runtimes } from '../runtimes.ts';
import { answer, queueLoadOf } from '../sizing/answer.ts';
import { boundPlan } from '../sizing/bound.ts';
import { aroundOf, bracketOf } from '../sizing/knee.ts';
import { patchYaml } from '../sizing/patch.ts';
import { renderSizeHtml, renderSizeMarkdown } from '../sizing/report.ts';
import {
  furtherScoutSteps,
  heldSteps,
  kneeSteps,
  scoutSteps,
  stairSteps,
} from '../sizing/schedule.ts';
import type { Asked, BoundSeen, Measurement } from '../sizing/types.ts';
import type { Window } from '../sizing/windows.ts';
import { acquire } from './acquire.ts';
import type { Host } from './host.ts';
import { measure, putToTheTest, type Rung, type RungOptions, type Work } from './size-rungs.ts';

export interface SizeOptions extends Asked, RungOptions {
  readonly fromSpansPerSecond: number;
  readonly quick: boolean;
}

const heldOutPoints = 10;

const notTested = [
  'other shapes of traffic: spans per request, bytes per span, spans per trace, share kept',
  'memory against decision_wait and num_traces: it was fitted against the rate alone',
  'what a queue on disk takes, and retries that give up in an outage of minutes',
  'three times the rate: what breaks first',
  'steal of the machine, and other work on it',
];

/**
 * `bench size --for 50000spans/s`: looks where about the knee of a tier lies, measures it by a
 * staircase of load around that and by rates held out from the fit, finds the knee once more, puts
 * the queue to the test where an outage is asked, and sizes the tier for a rate.
 * @returns 0 where it is sized, 2 where that is not proved
 * @throws UserError where the tier can't be sized, or a run broke off
 */
export async function sizeCommand(options: SizeOptions, host: Host): Promise<0 | 2> {
  const folder = folderOf(options, host);
  const reporter = createReporter(host.interactive, host.write);
  const runtime = runtimes.embedded;
  await runtime.ready(host.acquire, (text) => reporter.line(`  ${text}`), host.signal);
  const binaries = await acquire(runtime.binaries, host, reporter);
  const { headroom: _, outageMs: __, spansPerSecond: ___, ...inputs } = options;
  const work: Work = { options: inputs, folder, host, reporter, binaries };
  const measurement = await measureAll(options, work);
  writeFileSync(join(folder, 'measurement.json'), JSON.stringify(measurement, undefined, 1));
  writeFileSync(join(host.reportsFolder, sizings, 'latest.json'), JSON.stringify({ folder }));
  return tell(measurement, options, folder, host);
}

async function measureAll(options: SizeOptions, work: Work): Promise<Measurement> {
  const { fromSpansPerSecond, windowSeconds: forSeconds, quick, seed } = options;
  const scouted = await scout(options, work);
  const around = aroundOf(scouted);
  if (!around) {
    const [{ bad, invalid } = {}] = scouted;
    throw new UserError(
      `not even ${fromSpansPerSecond} spans/s were carried: it ${bad ?? invalid}. Hint: --from a lower rate`,
    );
  }
  const held = heldSteps(around, { count: heldOutPoints, seed, forSeconds });
  const fit = await measure(
    'fit',
    stairSteps(around, { count: quick ? 7 : 10, forSeconds, seed }),
    work,
  );
  const { lastGood, firstBad } = bracketOf(fit.windows);
  const again = firstBad === undefined ? [] : kneeSteps(lastGood, firstBad, forSeconds);
  const proof = await measure('held', [...held, ...again], work);
  const windows = [...scouted, ...fit.windows, ...proof.windows];
  const measured = { ...fit, windows, quick, seed, notTested };
  const bounds = options.outageMs === undefined ? [] : await boundsOf(measured, work);
  return { ...measured, bounds };
}

/** Doubles the load until it is not carried, or the sender or the machine can do no more. */
async function scout(
  { fromSpansPerSecond, windowSeconds, quick }: SizeOptions,
  work: Work,
): Promise<Window[]> {
  const windows: Window[] = [];
  let steps = scoutSteps(fromSpansPerSecond, quick ? 5 : 6, windowSeconds);
  for (let name = 'scout'; steps.length > 0; name = `scout-${windows.length + 1}`) {
    windows.push(...(await measure(name, steps, work)).windows);
    steps = furtherScoutSteps(windows, windowSeconds);
  }
  return windows;
}

async function boundsOf(
  measured: Rung & Omit<Measurement, 'bounds'>,
  work: Work,
): Promise<BoundSeen[]> {
  const load = queueLoadOf(measured);
  const { backend } = measured.tier;
  const plan = load && boundPlan(measured.tier, load);
  if (!plan || backend === undefined) return [];
  const seen: BoundSeen[] = [];
  for (const run of plan.runs) seen.push(await putToTheTest(run, plan, backend, work));
  return seen;
}

/**
 * `bench size latest --for 120000spans/s`: the last measurement, asked for another rate.
 * @throws UserError where there is none
 */
export function sizeLatestCommand(asked: Asked, host: Host): 0 | 2 {
  const file = join(host.reportsFolder, sizings, 'latest.json');
  if (!existsSync(file)) throw new UserError('nothing was sized yet. Hint: leave `latest` out');
  const { folder } = JSON.parse(readFileSync(file, 'utf8')) as { folder: string };
  const text = readFileSync(join(folder, 'measurement.json'), 'utf8');
  const stored = JSON.parse(text) as Omit<Measurement, keyof typeof added> & Partial<Measurement>;
  return tell({ ...added, ...stored }, asked, folder, host);
}

/** What measurements of older benches do not say. */
const added: Pick<Measurement, 'bounds' | 'quick'> = { bounds: [], quick: false };

const sizings = '_size';

/** One folder a set of options, so that it can be taken up again. */
function folderOf(options: SizeOptions, { reportsFolder }: Host): string {
  const { scenario, tier = 'sampler', seed } = options;
  const folder = join(reportsFolder, sizings, `${scenario}-${tier}-${seed}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

function tell(measurement: Measurement, asked: Asked, folder: string, { write }: Host): 0 | 2 {
  const sized = answer(measurement, asked);
  const yaml = patchYaml(measurement, asked, sized);
  const markdown = renderSizeMarkdown(measurement, asked, sized);
  writeFileSync(join(folder, 'size.md'), markdown);
  writeFileSync(join(folder, 'size.html'), renderSizeHtml(measurement, asked, sized));
  writeFileSync(join(folder, 'size.json'), JSON.stringify({ asked, ...sized }, undefined, 1));
  // Empty where an earlier rate was proved and this one is not: nobody may apply that by mistake.
  writeFileSync(join(folder, 'size.yaml'), yaml ?? '# not proved: see size.md\n');
  write(`${markdown}\n${relative(process.cwd(), folder)}\n`);
  return sized.refusals.length === 0 ? 0 : 2;
}
