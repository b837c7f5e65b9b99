import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from './lib/errors.ts';
import { pipelinesFolder } from './prepare.ts';
import { type RunOptions, requestsOf } from './requests.ts';
import { fileOf, nameOf, scenarioNames, scenariosFolder } from './scenarios.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'requests-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const requests = (options: Partial<RunOptions>) => requested(options).requests;
const requested = (options: Partial<RunOptions>) =>
  requestsOf(
    {
      names: [],
      tags: [],
      runtime: 'embedded',
      pipelineFolder: undefined,
      seed: 7,
      edits: [],
      repeat: 1,
      draw: undefined,
      ...options,
    },
    join(folder, 'reports'),
  );

function mistakes(options: Partial<RunOptions>): readonly string[] {
  try {
    requests(options);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect(readdirSync(folder)).not.toContain('reports');
    return (error as UserError).mistakes;
  }
  throw new Error('no mistake was found');
}

/** `gateway-kill`, changed. */
function write(name: string, from: string | RegExp, to: string): string {
  const text = readFileSync(join(scenariosFolder, 'gateway-kill.yaml'), 'utf8');
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, text.replace(from, to));
  return file;
}

describe('requestsOf', () => {
  it('refuses pods’ own addresses where what stands between would hide them', () => {
    const names = ['addresses-by-connection'];
    expect(requests({ names })).toHaveLength(1);
    expect(mistakes({ names, pipelineFolder: 'replicas' })[0]).toMatch(
      /:10:14 pods do not send from addresses of their own where the load enters by a Service/,
    );
    expect(mistakes({ names, runtime: 'kind' })[0]).toMatch(/:10:14 .* on kind/);
  });

  it('repeats with the next seed, and runs a scenario that is named twice once', () => {
    expect(requests({ names: ['steady'], repeat: 2 }).map(({ seed }) => seed)).toEqual([7, 8]);
    expect(requests({ names: ['steady'], tags: ['smoke'] })).toHaveLength(
      requests({ tags: ['smoke'] }).length,
    );
  });

  it('takes all, a folder, a scenario with its folder and without, each once', () => {
    const files = (names: string[]) => requests({ names }).map(({ scenarioFile }) => scenarioFile);
    const negative = files(['negative']);
    expect(negative.length).toBeGreaterThan(5);
    expect(files(['all', 'negative/', 'steady'])).toEqual(scenarioNames().map(fileOf));
    expect(files(['negative/exported-twice'])).toEqual(files(['exported-twice']));
    expect(negative).toContain(files(['exported-twice'])[0]);
  });

  it('draws by the seed, says what, and the same seed draws and plans the same', () => {
    const draw = (seed: number | undefined) => {
      const { requests, drawn } = requested({ tags: ['negative'], draw: 3, seed });
      return { files: requests.map(({ scenarioFile }) => scenarioFile), requests, drawn };
    };
    const once = draw(undefined);
    const [, seed, names] = /^seed (\d+) drew 3 of \d+: (.*)$/.exec(once.drawn ?? '') ?? [];
    expect(names?.split(', ')).toEqual(once.files.map(nameOf));
    expect(draw(Number(seed)).requests).toEqual(once.requests);
    expect(new Set([1, 2, 3, 4].map((n) => draw(n).drawn)).size).toBeGreaterThan(1);
    expect(requests({ tags: ['smoke'], draw: 1_000 })).toHaveLength(
      requests({ tags: ['smoke'] }).length,
    );
    expect(mistakes({ names: ['steady'], draw: 3 })).toEqual([
      expect.stringMatching(/^--draw: nothing to draw from\. Hint: give a --tag/),
    ]);
  });

  it('leaves out those with another tag, and takes none away for a tag that none has', () => {
    const all = requests({ tags: ['negative'] });
    const rest = requests({ tags: ['negative'], without: ['fast', 'nobody-has-this'] });
    expect(rest.length).toBeGreaterThan(0);
    expect(rest.length).toBeLessThan(all.length);
    expect(requests({ tags: ['negative'], without: ['nobody-has-this'] })).toHaveLength(all.length);
  });

  it('never runs nothing', () => {
    expect(mistakes({ repeat: 0 })).toEqual([expect.stringContaining('nothing to run')]);
  });

  it('runs another collector where one is asked for, and refuses what is no version', () => {
    const [request] = requests({ names: ['steady'], collector: '0.151.0' });
    expect(request?.collector).toBe('0.151.0');
    expect(mistakes({ names: ['steady'], collector: 'v0.151' })).toEqual([
      '--collector: found "v0.151", expected a version of the contrib distribution, such as 0.151.0',
    ]);
    const inCluster = { names: ['steady'], collector: '0.151.0', runtime: 'kind' } as const;
    expect(mistakes(inCluster)[0]).toMatch(/^--collector 0\.151\.0: in a cluster .*Hint: --set/);
  });

  it('says every mistake at once', () => {
    const found = mistakes({
      names: ['nope1', 'stedy', write('a', 'depth: 3', 'depth: 30'), write('b', '15s', '15h')],
      tags: ['fats'],
      edits: ['x', 'gateway:spec.replicas={'],
      pipelineFolder: '/nope',
    });
    expect(found).toEqual([
      expect.stringMatching(/^--set x: expected/),
      expect.stringMatching(/^--set gateway:spec.replicas={: the value is no YAML/),
      expect.stringMatching(/^--pipeline: "\/nope" is neither .*known: .*two-tier/),
      expect.stringMatching(/^no scenario "nope1"; known: .*steady/),
      expect.stringMatching(/^no scenario "stedy".*did you mean "steady"/),
      expect.stringMatching(/a\.yaml:\d+:31 found depth 30/),
      expect.stringMatching(/b\.yaml:\d+:9 fault kill at 900 min/),
      expect.stringMatching(/no scenario has the tag "fats"; known: .*fast.*did you mean "fast"/),
    ]);
  });

  it.each<[string, RegExp, string, RegExp]>([
    ['that has not the form of one', /rate: .*/, 'rat: 1100/s', /m\.yaml:\d+:5 unknown key "rat"/],
    ['that can not be meant so', /depth: 3/, 'depth: 30', /m\.yaml:\d+:31 found depth 30/],
  ])('says what is wrong with a pipeline and with a scenario %s', (_, from, to, message) => {
    const pipeline = join(folder, 'pipeline');
    cpSync(join(pipelinesFolder, 'two-tier'), pipeline, { recursive: true });
    const file = join(pipeline, 'gateway.yaml');
    const text = readFileSync(file, 'utf8').replace('decision_wait: ', 'decision_wait: x');
    writeFileSync(file, text);
    const ofPipeline = expect.stringMatching(/gateway\.yaml:\d+:\d+ .*decision_wait/);
    const found = [expect.stringMatching(message), ofPipeline];
    const byOption = mistakes({ names: [write('m', from, to)], pipelineFolder: pipeline });
    expect(byOption).toEqual(expect.arrayContaining(found));
    const own = write('m', 'pipeline: two-tier', `pipeline: ${pipeline}`);
    writeFileSync(own, readFileSync(own, 'utf8').replace(from, to));
    expect(mistakes({ names: [own] })).toEqual(expect.arrayContaining(found));
  });

  it.each([
    ['steady.yaml', 'steady.yaml: no such file. Hint: did you mean "steady"?'],
    ['/nowhere/of-mine.yaml', '/nowhere/of-mine.yaml: no such file'],
  ])('takes %s for a path', (name, message) => {
    expect(mistakes({ names: [name] })).toEqual([message]);
  });

  it('finds pipelines by name, and says where one is misspelt', () => {
    expect(requests({ names: ['steady'], pipelineFolder: 'two-tier' })).toHaveLength(1);
    const [mistake] = mistakes({ names: [write('c', 'two-tier', 'two-teir')] });
    expect(mistake).toMatch(/c\.yaml:6:11 "two-teir" .*known: .*two-tier.*\. Hint: did you mean/);
  });

  it('finds an image that the embedded runtime can not run, and where it stands', () => {
    const pipeline = join(folder, 'pipeline');
    cpSync(join(pipelinesFolder, 'two-tier'), pipeline, { recursive: true });
    const file = join(pipeline, 'gateway.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/image: .*/, 'image: nginx:1'));
    const options = { names: ['steady'], pipelineFolder: pipeline };
    expect(mistakes(options)).toEqual([
      expect.stringMatching(/gateway\.yaml:\d+:\d+ image "nginx:1" of tier "gateway" is no /),
    ]);
    expect(requests({ ...options, runtime: 'kind' })).toHaveLength(1);
  });

  it('places faults that kind has not', () => {
    const file = write('agents', /kill: gateway\/random/, 'restart: agent/0');
    expect(mistakes({ names: [file], runtime: 'kind' })).toEqual([
      expect.stringMatching(/agents\.yaml:\d+:14 fault restart: a daemonset .*; run it embedded/),
    ]);
    expect(requests({ names: [file] })).toHaveLength(1);
    const names = ['gateway-kill', 'gateway-restart', 'gateway-pause', 'backend-outage'];
    expect(requests({ names, runtime: 'kind' })).toHaveLength(4);
  });
});
