import { UserError } from '../lib/errors.ts';
import type { Reporter } from '../report/progress.ts';
import { installApp } from '../stack/acquire/app.ts';
import { acquireBinaries, type BinaryName } from '../stack/acquire/index.ts';
import type { StackSpec } from '../stack/types.ts';
import type { Host } from './host.ts';

/**
 * Obtains programs, telling what takes time.
 * @throws UserError naming what can't be had, and why
 */
export async function acquire(
  binaries: readonly BinaryName[],
  host: Host,
  reporter: Reporter,
): Promise<StackSpec['binaries']> {
  let last = '';
  const acquired = await acquireBinaries(
    binaries,
    host.acquire,
    ({ name, source, text }) => {
      if (text === last || source === 'mirror' || source === 'cache') return;
      last = text;
      reporter.line(`  ${name}: ${text}`);
    },
    host.signal,
  );
  return new Map(acquired.map((binary) => [binary.name, binary]));
}

/** More beside those that are there. What can't be had is said: something stands for it. */
export async function acquireMore(
  names: readonly BinaryName[],
  got: StackSpec['binaries'],
  host: Host,
  reporter: Reporter,
): Promise<StackSpec['binaries']> {
  try {
    return new Map([...got, ...(await acquire(names, host, reporter))]);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    reporter.line(`  ${error.message.split('\n').join('\n  ')}`);
    return got;
  }
}

/** Programs that the sample application runs beside its own services. */
const appBinaries: readonly BinaryName[] = ['caddy', 'nats-server'];

/** The same for the sample application: its programs beside those of the pipeline, its services. */
export async function acquireApp(
  name: string,
  got: StackSpec['binaries'],
  host: Host,
  reporter: Reporter,
): Promise<{ readonly binaries: StackSpec['binaries']; readonly folder: string }> {
  const own = await acquire(appBinaries, host, reporter);
  const onEvent = (text: string): void => reporter.line(`  ${name}: ${text}`);
  const folder = await installApp(name, host.acquire, onEvent, host.signal);
  return { binaries: new Map([...got, ...own]), folder };
}
