import { describe, expect, it } from 'vitest';
import { UserError } from '../lib/errors.ts';
import { decodeScenario } from './decode.ts';

const good = `name: a
about: b
pipeline: two-tier
load:
  - traces: checkout
    rate: 10/s
    services: [frontend, payment]
    shape: { spans: 5, depth: 3 }
    late: { share: 1%, deliverAfter: 30s }
    metrics: { every: 1s }
phases:
  - { for: 20s }
faults:
  - at: 12s
    kill: gateway/1
expect:
  - lost: { spans: 0, except: held-by-killed }
`;

function mistakes(from: string, to: string): readonly string[] {
  expect(good).toContain(from);
  try {
    decodeScenario('s.yaml', good.replace(from, to), []);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).mistakes;
  }
  return [];
}

describe('checkMeaning', () => {
  it.each([
    ['rate: 10/s', 'rate: 0/s', /^s\.yaml:6:11 load "checkout" has no trace in the 20\.0 s/],
    ['for: 20s', 'for: 20s, times: 0', /^s\.yaml:6:11 load "checkout" has no trace/],
    ['rate: 10/s', 'rate: 900000000/s', /^s\.yaml:5:3 the load is 90,000,000,000 spans, at most/],
    ['every: 1s', 'every: 0.001ms', /^s\.yaml:10:23 80,000,000 reports of metrics, at most/],
    ['every: 1s', 'every: 0s', /^s\.yaml:10:23 .*every: found "0s", expected a duration above 0/],
    ['for: 20s', 'for: 1000h', /^s\.yaml:12:12 .*for: found "1000h", expected .* at most 24h/],
    [
      '{ for: 20s }',
      '{ for: 20h }\n  - { for: 5h }',
      /^s\.yaml:12:3 all phases take 1500 min 0 s, at most 1440 min 0 s are run/,
    ],
    [
      'load:\n',
      `set:\n  gateway: { ${Array.from({ length: 1_001 }, (_, i) => `spec.a${i}: 1`).join(', ')} }\nload:\n`,
      /^s\.yaml:5:3 1,001 edits of the pipeline, at most 1,000 are made/,
    ],
    ['at: 12s', 'at: 51s', /^s\.yaml:14:9 fault kill at 51\.0 s, when the load is over.* 50\.0 s/],
    [
      'faults:\n',
      'faults:\n  - { at: 40s, outage: tempo, for: 12s }\n  - { at: 53s, kill: gateway/0 }\n',
      /^s\.yaml:15:11 fault kill at 53\.0 s, when the load is over/,
    ],
    [
      'faults:\n',
      'faults:\n  - { at: 51s, outage: tempo, for: 12s }\n',
      /^s\.yaml:14:11 fault outage at 51\.0 s, when the load is over/,
    ],
    ['depth: 3', 'depth: 5', /^s\.yaml:9:5 no span of these traces can be late/],
    ['shape: { spans: 5, depth: 3 }', 'shape: { spans: 1, depth: 1 }', /no span .* can be late/],
    [
      'metrics:',
      'classes: { slow: { share: 2% } }\n    metrics:',
      /^s\.yaml:10:16 class "slow" says only a share: nothing tells it from "normal"/,
    ],
    ['depth: 3', 'depth: 6', /^s\.yaml:8:31 found depth 6, expected at most the 5 spans/],
    [
      'load:\n',
      'load:\n  - { traces: checkout, rate: 1/s }\n',
      /^s\.yaml:6:13 two loads are named/,
    ],
  ])('refuses %s as %s', (from, to, message) => {
    expect(mistakes(from, to)).toEqual([expect.stringMatching(message)]);
  });

  it.each([
    ['at: 12s', 'at: 50s'],
    [
      'faults:\n',
      'faults:\n  - { at: 40s, outage: tempo, for: 12s }\n  - { at: 51500ms, kill: gateway/0 }\n',
    ],
    ['depth: 3', 'depth: 4'],
    ['metrics:', 'classes: { error: { share: 2% } }\n    metrics:'],
  ])('takes %s as %s', (from, to) => {
    expect(mistakes(from, to)).toEqual([]);
  });
});

