import type { Scenario } from './scenario/types.ts';
import type { ListedScenario } from './scenarios.ts';

/** The findings that a negative scenario must produce; none for any other. */
export const expectedFindings = ({ expect }: Scenario): readonly string[] =>
  expect.flatMap((expectation) => (expectation.check === 'found' ? expectation.findings : []));

/** What a person wrote over several lines, as one. */
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** The text of `scenarios/README.md`, made from the scenario files alone. */
export function scenariosMarkdown(listed: readonly ListedScenario[]): string {
  const isNegative = ({ scenario }: ListedScenario): boolean =>
    expectedFindings(scenario).length > 0;
  const negative = listed.filter(isNegative);
  const positive = listed.filter((entry) => !isNegative(entry));
  return `# Scenarios

Made from the files by \`npm run bench -- list --markdown > scenarios/README.md\`; a test fails when it is out of
date. Run one with \`npm run scenario -- <name>\`, all of a tag with \`npm run scenario -- --tag <tag>\`.

## What must hold

| scenario | what it proves | tags | expected |
| --- | --- | --- | --- |
${positive.map((entry) => row(entry, 'pass')).join('\n')}

## Broken on purpose

Each of these proves a check: the run passes when exactly the finding named here was found.

| scenario | what it proves | tags | must find |
| --- | --- | --- | --- |
${negative.map((entry) => row(entry, linkedFindings(entry))).join('\n')}
`;
}

function row({ name, scenario }: ListedScenario, expected: string): string {
  const link = `[${name.replace('negative/', '')}](${name}.yaml)`;
  const about = oneLine(scenario.about).replaceAll('|', '\\|');
  return `| ${link} | ${about} | ${scenario.tags.join(', ')} | ${expected} |`;
}

const linkedFindings = ({ scenario }: ListedScenario): string =>
  expectedFindings(scenario)
    .map((kind) => `[${kind}](../harness/judge/findings/${kind}.md)`)
    .join(', ');
