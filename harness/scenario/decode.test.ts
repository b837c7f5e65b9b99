import { describe, expect, it } from 'vitest';
import { UserError } from '../lib/errors.ts';
import { decodeScenario } from './decode.ts';

const good = `
name: gateway-kill
about: One gateway dies.
pipeline: two-tier
tags: [restart]
set:
  OpenTelemetryCollector/gateway:
    spec.config.processors.tail_sampling.decision_wait: 20s
load:
  - traces: checkout
    rate: 200/s
    services: [frontend, checkout, payment]
    shape: { spans: 8, depth: 4 }
    classes:
      error: 1%
      slow: { share: 2%, duration: 2.5s }
      flagged: { share: 0.5%, attributes: { sampling.priority: always_on } }
    late: { share: 3%, deliverAfter: 30s }
    logs: { perSpan: 0.2 }
    canaries: { http.request.header.authorization: 1% }
phases:
  - { for: 20s }
  - { for: 10s, times: 10 }
faults:
  - at: 25s
    kill: gateway/1
expect:
  - decided: as-predicted
  - kept: { class: error, share: 100%, except: [held-by-killed, split-by-outage] }
  - lost: { spans: 0, except: held-by-killed }
  - restarts: { tier: gateway, count: 1 }
`;

const decode = (text: string) => decodeScenario('s.yaml', text, ['lost-span']);

function mistakes(text: string): string {
  try {
    decode(text);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  }
  throw new Error('no mistake was found');
}

describe('decodeScenario', () => {
  it('resolves units, classes, faults and expectations', () => {
    const scenario = decode(good);
    const [load] = scenario.load;
    expect(load?.ratePerSecond).toBe(200);
    expect(load?.tree).toHaveLength(8);
    expect(new Set(load?.tree.map((n) => n.service)).size).toBe(3);
    expect(load?.classes.map((c) => [c.name, c.share, c.statusError])).toEqual([
      ['error', 0.01, true],
      ['slow', 0.02, false],
      ['flagged', 0.005, false],
    ]);
    expect(load?.late).toEqual({ share: 0.03, deliverAfterMs: 30_000 });
    expect(scenario.faults).toEqual([
      { kind: 'kill', atMs: 25_000, target: { tier: 'gateway', ordinal: 1 } },
    ]);
    expect(scenario.phases[1]).toEqual({ forMs: 10_000, times: 10 });
    expect(scenario.set[0]).toMatchObject({ value: '20s', origin: 's.yaml:8:5' });
    expect(scenario.expect.at(-1)).toEqual({ check: 'restarts', tier: 'gateway', count: 1 });
  });

  it('keeps every child inside its parent and never shares a slice between siblings', () => {
    const tree = decode(good).load[0]?.tree ?? [];
    for (const node of tree.slice(1)) {
      const parent = tree[node.parent];
      expect(node.startFraction).toBeGreaterThan(parent?.startFraction ?? 1);
      expect(node.endFraction).toBeLessThan(parent?.endFraction ?? 0);
    }
  });

  it('names every mistake at once, with place, known words and hint', () => {
    const text = good
      .replace('rate: 200/s', 'rate: 200')
      .replace('kill: gateway/1', 'kil: gateway/1')
      .replace('deliverAfter: 30s', 'deliverAfter: 30')
      .replace('about:', 'abuot:');
    const message = mistakes(text);
    expect(message).toContain('s.yaml:3:1 unknown key "abuot"');
    expect(message).toContain('did you mean "about"?');
    expect(message).toMatch(
      /s\.yaml:11:11 load\.0\.rate: found 200, expected a rate such as 200\/s/,
    );
    expect(message).toMatch(
      /s\.yaml:26:5 .*unknown fault "kil"; known: kill, restart, roll, scale, pause/,
    );
    expect(message).toMatch(/deliverAfter: found 30, expected a duration with its unit/);
    expect(message).toContain('5 mistakes; nothing was started.');
  });

  it('plans no more than the one log record a span that it can tell apart', () => {
    expect(mistakes(good.replace('perSpan: 0.2', 'perSpan: 5'))).toMatch(
      /s\.yaml:19:22 load\.0\.logs\.perSpan: found 5, expected at most 1/,
    );
  });

  it('asks how many may be lost, of spans or of log records', () => {
    const lost = '{ spans: 0, except: held-by-killed }';
    const logs = decode(good.replace(lost, '{ logs: 0 }')).expect.find((e) => e.check === 'lost');
    expect(logs).toMatchObject({ check: 'lost', spans: undefined, logs: 0, except: [] });
    expect(mistakes(good.replace(lost, '{ except: held-by-killed }'))).toMatch(
      /s\.yaml:\d+:11 expect\.2\.lost: found neither spans nor logs/,
    );
  });

  it('reads a finding alone, or with where it must be named and by which setting', () => {
    const findings = (written: string) =>
      decode(good.replace('decided: as-predicted', `found: [${written}]`)).expect[0];
    expect(findings('lost-span, { kind: stale-ring, component: a/lb, setting: interval }')).toEqual(
      {
        check: 'found',
        findings: [
          { kind: 'lost-span', component: undefined, names: [] },
          { kind: 'stale-ring', component: 'a/lb', names: ['interval'] },
        ],
      },
    );
    expect(() => findings('{ kind: stale-rings, component: a }')).toThrow(/"stale-ring"\?/);
    expect(() => findings('{ kind: stale-ring, componet: a }')).toThrow(/"component"\?/);
  });

  it('refuses what a schema cannot see', () => {
    expect(mistakes(good.replace('error: 1%', 'error: 99%'))).toContain('more than 100 %');
    expect(mistakes(good.replace('class: error', 'class: eror'))).toContain(
      'did you mean "error"?',
    );
    expect(mistakes(good.replace('error: 1%', 'odd: 1%'))).toContain(
      'nothing tells it from "normal"',
    );
    expect(mistakes(good.replace('decided: as-predicted', 'found: [lost-spam]'))).toContain(
      'did you mean "lost-span"?',
    );
    expect(mistakes(good.replace('kill: gateway/1', 'kill: gateway'))).toContain(
      'a target such as',
    );
    expect(mistakes(`${good}---\nname: b\n`)).toContain('exactly one YAML document');
  });
});
