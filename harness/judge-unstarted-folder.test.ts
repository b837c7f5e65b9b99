import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Verdict } from './judge/types.ts';
import { judgeAgain } from './judge-folder.ts';
import { judgeUnstartedFolder, saveUnready } from './judge-unstarted-folder.ts';
import { collector } from './pipeline/shapes.testing.ts';
import { prepareRun } from './prepare.ts';
import { scenariosFolder } from './scenarios.ts';
import type { Unready } from './stack/types.ts';

const reportsFolder = mkdtempSync(join(tmpdir(), 'bench-unstarted-'));
afterAll(() => rmSync(reportsFolder, { recursive: true, force: true }));

const unready: Unready = {
  kind: 'never-ready',
  pod: 'agent-collector-x',
  tier: 'agent',
  what: 'pod agent-collector-x was not ready after 60 s',
  denied: [
    {
      account: 'obs/collector',
      verb: 'list',
      resource: 'endpointslices',
      group: 'discovery.k8s.io',
    },
  ],
  component: 'loadbalancing',
  place: 'agent.yaml:42:9 exporter "loadbalancing"',
  lines: [],
  logFile: 'evidence/logs/agent-collector-x.0.log',
};

function unstarted(
  scenario: string,
  told: Unready,
  pipelineFolder?: string,
): { folder: string; verdict: Verdict } {
  const { runFolder } = prepareRun({
    scenarioFile: join(scenariosFolder, `${scenario}.yaml`),
    pipelineFolder,
    edits: [],
    seed: 1,
    runtime: 'embedded',
    reportsFolder,
  });
  saveUnready(runFolder, told);
  return { folder: runFolder, verdict: judgeUnstartedFolder(runFolder) };
}

const withInit = (script: string): string =>
  collector(
    'gw',
    `volumes: [{ name: queue, emptyDir: {} }]
initContainers: [{ name: fill, command: [sh, -c, "${script}"], volumeMounts: [{ name: queue, mountPath: /queue }] }]`,
    `receivers: { otlp: { protocols: { grpc: {} } } }
exporters: { otlp: { endpoint: "tempo:4317", tls: { insecure: true } } }
service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp] } } }`,
  );

describe('a run whose pipeline did not come up', () => {
  it('has failed, and names who lacks which right', () => {
    const { verdict } = unstarted('steady', unready);
    expect(verdict.verdict).toBe('fail');
    expect(verdict.checks).toHaveLength(1);
    expect(verdict.checks[0]?.findings).toMatchObject([
      {
        kind: 'never-ready',
        hop: 'agent',
        component: 'agent/loadbalancing',
        cause:
          'agent.yaml:42:9 exporter "loadbalancing": ServiceAccount obs/collector may not list endpointslices.discovery.k8s.io',
        fix: 'bind a role to ServiceAccount obs/collector that may get, list and watch endpointslices.discovery.k8s.io',
      },
    ]);
  });

  it('accounts for all that was planned as not offered', () => {
    const { accounting, logs } = unstarted('steady', unready).verdict;
    expect(accounting.planned).toBeGreaterThan(100_000);
    expect(accounting.notOffered).toBe(accounting.planned);
    expect(logs.notOffered).toBe(logs.planned);
  });

  it('is what a scenario that is broken on purpose asks for, or is not', () => {
    expect(unstarted('negative/never-ready', unready).verdict.verdict).toBe('pass');
    const other = { ...unready, kind: 'config-rejected' } as const;
    expect(unstarted('negative/never-ready', other).verdict.verdict).toBe('fail');
  });

  it.each([
    ['makes what lacks', 'no such file or directory', 'cp -r /from /queue', 'unknown'],
    ['makes a folder, as the bench does', 'no such file or directory', 'mkdir /queue/a', 'fail'],
    ['has nothing to do with it', 'has invalid keys: recievers', 'cp -r /from /queue', 'fail'],
  ])('proves nothing where an init container that was not run %s', (_, error, script, expected) => {
    const pipeline = mkdtempSync(join(reportsFolder, 'pipeline-'));
    writeFileSync(join(pipeline, 'gw.yaml'), withInit(script));
    const told = { ...unready, kind: 'config-rejected', tier: 'gw', denied: [], error } as const;
    const { verdict } = unstarted('steady', told, pipeline);
    expect(verdict.verdict).toBe(expected);
    if (expected === 'unknown')
      expect(verdict.checks[0]?.observed).toContain('init container fill');
  });

  it('is judged again as it was judged', async () => {
    const { folder, verdict } = unstarted('steady', unready);
    expect(await judgeAgain(folder)).toEqual(verdict);
  });
});