describe('the words of mistakes', () => {
  it.each([
    ['[frontend, payment]', '[Front_End]', 'load.0.services.0: found "Front_End", expected a Kub'],
    ['[frontend, payment]', '[-a]', 'load.0.services.0: found "-a", expected a Kubernetes name'],
    ['[frontend, payment]', '[]', 'load.0.services: found [], expected at least 1 in the list'],
    ['rate: 10/s', 'pods: 0', 'load.0.rate: missing, expected a rate such as 200/s'],
    ['rate: 10/s', 'pods: 0', 'load.0.pods: found 0, expected at least 1'],
    [
      'held-by-killed',
      'held-by-kiled',
      'lost.except: found "held-by-kiled"; known: held-by-killed',
    ],
    ['held-by-killed', 'held-by-kiled', 'Hint: did you mean "held-by-killed"?'],
    ['held-by-killed', 'split-by-outage', 'lost.except: found "split-by-outage"; known: held-by'],
    ['held-by-killed', '[nix]', 'expect.0.lost.except.0: found "nix"; known: held-by-killed'],
    ['spans: 0', 'spans: -1', 'expect.0.lost.spans: found -1, expected at least 0'],
    ['spans: 0', 'spans: x', 'expect.0.lost.spans: found "x", expected a number'],
    ['lost: { spans: 0, except: held-by-killed }', 'restarts: x', 'a number or a mapping'],
    [
      '    kill: gateway/1\n',
      '',
      'no fault in this list item; known: kill, restart, roll, scale, pause',
    ],
    ['phases:\n  - { for: 20s }\n', '', 's.yaml:1:1 phases: missing, expected a list'],
    [
      'kill: gateway/1',
      'answer: tempo\n    with: reset\n    retryAfter: 1s\n    for: 3s',
      "faults.0.retryAfter: says when to come again, which reset can't",
    ],
    [
      'kill: gateway/1',
      'answer: tempo\n    with: reset\n    first: 0\n    for: 3s',
      'first: found 0',
    ],
    [
      'kill: gateway/1',
      'slow: tempo\n    by: 0s\n    for: 3s',
      'faults.0.by: found "0s", expected a dur',
    ],
  ])('%s as %s', (from, to, message) => {
    expect(mistakes(from, to).join('\n')).toContain(message);
  });

  it('say of every unknown key all that they say of the first', () => {
    const found = mistakes('    rate: 10/s\n', '    rat: 10/s\n    lags: 1\n    rate: 1/s\n');
    expect(found).toEqual([
      expect.stringMatching(/^s\.yaml:6:5 unknown key "rat"; known: traces.*did you mean "rate"/),
      expect.stringMatching(/^s\.yaml:7:5 unknown key "lags"; known: traces.*did you mean "logs"/),
    ]);
    expect(mistakes('except: held', 'ecxept: held, log')).toHaveLength(2);
  });
});

describe('set', () => {
  it('names a collector without its kind, as --set does', () => {
    const text = good.replace('load:', 'set:\n  gateway: { spec.replicas: 3 }\nload:');
    const [edit] = decodeScenario('s.yaml', text, []).set;
    expect(edit).toMatchObject({ resource: 'OpenTelemetryCollector/gateway', value: 3 });
    expect(edit?.origin).toBe('s.yaml:5:14');
  });
});

it('errors are errors, however their class is written', () => {
  const classes =
    'classes: { error: { share: 2%, duration: 3s }, other: { share: 1%, status: error } }';
  const [load] = decodeScenario(
    's.yaml',
    good.replace('metrics:', `${classes}\n    metrics:`),
    [],
  ).load;
  expect(load?.classes.map(({ statusError }) => statusError)).toEqual([true, true]);
});
