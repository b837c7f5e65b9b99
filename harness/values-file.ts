import { type Problem, throwProblems } from './lib/errors.ts';
import { parseYaml } from './lib/yaml.ts';
import { at } from './pipeline/read.ts';
import { readTextFile, type TextFile } from './shell/folder.ts';

/**
 * The file that gives Secrets which the manifests name and do not have. It counts as one of theirs:
 * nothing that is saved holds the values.
 * @throws UserError where it can't be read, or holds anything else
 */
export function readValuesFile(path: string): TextFile {
  const file = readTextFile(path);
  const { documents, problems } = parseYaml(file.path, file.text);
  const others = documents.flatMap(({ value, place }): Problem[] => {
    const kind = at(value, 'kind');
    if (kind === 'Secret') return [];
    const message = `found ${typeof kind === 'string' ? kind : 'no resource'}, expected Secrets only`;
    return [{ place: place(['kind']), message, hint: 'what else there is belongs to the folder' }];
  });
  throwProblems([...problems, ...others]);
  return file;
}
