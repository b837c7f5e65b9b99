import { listScenarios } from '../scenarios.ts';
import { expectedFindings, oneLine, scenariosMarkdown } from '../scenarios-readme.ts';
import type { Host } from './scenario.ts';

/** `bench list`: a line a scenario, or the text of `scenarios/README.md`. */
export function listCommand(markdown: boolean, { write }: Pick<Host, 'write'>): void {
  const listed = listScenarios();
  if (markdown) {
    write(scenariosMarkdown(listed));
    return;
  }
  const width = Math.max(...listed.map(({ name }) => name.length));
  for (const { name, scenario } of listed) {
    const found = expectedFindings(scenario);
    const must = found.length > 0 ? ` -> ${found.join(', ')}` : '';
    const tags = scenario.tags.length > 0 ? ` [${scenario.tags.join(', ')}]` : '';
    write(`${name.padEnd(width)}  ${firstSentence(oneLine(scenario.about))}${tags}${must}\n`);
  }
}

const firstSentence = (text: string): string => /^.*?[.!?](?= |$)/.exec(text)?.[0] ?? text;
