import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseEditValue } from './edit-value.ts';
import { rerunOf } from './rerun.ts';
import type { RunSource } from './run-source.ts';
import { scenariosFolder } from './scenarios.ts';

const source: RunSource = {
  scenarioFile: { path: join(scenariosFolder, 'negative', 'exported-twice.yaml'), text: '' },
  pipelineName: 'two-tier',
  pipelineFiles: [],
  pipelineFolder: undefined,
  edits: [],
  workerNodes: [],
  seed: 7,
  runtime: 'embedded',
};
const own = { ...parseEditValue('gateway:spec.replicas=3'), origin: 's.yaml:3:1' };
const edited = ['gateway:spec.replicas=3', `gateway:spec.env=[{ name: A, value: it's }]`];

describe('rerunOf', () => {
  it.each<[string, Partial<RunSource>, string]>([
    ['a scenario of the bench', {}, 'exported-twice --seed 7'],
    ['a collector', { collector: '0.151.0' }, 'exported-twice --seed 7 --collector 0.151.0'],
    ['a runtime', { runtime: 'kind' }, 'exported-twice --seed 7 --runtime kind'],
    ['a file', { scenarioFile: { path: 'my own.yaml', text: '' } }, `'my own.yaml' --seed 7`],
    [
      'a pipeline of the user',
      { pipelineFolder: '../mine' },
      'exported-twice --pipeline ../mine --seed 7',
    ],
    [
      'edits of the command line, not those of the scenario',
      { edits: [own, ...edited.map(parseEditValue)] },
      `exported-twice --set gateway:spec.replicas=3 --set 'gateway:spec.env=[{ name: A, value: it'\\''s }]' --seed 7`,
    ],
  ])('says how to run %s again', (_, part, expected) => {
    expect(rerunOf({ ...source, ...part })).toBe(`npm run scenario -- ${expected}`);
  });

  it('hides what looks like a secret', () => {
    const edits = [parseEditValue('gateway:spec.token=hunter2')];
    expect(rerunOf({ ...source, edits })).not.toContain('hunter2');
  });

  it('hides the value of a Secret, however it looks, and says so', () => {
    const edits = [
      parseEditValue('Secret/vendor:stringData.pin=a=b'),
      parseEditValue('gateway:spec.replicas=3'),
    ];
    expect(rerunOf({ ...source, edits })).toBe(
      `npm run scenario -- exported-twice --set 'Secret/vendor:stringData.pin=(hidden)' --set gateway:spec.replicas=3 --seed 7 # write the secret where (hidden) stands`,
    );
  });
});
