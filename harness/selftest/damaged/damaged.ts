import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { random } from '../../plan/random.ts';
import { pipelinesFolder, type RunRequest } from '../../prepare.ts';
import { byteDamages, type Damage, oneOf } from './bytes.ts';
import { type ReadingProcess, startReading } from './read.ts';
import { treeDamages } from './tree.ts';

const damages: Readonly<Record<string, Damage>> = { ...byteDamages, ...treeDamages };
type DamageName = keyof typeof byteDamages | keyof typeof treeDamages;
export const damageNames = Object.keys(damages) as DamageName[];

/** What became of one damaged file. */
export interface DamagedResult {
  readonly damage: string;
  readonly outcome: 'accepted' | 'refused' | 'broken';
  /** Which file was made of which, and what is wrong with how it was read; for broken ones. */
  readonly complaint: string | undefined;
}

const scenariosFolder = join(pipelinesFolder, '..', '..', 'scenarios');
const rawManifests = join(import.meta.dirname, 'raw.yaml');

/** Files that are right, of each kind that a person writes. */
interface Bases {
  readonly steady: string;
  readonly scenarios: readonly string[];
  readonly manifests: readonly { readonly folder: string; readonly file: string }[];
  readonly benchFiles: readonly { readonly folder: string; readonly file: string }[];
}

/** What manifests and bench files are read with: a plan that takes no time. */
function copySteady(workFolder: string): string {
  const file = join(workFolder, 'steady.yaml');
  const text = readFileSync(join(scenariosFolder, 'steady.yaml'), 'utf8');
  writeFileSync(file, text.replace(/rate: \S+/, 'rate: 20/s'));
  return file;
}

/** In a folder of their own: those of the bench stay as they are. */
function copyBases(workFolder: string): Bases {
  const pipelines = join(workFolder, 'pipelines');
  cpSync(pipelinesFolder, pipelines, { recursive: true });
  mkdirSync(join(pipelines, 'raw'));
  cpSync(rawManifests, join(pipelines, 'raw', 'raw.yaml'));
  const entries = readdirSync(pipelines, { withFileTypes: true });
  const folders = entries.flatMap((e) => (e.isDirectory() ? join(pipelines, e.name) : []));
  const benchOf = (folder: string): string => `${folder}.bench.yaml`;
  return {
    steady: copySteady(workFolder),
    scenarios: readdirSync(scenariosFolder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => join(scenariosFolder, name))
      .sort(),
    manifests: folders.flatMap((folder) =>
      readdirSync(folder).map((name) => ({ folder, file: join(folder, name) })),
    ),
    benchFiles: entries
      .filter(({ name }) => name.endsWith('.bench.yaml'))
      .map(({ name }) => join(pipelines, name.slice(0, -'.bench.yaml'.length)))
      .map((folder) => ({ folder, file: benchOf(folder) })),
  };
}

/**
 * Damages files by seed, one at a time, and reads each as a run does: it must be planned or refused
 * with its place, within a bound, by a process that may start none.
 */
export async function readDamaged(
  count: number,
  seed: number,
  visit: (result: DamagedResult) => void,
): Promise<void> {
  const workFolder = mkdtempSync(join(tmpdir(), 'damaged-'));
  const reading = startReading();
  try {
    const bases = copyBases(workFolder);
    for (let i = 0; i < count; i++) {
      const damage = damageNames[i % damageNames.length] as DamageName;
      visit(await readOne(bases, damage, seed + i, workFolder, reading));
    }
  } finally {
    reading.end();
    rmSync(workFolder, { recursive: true, force: true });
  }
}

async function readOne(
  bases: Bases,
  name: DamageName,
  seed: number,
  workFolder: string,
  reading: ReadingProcess,
): Promise<DamagedResult> {
  const stream = random(seed, `damaged/${name}`);
  const kind = oneOf(['scenario', 'scenario', 'manifests', 'manifests', 'bench'], stream);
  const scenario = oneOf(bases.scenarios, stream);
  const based =
    kind === 'scenario'
      ? { folder: undefined, file: scenario }
      : oneOf(kind === 'bench' ? bases.benchFiles : bases.manifests, stream);
  const text = readFileSync(based.file, 'utf8');
  const damaged = damages[name]?.(text, stream) ?? text;
  const scenarioFile = kind === 'scenario' ? join(workFolder, 'scenario.yaml') : bases.steady;
  const file = kind === 'scenario' ? scenarioFile : based.file;
  writeFileSync(file, damaged);
  const request: RunRequest = {
    scenarioFile,
    pipelineFolder: based.folder,
    edits: [],
    seed,
    runtime: 'embedded',
    reportsFolder: workFolder,
  };
  const read = await reading.read(request);
  if (kind !== 'scenario') writeFileSync(file, text);
  const complaints =
    read.outcome === 'refused'
      ? read.mistakes.flatMap((mistake) => complaintOf(mistake, file, String(damaged)) ?? [])
      : read.outcome === 'broken'
        ? [read.error]
        : [];
  const [complaint] = complaints;
  const from = relative(join(scenariosFolder, '..'), based.file);
  return {
    damage: name,
    outcome: complaint === undefined ? read.outcome : 'broken',
    complaint: complaint && `${name}, seed ${seed}, ${from}: ${complaint}`,
  };
}

/** What is wrong with a message: no place, a place that is not in the file, letters of control. */
function complaintOf(mistake: string, file: string, text: string): string | undefined {
  const quoted = JSON.stringify(mistake.slice(0, 300));
  const place = /^(\S.*?):(\d+):(\d+) \S/su.exec(mistake);
  if (!place) return `no place: ${quoted}`;
  if (/[\p{Cc}\p{Bidi_Control}]/u.test(mistake)) return `letters of control: ${quoted}`;
  if (mistake.length > 4_000) return `${mistake.length} letters: ${quoted}`;
  const [, named = '', line, column] = place;
  const lines = text.split('\n').length;
  if (file.endsWith(named.replace(/^(\.\.\/)+/, '')) && !(Number(line) <= lines)) {
    return `line ${line} of ${lines}: ${quoted}`;
  }
  return Number(line) >= 1 && Number(column) >= 1 ? undefined : `no such place: ${quoted}`;
}
