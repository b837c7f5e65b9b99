import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProxyName } from '../scenario/apps.ts';
import { until } from '../shell/until.ts';
import { strippedBy } from './app-proxy.ts';

const lookEveryMs = 500;
const wholeWithinMs = 5_000;

/**
 * Of how many requests a proxy took headers out, by its access log, once no more is written of
 * them: a log lags behind what it tells.
 *
 * @param pod of the proxy's program
 */
export async function strippedRequests(
  runFolder: string,
  pod: string,
  proxy: ProxyName,
): Promise<number> {
  let before = -1;
  const settled = await until(wholeWithinMs, lookEveryMs, () => {
    const now = countIn(runFolder, pod, proxy);
    const isSame = now === before;
    before = now;
    return isSame ? now : undefined;
  });
  return settled ?? before;
}

function countIn(runFolder: string, pod: string, proxy: ProxyName): number {
  const folder = join(runFolder, 'evidence', 'logs');
  const logs = readdirSync(folder).filter((name) => name.startsWith(`${pod}.`));
  const lines = logs.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
  return lines.filter((line) => strippedBy(line, proxy)).length;
}
