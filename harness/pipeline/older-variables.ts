import { type Config, movedFrom } from './configs.ts';
import type { ResourceEdit } from './edits.ts';
import { isOlderThan, writtenImages } from './project-versions.ts';
import { textsIn } from './texts-in.ts';
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
  const images = writtenImages(resource, resources);
  if (images.length === 0 || !images.every((image) => isOlderThan(takenAwayIn, image))) return [];
  return textsIn(value).flatMap(([path, written]): ResourceEdit[] => {
    const to = written.replace(bare, (_, before: string, name: string) => {
      notes.add(
        `${resource.kind}/${resource.name}: $${name} is written \${env:${name}} here: collectors from 0.104 on know it by that alone`,
      );
      return `${before}\${env:${name}}`;
    });
    return to === written ? [] : [edit(dotted(path), to, movedFrom(...path))];
  });
}

/** Not behind another one, which makes a plain `$` of the two. */
const bare = /((?:^|[^$])(?:\$\$)*)\$([A-Za-z_][A-Za-z0-9_]*)/g;

/** The first is a plain word: a section of the configuration. */
const dotted = ([first, ...rest]: readonly PropertyKey[]): string =>
  String(first) +
  rest.map((key) => (typeof key === 'number' ? `[${key}]` : `["${String(key)}"]`)).join('');
