import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type FindingKind, findingKinds } from './judge/findings.ts';
import type { CheckResult } from './judge/types.ts';
import { readBenchFile } from './pipeline/bench-file.ts';
import { loadPipeline } from './pipeline/load.ts';
import { spanFlags } from './plan/types.ts';
import { pipelinesFolder, readPipeline, readSource, understand } from './prepare.ts';
import type { CheckName } from './scenario/types.ts';
import { expectationWords, faultWords } from './scenario/words/index.ts';
import { isPlanted, listScenarios, scenariosFolder } from './scenarios.ts';
import { expectedFindings } from './scenarios-readme.ts';
import { read, sources } from './tidy.testing.ts';

/**
 * Every scenario can be run, is large enough to prove something, and every check is proved by one.
 */
const leastElse = { spans: 100_000, services: 3, nodes: 2, tracesOfClass: 100, blocksOfTrace: 2 };

/** Planted defects and equivalent changes are many, and each is small. */
const leastPlanted = { ...leastElse, spans: 4_000, tracesOfClass: 20 };

/** Where users ask real services, which are dear to run, they are what proves something. */
const leastOfUsers = { ...leastPlanted, requests: 300 };

/** What each check can find. A check without a row does not compile. */
const finds: Readonly<Record<CheckResult['name'], readonly FindingKind[]>> = {
  decided: ['wrong-decision'],
  kept: [
    'promise-not-configured',
    'sampled-before-tail',
    'filtered-before-tail',
    'trace-split-across-gateways',
    'decided-before-complete',
    'split-by-outage',
    'split-by-refusal',
    'refused-at-entry',
    'ring-empty-at-start',
  ],
  lost: [
    'evicted-before-decision',
    'held-by-killed',
    'cut-by-restart',
    'stale-ring',
    'queue-gone-with-pod',
    'queue-left-behind',
    'not-tailed',
    'target-not-scraped',
    'scrape-missed',
    'refused-by-gateway',
    'refused-by-backend',
    'timeout-too-short',
    'dropped-by-exporter',
    'routed-nowhere',
  ],
  recovered: ['queue-gone-with-process', 'queue-gone-with-pod', 'dropped-by-exporter'],
  delivered: ['dropped-by-filter', 'ended-by-config'],
  stored: ['promise-not-configured'],
  duplicated: ['duplicated', 'timeout-too-short', 'scraped-twice'],
  altered: ['altered'],
  labelled: ['label-missing', 'label-differs'],
  enriched: ['metadata-missing', 'metadata-of-another-pod'],
  derived: ['derived-of-sampled', 'derived-collides', 'derived-miscounted'],
  connected: [
    'context-stripped',
    'context-overwritten',
    'context-not-read',
    'context-not-sent',
    'context-unsampled',
  ],
  leaked: ['leaked'],
  late: ['late-span-lost', 'late-span-orphaned'],
  visible: ['visible-too-late'],
  correlated: [
    'link-label-unknown',
    'link-window-too-small',
    'link-window-reversed',
    'link-id-in-metadata',
    'link-id-in-body-only',
    'link-datasource-unknown',
    'link-variable-unescaped',
    'link-never-shown',
    'link-leads-elsewhere',
    'link-finds-nothing',
    'exemplar-label-name',
    'exemplars-not-stored',
    'exemplar-of-unsampled',
  ],
  restarts: ['restarted'],
  oomKilled: ['oom-killed'],
  held: ['fault-did-not-bite'],
  unexplained: ['unexplained', 'never-planned', 'not-modelled', 'still-retrying'],
  found: [],
  start: ['config-rejected', 'never-ready', 'component-not-in-image'],
  load: ['load-not-offered', 'machine-starved', 'refused-at-entry'],
  evidence: ['evidence-missing'],
  faults: ['fault-did-not-bite'],
  scraped: ['not-scraped'],
  alerted: ['not-alerted'],
  notAlerted: ['false-alarm'],
  backends: ['not-in-backend'],
  ring: ['ring-of-one-address'],
};

/** Checks that no negative scenario proves, and why none does. */
const withoutNegative: Partial<Record<CheckName, string>> = {
  decided: 'no configuration makes a collector break its own policies',
  unexplained: 'edits of recorded evidence prove it: oracle.test.ts',
  held: 'leads to unknown, which no negative scenario may end in; oracle.test.ts proves its finding',
  late: 'only a gateway that forgets its decisions shows it; no scenario makes one forget yet',
  found: 'it is what judges a negative scenario',
};

const listed = listScenarios();
const negative = listed.filter(({ name }) => name.startsWith('negative/'));

