import type { Claim } from './scenario/claims.ts';
import type { ListedScenario } from './scenarios.ts';

interface Answer extends Claim {
  /** The scenario whose runs show it. */
  readonly by: ListedScenario;
}

/** A sentence that several scenarios may answer, each for itself. */
interface Question {
  readonly article: string;
  readonly line: number;
  readonly answers: readonly Answer[];
}

/** Every sentence that is answered, in the articles' order. */
export function questionsOf(listed: readonly ListedScenario[]): Question[] {
  const answers = listed.flatMap((by) => by.scenario.claims.map((claim) => ({ ...claim, by })));
  answers.sort((a, b) => Number(b.holds) - Number(a.holds));
  const byPlace = Map.groupBy(answers, ({ article, line }) => `${article} ${line}`);
  return [...byPlace.values()]
    .map(([first, ...others]) => {
      const { article, line } = first as Answer;
      return { article, line, answers: [first as Answer, ...others] };
    })
    .sort((a, b) => a.article.localeCompare(b.article) || a.line - b.line);
}

/** A row a sentence: what it says, whether it is so, and the scenarios that show it. */
export const claimsTable = (listed: readonly ListedScenario[]): string =>
  [
    '| article | it says | holds | shown by |',
    '| --- | --- | --- | --- |',
    ...questionsOf(listed).map(row),
  ].join('\n');

function row({ article, line, answers }: Question): string {
  const says = answers.flatMap((answer) => answer.says ?? [])[0] ?? '';
  const shown = answers.map(({ holds, by }) => {
    return `${holds ? '' : 'not: '}[${by.scenario.name}](${by.name}.yaml)`;
  });
  const cells = [`${article}, line ${line}`, says, told(answers), shown.join('<br>')];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function told(answers: readonly Answer[]): string {
  const when = (own: boolean): string =>
    answers.flatMap((answer) => (answer.holds === own ? (answer.when ?? []) : [])).join('; ');
  const isSo = answers.some(({ holds }) => holds);
  if (!answers.every(({ holds }) => holds === isSo))
    return `if ${when(true)}; not if ${when(false)}`;
  return [isSo ? 'yes' : 'no', when(isSo)].filter((text) => text !== '').join(': ');
}
