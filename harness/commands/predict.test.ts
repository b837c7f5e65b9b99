import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pipelinesFolder } from '../prepare.ts';
import { predictCommand } from './predict.ts';

let folder: string;
let scenario: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-predict-'));
  scenario = join(folder, 'small.yaml');
  writeFileSync(
    scenario,
    `name: small
about: Each class of traces that two-tier tells from the others.
pipeline: two-tier
load:
  - traces: shop
    rate: 100/s
    services: [frontend, orders]
    shape: { spans: 3, depth: 2 }
    classes:
      error: 10%
      slow: { share: 10%, duration: 2.5s }
      health: { share: 10%, attributes: { http.route: /healthz }, on: each }
phases: [{ for: 4s }]
expect:
  - kept: { class: error, share: 100% }
  - kept: { class: health, share: 0% }
  - kept: { class: normal, share: 5% }
`,
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of two-tier with one text of the gateway replaced. */
function changed(from?: string, to = ''): string {
  const own = join(folder, `pipeline-${to.length}`);
  cpSync(join(pipelinesFolder, 'two-tier'), own, { recursive: true });
  if (from !== undefined) {
    const file = join(own, 'gateway.yaml');
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(from);
    writeFileSync(file, text.replace(from, to));
  }
  return own;
}

function predicted(pipeline: string, against?: string) {
  let written = '';
  const write = (text: string): true => {
    written += text;
    return true;
  };
  const more = against === undefined ? {} : { against };
  const code = predictCommand(pipeline, { scenario, seed: 3, ...more }, { write });
  return { code, written };
}

describe('predict', () => {
  it('tells what becomes of each class, and by which policy', () => {
    const { code, written } = predicted(changed());
    expect(written).toMatch(/^ {2}class error: 40 traces: 40 kept \(100 %\), 40 by keep-errors$/m);
    expect(written).toMatch(/^ {2}class slow: 40 traces: 40 kept \(100 %\), 40 by keep-slow$/m);
    expect(written).toMatch(/^ {2}class health: 40 traces: 0 kept .*40 filtered whole, 120 spans/m);
    expect(written).toMatch(/^PASS {2}kept error, all: 40 of 40$/m);
    expect(written).toMatch(/^PASS {2}kept health, none: 0 of 40$/m);
    expect(written).not.toMatch(/kept normal/);
    expect(code).toBe(0);
  });

  it('asks a promise of a backend by any of its names', () => {
    const text = readFileSync(scenario, 'utf8');
    writeFileSync(scenario, text.replace('share: 100% }', 'share: 100%, at: tempo }'));
    const { written } = predicted(changed('endpoint: tempo:4317', 'endpoint: tempo.storage:4317'));
    expect(written).toMatch(/^PASS {2}kept error, all: 40 of 40$/m);
  });

  const errors = 'status_codes: [ERROR]';
  it.each([
    ['a policy for another status', errors, 'status_codes: [OK]', 'FAIL', 1],
    ['a sampler that the pipeline leaves out', 'tail_sampling, attr', 'attr', 'PASS', 0],
    ['a policy that samples all', 'percentage: 5', 'percentage: 100', 'PASS', 0],
    ['a drop policy for errors', '- name: keep-errors', dropErrors(), 'FAIL', 1],
    ['what is not modelled before it', 'limiter, tail', 'limiter, geoip, tail', 'UNKNOWN', 2],
  ])('is asked of errors with %s', (what, from, to, how, code) => {
    const own = changed(from, to);
    const declare = (at: string, text: string): void => {
      const file = join(own, 'gateway.yaml');
      writeFileSync(file, readFileSync(file, 'utf8').replace(at, `${at}\n${text}`));
    };
    if (what.startsWith('what is not')) declare('    processors:', '      geoip: {}');
    const { code: ended, written } = predicted(own);
    expect(written).toMatch(new RegExp(`^${how} {2}kept error, all`, 'm'));
    expect(ended).toBe(code);
  });

  it('does not know what becomes of traces that meet a sampler in parts', () => {
    const key = 'OpenTelemetryCollector/agent:spec.config.exporters.loadbalancing.routing_key';
    const asked = (by: string) => {
      const told: string[] = [];
      const write = (text: string) => void told.push(text);
      const set = [`${key}=${by}`];
      return { code: predictCommand(changed(), { scenario, seed: 3, set }, { write }), told };
    };
    expect(asked('traceID').code).toBe(0);
    const { code, told } = asked('service');
    expect(code).toBe(2);
    expect(told[1]).toBe(
      'not known: traces at gateway: agent/loadbalancing spreads by service, so that one of several meets several samplers in parts\n',
    );
  });

  it('asks the pipeline with what --set sets of it', () => {
    const policy = 'spec.config.processors.tail_sampling.policies[keep-errors].status_code';
    const set = [`OpenTelemetryCollector/gateway:${policy}={ status_codes: [OK] }`];
    const told: string[] = [];
    const write = (text: string) => void told.push(text);
    expect(predictCommand(changed(), { scenario, seed: 3, set }, { write })).toBe(1);
    expect(told.join('')).toMatch(/^FAIL {2}kept error, all/m);
  });

  it('asks the pipeline that the scenario would run: with what it sets', () => {
    const set =
      'set: { OpenTelemetryCollector/gateway: { "spec.config.service.pipelines.traces.processors": [memory_limiter] } }';
    writeFileSync(scenario, `${readFileSync(scenario, 'utf8')}${set}\n`);
    expect(predicted(changed()).written).toMatch(/class normal: (\d+) traces: \1 kept \(100 %\)/);
  });

  it('tells what a change changes, and that another changes nothing', () => {
    const before = changed();
    const after = changed(errors, 'status_codes: [OK]');
    const { code, written } = predicted(after, before);
    expect(code).toBe(0);
    expect(written).toMatch(/class error: 40 traces: 40 kept \(100 %\), 40 by keep-errors\n/);
    expect(written).toMatch(/class error: 40 traces: \d+ kept \([\d.]+ %\), \d+ not/);
    const same = changed('keep-slow', 'keep-slower-ones');
    expect(predicted(same, before).written).toMatch(/class slow/);
    expect(predicted(before, changed('decision_wait: 10s', 'decision_wait: 20s')).written).toBe(
      'nothing becomes of any class otherwise\n',
    );
  });

  it('follows each of several ways, and through one sampler behind another', () => {
    const told: string[] = [];
    const write = (text: string) => void told.push(text);
    const graph = (name: string): string => join(pipelinesFolder, name);
    expect(predictCommand(graph('archive'), { scenario, seed: 1 }, { write })).toBe(1);
    expect(told.join('')).toMatch(/go to tempo:4317[\s\S]* 40 by errors[\s\S]*go to archive:4317/);
    told.length = 0;
    predictCommand(graph('two-samplers'), { scenario, seed: 1 }, { write });
    const [, traces = 0, kept = 0] =
      /class normal: (\d+) traces: (\d+) kept/.exec(told.join(''))?.map(Number) ?? [];
    expect(kept).toBeLessThan(traces * 0.3);
    expect(kept).toBeGreaterThan(traces * 0.1);
  });
});

function dropErrors(): string {
  const part = '{ name: e, type: status_code, status_code: { status_codes: [ERROR] } }';
  return `- { name: no-errors, type: drop, drop: { drop_sub_policy: [${part}] } }\n          - name: keep-errors`;
}