describe.each(listed)('$name', ({ name, scenario }) => {
  const source = readSource({
    scenarioFile: join(scenariosFolder, `${name}.yaml`),
    pipelineFolder: undefined,
    edits: [],
    seed: 1,
    runtime: 'embedded',
    reportsFolder: '',
  });

  it('is named as its file, and negative as its folder says', () => {
    expect(name.split('/').at(-1)).toBe(scenario.name);
    const [folder] = name.split('/').slice(0, -1);
    const isBroken = folder === 'negative' || folder === 'defects';
    expect(expectedFindings(scenario).length > 0).toBe(isBroken);
    const ofFolder = ['negative', 'defects', 'equivalent', 'claims'];
    expect(scenario.tags.filter((tag) => ofFolder.includes(tag))).toEqual(folder ? [folder] : []);
  });

  it('says why where it is a planted defect that is not named right', () => {
    const isMissed = scenario.tags.includes('missed');
    expect(isMissed).toBe(/Missed today: \w/.test(scenario.about));
    expect(isMissed && !name.startsWith('defects/')).toBe(false);
  });

  it('names the component where it is a planted defect', () => {
    const found = scenario.expect.flatMap((e) => (e.check === 'found' ? e.findings : []));
    const without = found.filter(({ component }) => component === undefined);
    expect(name.startsWith('defects/') ? without : []).toEqual([]);
  });

  it('states a ceiling for what each exception may take out', () => {
    const without = scenario.expect.filter(
      (one) => 'except' in one && one.except.length > 0 && one.atMost === undefined,
    );
    expect(without).toEqual([]);
  });

  it('plans enough: spans, services, nodes, traces of each class, requests of each trace', () => {
    const { plan } = understand(source);
    const { requests } = plan.users ?? {};
    const least = requests ? leastOfUsers : isPlanted(name) ? leastPlanted : leastElse;
    if (requests) expect(requests.length).toBeGreaterThanOrEqual(leastOfUsers.requests);
    expect(plan.spans.count).toBeGreaterThanOrEqual(least.spans);
    const services = new Set(plan.pods.map((pod) => pod.service));
    expect(services.size).toBeGreaterThanOrEqual(least.services);
    expect(new Set(plan.pods.map((pod) => pod.node)).size).toBe(least.nodes);
    const ofClass = plan.classNames.map(
      (_, index) => plan.traces.classIndex.filter((own) => own === index).length,
    );
    expect(Math.min(...ofClass), plan.classNames.join(', ')).toBeGreaterThanOrEqual(
      least.tracesOfClass,
    );
    expect(Math.min(...blocksOfTraces(plan))).toBeGreaterThanOrEqual(least.blocksOfTrace);
  });
});

/** How many requests bring the spans of each trace that are not late on purpose. */
function blocksOfTraces(plan: ReturnType<typeof understand>['plan']): number[] {
  const lastBlock = new Int32Array(plan.traces.count).fill(-1);
  const count = new Uint32Array(plan.traces.count);
  for (const block of plan.blocks) {
    if (block.signal !== 'traces') continue;
    for (const span of plan.spanOrder.subarray(block.from, block.to)) {
      const trace = plan.spans.trace[span] ?? 0;
      const late = ((plan.spans.flags[span] ?? 0) & spanFlags.late) !== 0;
      if (late || lastBlock[trace] === block.index) continue;
      lastBlock[trace] = block.index;
      count[trace] = (count[trace] ?? 0) + 1;
    }
  }
  return [Math.min(...chunkMinima(count))];
}

/** Minima of pieces: an argument list has a limit that a plan's traces pass. */
const chunkMinima = (values: Uint32Array): number[] =>
  Array.from({ length: Math.ceil(values.length / 10_000) }, (_, i) =>
    Math.min(...values.subarray(i * 10_000, (i + 1) * 10_000)),
  );

describe('when scenarios run', () => {
  it('is every night for each, by one of the nightly’s tags; at each change for a handful', () => {
    const nightly = parse(read('.github/workflows/nightly.yml'));
    const tags: readonly string[] = nightly.jobs.embedded.strategy.matrix.tag;
    const never = listed.filter(({ scenario }) => !scenario.tags.some((tag) => tags.includes(tag)));
    expect(
      never.map(({ name }) => name),
      `tag them: ${tags.join(', ')}`,
    ).toEqual([]);
    const fast = listed.filter(({ scenario }) => scenario.tags.includes('fast'));
    expect(fast.length).toBeGreaterThan(3);
    expect(fast.length, 'nightly is for the rest').toBeLessThanOrEqual(10);
  });
});

describe('pipelines of the bench', () => {
  it('say what their backends are: nothing is guessed', () => {
    const folders = readdirSync(pipelinesFolder).filter((name) => !name.endsWith('.yaml'));
    const guessed = folders.flatMap((name) => {
      const { pipelineName, pipelineFiles, benchFile } = readPipeline(name);
      const bench = benchFile && readBenchFile(benchFile.path, benchFile.text);
      return loadPipeline(pipelineName, pipelineFiles, [], bench).guessed;
    });
    expect(guessed).toEqual([]);
  });
});

describe('negative scenarios', () => {
  it('prove every check, or it is said why not', () => {
    const proved = (check: CheckName): boolean =>
      negative.some(
        ({ scenario }) =>
          scenario.expect.some((expectation) => expectation.check === check) &&
          expectedFindings(scenario).some((kind) => finds[check].includes(kind as FindingKind)),
      );
    const unproved = (Object.keys(expectationWords) as CheckName[]).filter((c) => !proved(c));
    expect(unproved.sort()).toEqual(Object.keys(withoutNegative).sort());
  });
});

describe('kinds', () => {
  it('a finding is found by a check, and named in the judge', () => {
    const judge = sources.filter(
      ({ path, isTest }) =>
        path.startsWith('harness/judge/') && !isTest && !path.endsWith('/findings.ts'),
    );
    const never = findingKinds.filter(
      (kind) =>
        !Object.values(finds).some((kinds) => kinds.includes(kind)) ||
        !judge.some(({ code }) => code.includes(`'${kind}'`)),
    );
    expect(never).toEqual([]);
  });

  it('a fault has a file of its own', () => {
    const without = Object.keys(faultWords).filter(
      (kind) => !sources.some(({ path }) => path === `harness/faults/${kind}.ts`),
    );
    expect(without).toEqual([]);
  });
});
