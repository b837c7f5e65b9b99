import type { Scenario } from './scenario/types.ts';
import type { ListedScenario } from './scenarios.ts';
import { claimsTable } from './scenarios-claims.ts';

/** The findings that a negative scenario must produce; none for any other. */
export const expectedFindings = ({ expect }: Scenario): readonly string[] =>
  expect.flatMap((expectation) =>
    expectation.check === 'found' ? expectation.findings.map(({ kind }) => kind) : [],
  );

/** What a person wrote over several lines, as one. */
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** The text of `scenarios/README.md`, made from the scenario files alone. */
export function scenariosMarkdown(listed: readonly ListedScenario[]): string {
  const ofFolder = (folder: string) => listed.filter(({ name }) => name.startsWith(`${folder}/`));
  const [negative, defects, equivalent] = ['negative', 'defects', 'equivalent'].map(ofFolder);
  const positive = listed.filter(({ name }) => /^(claims\/)?[^/]+$/.test(name));
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
${negative?.map((entry) => row(entry, linkedFindings(entry))).join('\n')}

## What articles say

Sentences of the articles from which this bench's pipelines come, and what runs show of them: \`claims:\` in a
scenario's file. Where one holds here and not there, what makes the difference is said.

${claimsTable(listed)}

## Planted defects

Small runs, each with one mistake that people make, written from the documented behaviour of the collector. A run
passes when the finding is the first that is named, at this component: \`npm run scenario -- --tag defects\`.

| scenario | why it is one | must name first |
| --- | --- | --- |
${defects?.map((entry) => plantedRow(entry, namedFindings(entry))).join('\n')}

## Changes that change nothing

Each says the same in other words, or more than is needed: it must pass. \`npm run scenario -- --tag equivalent\`.

| scenario | why it changes nothing |
| --- | --- |
${equivalent?.map((entry) => plantedRow(entry)).join('\n')}
`;
}

function plantedRow({ name, scenario }: ListedScenario, ...more: readonly string[]): string {
  const link = `[${scenario.name}](${name}.yaml)`;
  return `| ${[link, oneLine(scenario.about), ...more].map(escapePipes).join(' | ')} |`;
}

const escapePipes = (text: string): string => text.replaceAll('|', '\\|');

const namedFindings = ({ scenario }: ListedScenario): string =>
  scenario.expect
    .flatMap((expectation) => (expectation.check === 'found' ? expectation.findings : []))
    .map(({ kind, component, names }) => [`${kind} at ${component}`, ...names].join(', '))
    .join('; ');

function row({ name, scenario }: ListedScenario, expected: string): string {
  const link = `[${name.replace('negative/', '')}](${name}.yaml)`;
  const about = escapePipes(oneLine(scenario.about));
  return `| ${link} | ${about} | ${scenario.tags.join(', ')} | ${expected} |`;
}

const linkedFindings = ({ scenario }: ListedScenario): string =>
  expectedFindings(scenario)
    .map((kind) => `[${kind}](../harness/judge/findings/${kind}.md)`)
    .join(', ');
