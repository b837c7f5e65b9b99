import { isPlanted, listScenarios, listTagged } from '../scenarios.ts';
import { expectedFindings, oneLine, scenariosMarkdown } from '../scenarios-readme.ts';
import type { Host } from './host.ts';

export interface ListOptions {
  /** Only those with it; not with `markdown`. */
  readonly tag?: string;
  readonly markdown: boolean;
}

/**
 * `bench list`: a line a scenario, or the text of `scenarios/README.md`.
 * @throws UserError for a tag that no scenario has
 */
export function listCommand({ tag, markdown }: ListOptions, { write }: Pick<Host, 'write'>): void {
  if (markdown) {
    write(scenariosMarkdown(listScenarios()));
    return;
  }
  const tagged = tag === undefined ? listScenarios() : listTagged(tag);
  const listed = tagged.filter(({ name }) => tag !== undefined || !isPlanted(name));
  const width = Math.max(...listed.map(({ name }) => name.length));
  for (const { name, scenario } of listed) {
    const found = expectedFindings(scenario);
    const must = found.length > 0 ? ` -> ${found.join(', ')}` : '';
    const tags = scenario.tags.length > 0 ? ` [${scenario.tags.join(', ')}]` : '';
    write(`${name.padEnd(width)}  ${firstSentence(oneLine(scenario.about))}${tags}${must}\n`);
  }
  const left = tagged.length - listed.length;
  if (left > 0) write(`and ${left} small ones: --tag defects, --tag equivalent\n`);
}

const firstSentence = (text: string): string => /^.*?[.!?](?= |$)/.exec(text)?.[0] ?? text;
