import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { currentDrawing } from './plan/types.ts';
import { readSource, understand } from './prepare.ts';
import { loadSource } from './run-source.ts';

const runs = join(import.meta.dirname, '..', 'fixtures', 'runs');

describe('the drawing of a plan', () => {
  it.each(['small-steady', 'small-kill'])('of %s, a run of the first one, is known', (name) => {
    const { planHash } = JSON.parse(readFileSync(join(runs, name, 'run.json'), 'utf8'));
    const source = loadSource(join(runs, name));
    expect(source.drawing).toBeUndefined();
    expect(understand(source).plan.hash).toBe(planHash);
    expect(understand({ ...source, drawing: currentDrawing }).plan.hash).not.toBe(planHash);
  });

  it('is named by a new run', () => {
    const source = readSource({
      scenarioFile: join(runs, 'small-steady.yaml'),
      pipelineFolder: undefined,
      edits: [],
      seed: 1,
      runtime: 'embedded',
      reportsFolder: '',
    });
    expect(source.drawing).toBe(currentDrawing);
  });

  it('of a newer version is said to be so', () => {
    const source = { ...loadSource(join(runs, 'small-steady')), drawing: 3 as never };
    expect(() => understand(source)).toThrow(
      'plan.json: drawing 3 is of a newer version of the bench; judge it with the version that recorded it',
    );
  });
});
