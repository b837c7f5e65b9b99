import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { z } from 'zod';
import { UserError } from './lib/errors.ts';
import { parseYaml } from './lib/yaml.ts';
import { marks } from './report/summary.ts';
import { type RuntimeName, runtimeNames } from './runtimes.ts';
import { type CardCell, cardEvents, cardOutcomes } from './scenario/card.ts';
import type { ListedScenario } from './scenarios.ts';
import { expectedFindings } from './scenarios-readme.ts';
import { schemaFor } from './shell/json.ts';

/** What runs of one scenario on one runtime came to: a row of `scenarios/card.json`. */
export interface CardResult {
  readonly scenario: string;
  readonly runtime: RuntimeName;
  /** The worst of them. */
  readonly verdict: 'pass' | 'fail' | 'unknown';
  readonly seeds: readonly number[];
  /** Of what was sent, broken and expected: a scenario that changed since has no verdict. */
  readonly digest: string;
}

/** `scenarios/card.json` */
export const cardResultsSchema = schemaFor<readonly CardResult[]>()(
  z
    .array(
      z.object({
        scenario: z.string(),
        runtime: z.enum(runtimeNames),
        verdict: z.enum(['pass', 'fail', 'unknown']),
        seeds: z.array(z.int().min(0)).min(1).readonly(),
        digest: z.string(),
      }),
    )
    .readonly(),
);

/** What may change in a scenario without making another of it. */
const said = ['about', 'tags', 'card'];

/** The digest of what a scenario file means, whatever it says about itself. @throws UserError */
export function scenarioDigest(file: string, text: string): string {
  const value = parseYaml(file, text).documents[0]?.value ?? {};
  const meant = Object.entries(value).filter(([key]) => !said.includes(key));
  return createHash('sha256').update(JSON.stringify(meant)).digest('hex').slice(0, 16);
}

const worstFirst = ['fail', 'unknown', 'pass'] as const;

/** Runs of one scenario on one runtime as one row; rows replace what was known before. */
export function mergeResults(
  known: readonly CardResult[],
  runs: readonly CardResult[],
): CardResult[] {
  const rows = new Map<string, CardResult>();
  for (const run of runs) {
    const key = keyOf(run);
    const before = rows.get(key);
    if (before && before.digest === run.digest) {
      const verdict = worstFirst.find((one) => [before.verdict, run.verdict].includes(one));
      const seeds = [...before.seeds, ...run.seeds];
      rows.set(key, { ...run, seeds, verdict: verdict ?? 'unknown' });
    } else rows.set(key, run);
  }
  const kept = known.filter((result) => !rows.has(keyOf(result)));
  return [...kept, ...rows.values()].sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
}

const keyOf = ({ scenario, runtime }: CardResult): string => `${scenario} ${runtime}`;

/** A scenario with the digest of its file as it stands. */
export interface CardScenario extends ListedScenario {
  readonly digest: string;
}

interface Told extends CardScenario {
  readonly result: CardResult;
}

/** What is known of one cell on one runtime. */
interface Filled {
  readonly holds: readonly Told[];
  readonly finds: readonly Told[];
}

type Runtime = CardResult['runtime'];

/** The design card with what is known of each cell. */
export interface Card {
  readonly scenarios: readonly CardScenario[];
  readonly results: readonly CardResult[];
}

function filled({ scenarios, results }: Card, cell: CardCell, runtime: Runtime): Filled {
  const told = scenarios.flatMap((one): Told[] => {
    const { name, card } = one.scenario;
    if (!card.some((of) => of.event === cell.event && of.outcome === cell.outcome)) return [];
    const isIt = (result: CardResult): boolean =>
      result.scenario === name && result.runtime === runtime && result.digest === one.digest;
    const result = results.find(isIt);
    return result ? [{ ...one, result }] : [];
  });
  const isBroken = ({ scenario }: Told): boolean => expectedFindings(scenario).length > 0;
  return { holds: told.filter((one) => !isBroken(one)), finds: told.filter(isBroken) };
}

const cells: readonly CardCell[] = cardEvents.flatMap((event) =>
  cardOutcomes.map((outcome) => ({ event, outcome })),
);

/** Cells in which both hold on a runtime: a scenario that passes, and one that must find. */
export const fullCells = (card: Card, runtime: Runtime): CardCell[] =>
  cells.filter((cell) => {
    const { holds, finds } = filled(card, cell, runtime);
    return [holds, finds].every((told) => told.some(({ result }) => result.verdict === 'pass'));
  });

const empty = 'not yet';

/**
 * The card as a table, and how much of it is full. A cell names scenarios with a verdict alone: the
 * one that holds, and the one that is broken and must find.
 */
export function cardMarkdown(card: Card): string {
  const rows = cardEvents.map((event) => {
    const texts = cardOutcomes.map((outcome) => cellText(card, { event, outcome }));
    return `| **${words(event)}** | ${texts.join(' | ')} |`;
  });
  const counts = runtimeNames.map((one) => `${fullCells(card, one).length} on ${one}`).join(', ');
  return [
    `| | ${cardOutcomes.map(words).join(' | ')} |`,
    `| --- |${' --- |'.repeat(cardOutcomes.length)}`,
    ...rows,
    '',
    `Full, of ${cells.length}: ${counts}.`,
    '',
  ].join('\n');
}

function cellText(card: Card, cell: CardCell): string {
  const all = runtimeNames.map((runtime) => filled(card, cell, runtime));
  const holds = all.flatMap((one) => one.holds);
  const finds = all.flatMap((one) => one.finds);
  if (holds.length + finds.length === 0) return empty;
  return `holds: ${toldText(holds)}<br>found: ${toldText(finds)}`;
}

/** Each scenario with how it came out on each runtime. */
function toldText(told: readonly Told[]): string {
  if (told.length === 0) return empty;
  const byName = [...Map.groupBy(told, ({ name }) => name)];
  return byName
    .map(([name, ofName]) => {
      const runtimes = runtimeNames.map((runtime) => {
        const one = ofName.find(({ result }) => result.runtime === runtime)?.result;
        if (!one) return `${runtime} ${empty}`;
        const times = one.seeds.length > 1 ? ` ${one.seeds.length} times` : '';
        const bad = one.verdict === 'pass' ? '' : ` ${one.verdict}`;
        return `${marks[one.verdict]} ${runtime}${bad}${times}`;
      });
      return `[${basename(name)}](scenarios/${name}.yaml) ${runtimes.join(', ')}`;
    })
    .join('; ');
}

const words = (name: string): string => name.replaceAll('-', ' ');

const [open, close] = ['<!-- card: npm run bench -- card -->', '<!-- /card -->'];

/** A text with the card between its two marks. @throws UserError where it has no such marks */
export function withCard(text: string, card: Card): string {
  const [before, ...behind] = text.split(open);
  const after = behind.join(open).split(close).slice(1).join(close);
  if (before === undefined || behind.length === 0 || after === '') {
    throw new UserError(`README.md: expected ${open} and ${close}, between which the card stands`);
  }
  return `${before}${open}\n\n${cardMarkdown(card)}\n${close}${after}`;
}
