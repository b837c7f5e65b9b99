import { type Config, movedFrom } from './configs.ts';
import { parsePath, type ResourceEdit } from './edits.ts';
import { isOlderThan, versionsOf } from './project-versions.ts';
import type { Resource } from './types.ts';

interface Told {
  readonly notes: Set<string>;
  readonly resources: readonly Resource[];
}

/** From here on `$NAME` is a text as any other (v0.104.0, confmap.unifyEnvVarExpansion). */
const takenAwayIn = 104;

/**
 * Writes `$NAME` as `${env:NAME}` where the collector that a configuration is written for knows
 * both, and the one that runs it the second alone (confmap/converter/expandconverter v0.103.0).
 */
export function bracedVariables(
  { resource, value, edit }: Config,
  { notes, resources }: Told,
): ResourceEdit[] {
  const versions = versionsOf(resource, resources);
  if (versions.length === 0 || !versions.every((version) => isOlderThan(takenAwayIn, version)))
    return [];
  return textsIn(value, '').flatMap(({ path, written }): ResourceEdit[] => {
    const to = written.replace(bare, (_, before: string, name: string) => {
      notes.add(
        `${resource.kind}/${resource.name}: $${name} is written \${env:${name}} here: collectors from 0.104 on know it by that alone`,
      );
      return `${before}\${env:${name}}`;
    });
    return to === written ? [] : [edit(path, to, movedFrom(...parsePath(path)))];
  });
}

/** Not behind another one, which makes a plain `$` of the two. */
const bare = /((?:^|[^$])(?:\$\$)*)\$([A-Za-z_][A-Za-z0-9_]*)/g;

interface Found {
  readonly path: string;
  readonly written: string;
}

function textsIn(value: unknown, path: string): Found[] {
  if (typeof value === 'string') return [{ path, written: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const step = Array.isArray(value) ? `[${key}]` : `["${key}"]`;
    return textsIn(inner, path === '' ? key : path + step);
  });
}
