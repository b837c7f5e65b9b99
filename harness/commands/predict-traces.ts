import { type GivenTrace, readGivenTraces } from '../given-traces.ts';
import { UserError } from '../lib/errors.ts';
import { leadsTo, predictTraces } from '../predict.ts';
import { readTextFile } from '../shell/folder.ts';
import type { Fate, TraceFate } from '../trace-fate.ts';
import type { Host } from './host.ts';
import type { ManifestOptions } from './pipeline-options.ts';
import { understoodFolder } from './show.ts';

const told: Readonly<Record<Fate, string>> = {
  kept: 'kept',
  notKept: 'dropped',
  filtered: 'filtered',
  open: 'not known',
};

/**
 * `bench predict <folder> --traces <file>`: what a pipeline does with traces that somebody gives,
 * and whether it is what the file expects: a unit test of a configuration.
 *
 * @returns 0 where all is as expected, 1 where not, 2 where it is not known
 * @throws UserError where pipeline or file is refused, or the file expects what can't be
 */
export function predictTracesCommand(
  folder: string,
  file: string,
  options: ManifestOptions,
  { write }: Pick<Host, 'write'>,
): 0 | 1 | 2 {
  const { pipeline } = understoodFolder(folder, options);
  const given = readGivenTraces(file, readTextFile(file).text);
  const ways = predictTraces(
    pipeline,
    given.map(({ trace }) => trace),
  );
  const lost = given.find(({ at }) => at !== undefined && !ways.some((way) => leadsTo(way, at)));
  if (lost) throw new UserError(`${file}: "${lost.name}" is at ${lost.at}: no traces go there`);
  const codes = ways.flatMap((way) => {
    write(`traces that are kept go to ${way.ends.join(', ') || 'nowhere'}\n`);
    for (const why of way.unclear) write(`not known: ${why}\n`);
    return given.map((one, i) => {
      if (one.at !== undefined && !leadsTo(way, one.at)) return 0;
      const { line, code } = answerOf(one, way.fates[i] as TraceFate);
      write(`${line}\n`);
      return code;
    });
  });
  return codes.includes(1) ? 1 : codes.includes(2) ? 2 : 0;
}

function answerOf({ name, expect, by, trace }: GivenTrace, fate: TraceFate) {
  const { policy, filteredSpans } = fate;
  const filtered = filteredSpans > 0 && fate.fate !== 'filtered';
  const seen = [
    `${told[fate.fate]}${policy === undefined ? '' : ` by ${policy}`}`,
    ...(filtered ? [`${filteredSpans} of its ${trace.spans.length} spans filtered`] : []),
  ].join(', ');
  if (expect === undefined) return { line: `  ${name}: ${seen}`, code: 0 as const };
  const wanted = `${expect}${by === undefined ? '' : ` by ${by}`}`;
  if (fate.fate === 'open')
    return { line: `UNKNOWN  ${name}: expected ${wanted}`, code: 2 as const };
  const holds = told[fate.fate] === expect && (by === undefined || by === policy);
  return holds
    ? { line: `PASS  ${name}: ${seen}`, code: 0 as const }
    : { line: `FAIL  ${name}: ${seen}, expected ${wanted}`, code: 1 as const };
}
