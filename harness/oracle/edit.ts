import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { extname, join } from 'node:path';
import { type Random, random } from '../plan/random.ts';
import { formatOf, type Value } from './formats.ts';
import { at, type EditKind, editKinds, mutate, type Path, placesIn } from './mutate.ts';

/** One edit of a run's evidence, as it was done. */
export interface Edit {
  readonly file: string;
  readonly kind: EditKind;
  /** Where in the file; undefined where it is the file itself. */
  readonly path: Path | undefined;
  readonly before: Value | undefined;
  readonly after: Value | undefined;
  /** The values around it, such as a record of which one field was edited. */
  readonly around: Value | undefined;
  /** The other file, where two changed places. */
  readonly sibling?: string | undefined;
  /** Copies of queues of which nothing is asked. */
  readonly isUnasked?: boolean;
}

/** Share of edits that are of whole files. */
const wholeShare = 0.12;
/** Of what was made of the record, which is made again where it is not as it was made. */
const derivedShare = 0.06;
const tries = 500;

/** Tables and what else is made of the record. */
export const isDerived = (file: string): boolean =>
  /\.parquet$/.test(file) ||
  (/^evidence\/[a-z]+\.json$/.test(file) && !/answers|clicks/.test(file));

/** All evidence of a run: what was recorded, and what was made of it. */
export const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((name) => name !== 'seal.json' && !name.endsWith('recorded.json'))
    .sort();

/**
 * Does one edit, drawn by seed, to a run's folder.
 * @param others folder of another run, for what is foreign
 */
export function editRun(folder: string, others: string, seed: number): Edit {
  const stream = random(seed, 'edit');
  const files = filesOf(folder);
  const isOfDerived = stream.unit() < derivedShare;
  for (let i = 0; i < tries; i++) {
    const pool = files.filter((name) => isDerived(name) === isOfDerived);
    const file = pool[stream.below(pool.length)] as string;
    const kind = editKinds[stream.below(editKinds.length)] as EditKind;
    const isWhole = stream.unit() < wholeShare || !formatOf(file);
    const edit = isWhole
      ? editFile(folder, others, file, kind, stream)
      : editPlace(folder, others, file, kind, stream);
    if (edit) return edit;
  }
  throw new Error(`seed ${seed}: nothing to edit in ${folder}`);
}

function editFile(
  folder: string,
  others: string,
  file: string,
  kind: EditKind,
  stream: Random,
): Edit | undefined {
  const path = join(folder, file);
  const bytes = readFileSync(path);
  const siblings = filesOf(folder).filter((f) => f !== file && extname(f) === extname(file));
  const sibling =
    kind === 'swap' ? siblings[stream.below(Math.max(1, siblings.length))] : undefined;
  if (kind === 'delete') rmSync(path);
  else if (kind === 'empty') writeFileSync(path, '');
  else if (kind === 'cut') writeFileSync(path, bytes.subarray(0, bytes.length >> 1));
  else if (kind === 'foreign' && existsSync(join(others, file))) {
    copyFileSync(join(others, file), path);
  } else if (sibling !== undefined) {
    copyFileSync(join(folder, sibling), path);
    writeFileSync(join(folder, sibling), bytes);
  } else return undefined;
  if (existsSync(path) && readFileSync(path).equals(bytes)) return undefined;
  const isLog = file.endsWith('.log') && existsSync(path);
  const [before, after] = isLog ? [bytes.toString(), readFileSync(path, 'utf8')] : [];
  const isUnasked = [file, sibling ?? file].every((name) => isUnaskedQueue(folder, name));
  return { file, kind, path: undefined, before, after, around: undefined, sibling, isUnasked };
}

/** A queue of a pod’s last life, which the bench ended; or of points, known by nothing there. */
function isUnaskedQueue(folder: string, file: string): boolean {
  const [, before, life, name = ''] = /^(evidence\/queues\/.+)\.(\d+)\/\d+\/(.+)$/.exec(file) ?? [];
  if (before === undefined) return false;
  return name.endsWith('_metrics') || !existsSync(join(folder, `${before}.${Number(life) + 1}`));
}

function editPlace(
  folder: string,
  others: string,
  file: string,
  kind: EditKind,
  stream: Random,
): Edit | undefined {
  const format = formatOf(file);
  const full = join(folder, file);
  if (!format) return undefined;
  const bytes = readFileSync(full);
  const root = format.read(bytes);
  const places = placesIn(root);
  const path = places[stream.below(Math.max(1, places.length))];
  if (!path) return undefined;
  const original = structuredClone(root);
  const otherFile = join(others, file);
  const other = existsSync(otherFile) ? format.read(readFileSync(otherFile)) : undefined;
  try {
    if (!mutate(root, path, kind, stream, other)) return undefined;
    const written = format.write(root);
    if (written.equals(format.write(original))) return undefined;
    writeFileSync(full, written);
  } catch {
    return undefined;
  }
  return {
    file,
    kind,
    path,
    before: at(original, path),
    after: at(root, path),
    around: at(original, path.slice(0, -1)),
  };
}
