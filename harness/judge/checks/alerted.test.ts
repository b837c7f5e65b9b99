import { describe, expect, it } from 'vitest';
import type { AlertAnswer } from '../../evidence/types.ts';
import { createAlertedCheck } from './alerted.ts';

const startMs = 1_000_000;
const rule = (over: Partial<AlertAnswer> = {}): AlertAnswer => ({
  alert: 'Full',
  expression: 'queue_size > 5',
  holdsForMs: 0,
  evaluatedMs: startMs + 30_000,
  metrics: { queue_size: 3 },
  ...over,
});

function ask(check: 'alerted' | 'notAlerted', alerts: readonly AlertAnswer[] | undefined) {
  const context = {
    evidence: { answers: { alerts }, facts: { startMs } },
    pipeline: { rules: { alerts: [{ alert: 'Full', from: 'PrometheusRule/own' }] } },
  } as unknown as Parameters<typeof createAlertedCheck>[1];
  return createAlertedCheck({ check, alert: 'Full' }, context).finish();
}

describe('alerted', () => {
  it('passes what fired at any moment, and says when', async () => {
    const fired = [rule({ firingMs: startMs + 12_000, pendingMs: startMs + 11_000 })];
    expect(await ask('alerted', fired)).toMatchObject({
      verdict: 'pass',
      subject: 'Full',
      observed: 'it fired 12.0 s into the load',
    });
    // Another rule of that name is the same alert.
    expect((await ask('alerted', [rule(), ...fired])).verdict).toBe('pass');
  });

  it('proves nothing by what was true before anything was sent', async () => {
    const vain = [rule({ firingMs: startMs - 4_000 })];
    expect(await ask('alerted', vain)).toMatchObject({
      verdict: 'unknown',
      findings: [{ kind: 'evidence-missing' }],
    });
    // So was one that fires ten seconds into the load and holds for fifteen.
    const late = { firingMs: startMs + 10_000, holdsForMs: 15_000 };
    expect((await ask('alerted', [rule(late)])).verdict).toBe('unknown');
    expect((await ask('alerted', [rule({ ...late, holdsForMs: 9_000 })])).verdict).toBe('pass');
  });

  it.each<[string, Partial<AlertAnswer>]>([
    ['no series is called queue_size', { metrics: { queue_size: 0 } }],
    ['its expression was never true', {}],
    [
      'it was true 5.0 s into the load and has to be so for 60.0 s',
      { pendingMs: startMs + 5_000, holdsForMs: 60_000 },
    ],
    ['its evaluation fails: many-to-many', { error: 'many-to-many' }],
  ])('fails what never fired, and says why: %s', async (why, over) => {
    const { verdict, findings } = await ask('alerted', [rule(over)]);
    expect(verdict).toBe('fail');
    expect(findings).toMatchObject([
      { kind: 'not-alerted', component: 'PrometheusRule/own/Full', why },
    ]);
  });
});

describe('notAlerted', () => {
  it('passes what was evaluated and silent', async () => {
    expect((await ask('notAlerted', [rule()])).verdict).toBe('pass');
    // What counts failures has no series where nothing failed.
    expect((await ask('notAlerted', [rule({ metrics: { queue_size: 0 } })])).verdict).toBe('pass');
  });

  it('fails what fired once', async () => {
    const { verdict, findings } = await ask('notAlerted', [rule({ firingMs: startMs - 2_000 })]);
    expect(verdict).toBe('fail');
    expect(findings).toMatchObject([
      { kind: 'false-alarm', why: 'it fired 2.0 s before the load' },
    ]);
  });

  it('proves nothing by what can not be evaluated', async () => {
    const failing = await ask('notAlerted', [rule({ error: 'many-to-many' })]);
    expect(failing).toMatchObject({
      verdict: 'unknown',
      findings: [{ kind: 'evidence-missing' }],
    });
  });
});

it.each([
  ['nobody asked', undefined],
  ['Prometheus has no such rule', []],
  ['it was never evaluated', [rule({ evaluatedMs: undefined })]],
])('is unknown where %s', async (_, alerts) => {
  for (const check of ['alerted', 'notAlerted'] as const) {
    expect((await ask(check, alerts)).verdict).toBe('unknown');
  }
});
