import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../lib/errors.ts';
import type { AcquireSettings } from '../acquire/index.ts';
import type { StartStack } from '../types.ts';
import { borrow } from './borrow.ts';
import { checkDocker, removeRun } from './cluster.ts';
import { createCommands } from './commands.ts';
import { runNames } from './names.ts';
import {
  clusterNameIn,
  fingerprintNow,
  type KindSettings,
  kindBinaryOf,
  ownerNow,
} from './settings.ts';
import { startInCluster } from './start.ts';
import { sweepKind } from './sweep.ts';

/**
 * A runtime that makes a kind cluster for each run: cert-manager, the operator and the pipeline's
 * own resources as they are; the tap and k6 beside it. Everything goes with the run.
 */
export function createKindRuntime(settings: KindSettings): StartStack {
  return async (spec, onEvent, signal) => {
    if (spec.startRace) {
      throw new UserError('startRace: names of a real cluster can’t be withheld; run it embedded');
    }
    const run = createCommands(settings.acquire.environment);
    const docker = await checkDocker(run, signal);
    const configName = clusterNameIn(settings.configFile);
    const owner = ownerNow();
    const folder = join(spec.runFolder, 'kind');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const endings: (() => Promise<void> | void)[] = [
      () => rmSync(folder, { recursive: true, force: true }),
      () => removeRun(run, runNames(configName, owner).run),
    ];
    const end = (): Promise<void> => endAll(endings);
    try {
      const kindBinary = await kindBinaryOf(spec.binaries, settings.acquire, onEvent, signal);
      const fingerprint = await fingerprintNow(settings);
      const borrower = { owner, configName, pipeline: spec.pipeline, fingerprint };
      const warm = await borrow(run, borrower, onEvent, signal);
      if (warm) endings.push(warm.giveBack);
      return await startInCluster({
        spec,
        onEvent,
        signal,
        run,
        names: runNames(configName, owner, warm?.cluster),
        warm: warm?.kube,
        configName,
        configFile: settings.configFile,
        kindBinary,
        acquire: settings.acquire,
        kubeconfigFile: join(folder, 'kubeconfig'),
        scratchFolder: folder,
        user: userInside(docker.rootless),
        atEnd: (ending) => endings.push(ending),
        end,
      });
    } catch (error) {
      onEvent('removing the cluster');
      await end().catch((left: unknown) => onEvent(String(left)));
      throw error;
    }
  };
}

/**
 * Makes sure that Docker answers and removes what dead runs left in it.
 * @param environment what `main.ts` read of the environment
 * @throws UserError where there is no Docker
 */
export async function readyKind(
  environment: AcquireSettings['environment'],
  onEvent: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const run = createCommands(environment);
  await checkDocker(run, signal);
  await sweepKind(run, onEvent);
}

/** Last in, first out; each is tried, whatever the others came to. */
async function endAll(endings: (() => Promise<void> | void)[]): Promise<void> {
  const errors: unknown[] = [];
  for (let ending = endings.pop(); ending; ending = endings.pop()) {
    try {
      await ending();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, errors.map(String).join('; '));
}

/** Files that containers write are the user's, as if they were written outside. */
function userInside(rootless: boolean): string | undefined {
  if (rootless || !process.getuid || !process.getgid) return '0:0';
  return `${process.getuid()}:${process.getgid()}`;
}
