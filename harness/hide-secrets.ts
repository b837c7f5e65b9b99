import { randomBytes } from 'node:crypto';
import { withValue } from './edit-value.ts';
import { hiddenForms } from './hidden-forms.ts';
import { UserError } from './lib/errors.ts';
import { readResources } from './pipeline/manifests.ts';
import { readSecrets, type SecretEntry } from './pipeline/secrets.ts';
import { hidden as mask } from './report/redact.ts';
import type { RunSource } from './run-source.ts';
import { createHiding, type HiddenForm, type Hiding } from './tap/hide.ts';

/** What a run is made from without its Secrets' values, and what its records must not hold. */
export interface WithoutSecrets {
  readonly source: RunSource;
  readonly hidden: readonly HiddenForm[];
}

/**
 * Puts digests in the place of what the Secrets of a folder hold. What also stands in the open, in
 * another resource or in the load, is no secret, and hiding it would change what is compared; what
 * the planner has to read, such as the host of a backend, is kept and named.
 *
 * @param meaning what the planner understands of a source, as plain data
 * @param load what will be sent, as plain data
 * @throws UserError where a Secret is written so that its value can't be found in the file
 */
export function hideSecrets(
  written: RunSource,
  meaning: (source: RunSource) => unknown,
  load: () => unknown,
): WithoutSecrets {
  const all = secretsOf(written);
  if (all.length === 0) return { source: written, hidden: [] };
  const salt = randomBytes(32);
  const open = openTexts(written, load());
  const candidates = all.flatMap((entry) =>
    entry.values.flatMap((value) => (open.includes(value) ? [] : { ...entry, values: [value] })),
  );
  const hidingAll = createHiding(hiddenForms(candidates, salt));
  checkHidden(secretsOf(hideIn(written, hidingAll)), candidates);
  const meant = meaning(written);
  const isMeant = (entries: readonly SecretEntry[]): boolean => {
    const hiding = createHiding(hiddenForms(entries, salt));
    return isSameMeaning(meant, () => meaning(hideIn(written, hiding)), hiding);
  };
  const hideable = isMeant(candidates) ? candidates : candidates.filter((one) => isMeant([one]));
  const hidden = hiddenForms(hideable, salt);
  const hiding = createHiding(hidden);
  const source = {
    ...hideIn(written, hiding),
    edits: written.edits.map((edit) => ({ ...edit, ...maskedEdit(edit, hiding) })),
  };
  return { source: { ...source, secrets: namesOf(all, hideable) }, hidden };
}

/** Its origin is shown as the command to run again, where a digest would be taken for a value. */
function maskedEdit(edit: RunSource['edits'][number], hiding: Hiding) {
  const { value, origin } = hiddenEdit(edit, hiding);
  return { value, origin: origin === edit.origin ? origin : withValue(origin, mask) };
}

function namesOf(
  all: readonly SecretEntry[],
  hidden: readonly SecretEntry[],
): NonNullable<RunSource['secrets']> {
  const values = new Set(hidden.flatMap((entry) => entry.values));
  const isHidden = (entry: SecretEntry): boolean => entry.values.every((one) => values.has(one));
  const written = all.filter(({ plain }) => plain.trim() !== '');
  const kept = written.filter((entry) => entry.values.length === 0 || !isHidden(entry));
  return {
    hidden: [...new Set(hidden.map(({ name }) => name))],
    kept: [...new Set(kept.map(({ name }) => name))],
  };
}

/** As the files have them and as edits set them: both are written down. */
const secretsOf = ({ pipelineFiles, edits }: RunSource): SecretEntry[] => [
  ...readSecrets(readResources(pipelineFiles, []).resources),
  ...readSecrets(readResources(pipelineFiles, edits).resources),
];

/** Every text of the source, names of files excepted. */
function hideIn(source: RunSource, hiding: Hiding): RunSource {
  const text = <T extends { readonly text: string }>(file: T): T => ({
    ...file,
    text: hiding.text(file.text),
  });
  const { benchFile, grafanaFile, rulesFile } = source;
  return {
    ...source,
    scenarioFile: text(source.scenarioFile),
    pipelineFiles: source.pipelineFiles.map(text),
    ...(benchFile ? { benchFile: text(benchFile) } : {}),
    ...(grafanaFile ? { grafanaFile: text(grafanaFile) } : {}),
    ...(rulesFile ? { rulesFile: text(rulesFile) } : {}),
    edits: source.edits.map((edit) => ({ ...edit, ...hiddenEdit(edit, hiding) })),
  };
}

const hiddenEdit = ({ value, origin }: RunSource['edits'][number], hiding: Hiding) => ({
  value: value === undefined ? value : (JSON.parse(plainOf(value, hiding)) as unknown),
  origin: hiding.text(origin),
});

/** Plain data as a text, with digests. */
const plainOf = (value: unknown, hiding: Hiding): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'string' ? hiding.text(part) : part,
  );

/** What does not come from a Secret: the other resources, what is said of them, the load. */
function openTexts(source: RunSource, load: unknown): string {
  const { resources } = readResources(source.pipelineFiles, []);
  const others = resources.flatMap(({ kind, value }) => (kind === 'Secret' ? [] : [value]));
  const beside = [source.benchFile, source.grafanaFile, source.rulesFile];
  return [others, ...beside.map((file) => file?.text ?? ''), load].map(textsIn).join('\n');
}

function textsIn(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, part]) => `${key}\n${textsIn(part)}`)
    .join('\n');
}

function isSameMeaning(meant: unknown, hiddenMeaning: () => unknown, hiding: Hiding): boolean {
  try {
    return plainOf(meant, hiding) === plainOf(hiddenMeaning(), createHiding([]));
  } catch (error) {
    // A digest is no host, no number and no setting.
    if (error instanceof UserError) return false;
    throw error;
  }
}

function checkHidden(left: readonly SecretEntry[], hidden: readonly SecretEntry[]): void {
  const values = hidden.flatMap((entry) => entry.values);
  const found = left.find(({ plain }) => values.some((value) => plain.includes(value)));
  if (!found) return;
  const fix = 'write it as a plain or quoted text on one line, without escapes';
  throw new UserError(`${found.name} can't be kept out of the run's record: ${fix}`);
}
