import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join, normalize, sep } from 'node:path';
import { mapAtOnce, throwProblems, UserError } from './lib/errors.ts';
import { kustomizationNames, piped, readKustomization } from './pipeline/kustomization.ts';
import { isFolder, namesIn, readTextFile, type TextFile } from './shell/folder.ts';
import { type Kustomize, kustomize } from './shell/kustomize.ts';

/** Manifests that another program renders, in the stead of a folder's name. */
export const standardInput = '-';

/** More files, or folders in each other, are no pipeline: some other folder was meant. */
const mostFiles = 500;
const mostLevels = 12;

/**
 * The manifests of a folder and of those in it; of a kustomization, what it lists, or makes of it.
 * @throws UserError where there are none, one can't be read, or something has to be rendered first
 */
export function readPipelineFiles(folder: string, render: Kustomize = kustomize): TextFile[] {
  if (!isFolder(folder)) {
    throw new UserError(`${folder}: no such folder. Hint: name a folder of Kubernetes YAML files`);
  }
  const files = [...new Set(filesIn(folder, { above: [], known: new Set(), render }))];
  if (files.length === 0) {
    const hint = 'name a folder of Kubernetes YAML files';
    throw new UserError(`${folder}: no .yaml file in it. Hint: ${hint}`);
  }
  if (files.length > mostFiles) {
    const found = `${files.length} .yaml files, at most ${mostFiles} are read`;
    throw new UserError(`${folder}: ${found}. Hint: name the folder of one pipeline's manifests`);
  }
  return mapAtOnce(files, (file) => (typeof file === 'string' ? readTextFile(file) : file));
}

interface Walk {
  /** The folders that led here; all of them whole, without links. */
  readonly above: readonly string[];
  /** Those that were read: one is there once, however often it is listed. */
  readonly known: Set<string>;
  readonly render: Kustomize;
}

/** Paths of the files, in the order of their names, and what was rendered. */
function filesIn(folder: string, { above, known, render }: Walk): (string | TextFile)[] {
  const own = realpathSync(folder);
  if (above.includes(own)) {
    const hint = 'take the link, or the line of the kustomization, away';
    throw new UserError(`${folder}: leads back to a folder that leads here. Hint: ${hint}`);
  }
  if (above.length > mostLevels) {
    throw new UserError(`${folder}: folders more than ${mostLevels} levels deep in each other`);
  }
  if (known.has(own)) return [];
  known.add(own);
  const inside: Walk = { above: [...above, own], known, render };
  const names = namesIn(folder).filter((name) => !/^\.|^node_modules$/.test(name));
  if (names.includes('Chart.yaml')) {
    const command = piped(`helm template ${folder}`);
    throw new UserError(`${folder}: a Helm chart has to be rendered first. Hint: ${command}`);
  }
  const kustomization = kustomizationNames.find((name) => names.includes(name));
  if (kustomization !== undefined) return listedIn(folder, kustomization, inside);
  return names.flatMap((name) => {
    const path = join(folder, name);
    if (/\.ya?ml$/.test(name)) return [path];
    return isFolder(path) ? filesIn(path, inside) : [];
  });
}

function listedIn(folder: string, name: string, inside: Walk): (string | TextFile)[] {
  const { path, text } = readTextFile(join(folder, name));
  const { resources, problems, beyond } = readKustomization(path, text, folder);
  throwProblems(problems);
  if (beyond.length > 0) {
    const rendered = inside.render(folder);
    if (rendered === undefined) throwProblems(beyond);
    else return [{ path: `${path}, rendered`, text: rendered }];
  }
  return mapAtOnce(resources, (resource) => {
    const listed = normalize(join(folder, resource));
    if (!existsSync(listed)) {
      throw new UserError(`${path}: it lists ${resource}, which is not there. Hint: mend the path`);
    }
    if (isFolder(listed)) return filesIn(listed, inside);
    if (realpathSync(listed).startsWith(`${realpathSync(folder)}${sep}`)) return [listed];
    const flag = '--load-restrictor=LoadRestrictionsNone';
    const hint = `kubectl takes it with ${piped(`kubectl kustomize ${flag} ${folder}`)}`;
    throw new UserError(`${path}: it lists ${resource}, a file outside its folder. Hint: ${hint}`);
  }).flat();
}

let read: TextFile | undefined;

/**
 * Manifests from the standard input, which can be read once: every later call has them again.
 * @throws UserError where nothing is piped into the bench
 */
export function readStandardInput(isTerminal = process.stdin.isTTY): TextFile {
  if (read) return read;
  const text = isTerminal ? '' : readFileSync(0, 'utf8');
  if (text.trim() === '') {
    const hint = piped('helm template <chart>');
    throw new UserError(`--pipeline -: nothing came by the standard input. Hint: ${hint}`);
  }
  read = { path: 'standard-input.yaml', text };
  return read;
}
