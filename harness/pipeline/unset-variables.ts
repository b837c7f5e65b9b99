import type { Place } from '../lib/errors.ts';
import type { Plain } from './read.ts';
import { textsIn } from './texts-in.ts';
import type { Workload } from './types.ts';

/** What every container has, or gets of Kubernetes: links to the Services of its namespace. */
const given = /^(HOME|HOSTNAME|PATH|KUBERNETES_\w+|\w+_SERVICE_(HOST|PORT)(_\w+)?)$/;

const variable = /(?<!\$)\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)\}/g;

interface Configured {
  readonly workload: Pick<Workload, 'environment'>;
  readonly config: Plain;
  readonly place: (path: readonly PropertyKey[]) => Place;
}

/**
 * Variables of a configuration that nothing of the folder sets. The collector takes each for empty
 * (confmap v1.58.0, provider/envprovider), which many a component does not start with.
 *
 * @returns a note, or none
 */
export function saidOfUnset(who: string, { workload, config, place }: Configured): string[] {
  const known = new Set(workload.environment.map(({ name }) => name));
  const found = new Map<string, string>();
  for (const [path, written] of textsIn(config)) {
    for (const [, name = ''] of written.matchAll(variable)) {
      if (known.has(name) || given.test(name) || found.has(name)) continue;
      const { file, line } = place(path);
      found.set(name, `${file}:${line}`);
    }
  }
  if (found.size === 0) return [];
  const names = [...found].map(([name, at]) => `${name} (${at})`).join(', ');
  return [`${who}: nothing of the folder sets ${names}, so the collector takes that for empty`];
}
