import { describe, expect, it } from 'vitest';
import { itemOf, judged, logOf, traceOf } from './accounts.testing.ts';
import { provedByIntake } from './intake.ts';
import { createLostCheck } from './lost.ts';

const lost = () =>
  provedByIntake(
    createLostCheck(
      { check: 'lost', spans: 0, logs: 0, metricPoints: undefined, except: [], atMost: undefined },
      { memoryDoubts: [], samplerStep: 1, sampling: undefined },
    ),
    'nothing to lose',
  );
const refused = traceOf([itemOf('refused'), itemOf('refused')]);
const delivered = traceOf([itemOf('delivered')]);

describe('a check of items that were taken in', () => {
  it('is unknown where no span was', async () => {
    for (const traces of [[], [refused], [traceOf([itemOf('unseen')])]]) {
      const { verdict, observed } = await judged(lost(), traces);
      expect(verdict).toBe('unknown');
      expect(observed).toContain('no span was taken in: nothing to lose');
    }
  });

  it('is unknown where log records were planned and none was', async () => {
    const { verdict, observed } = await judged(lost(), [delivered], [logOf(itemOf('refused'))]);
    expect(verdict).toBe('unknown');
    expect(observed).toContain('; no log record was taken in');
  });

  it('passes where some were refused: their sender was told', async () => {
    const some = await judged(
      lost(),
      [refused, delivered],
      [logOf(itemOf('refused')), logOf(itemOf('delivered'))],
    );
    expect(some.verdict).toBe('pass');
    expect((await judged(lost(), [traceOf([itemOf('filtered')])])).verdict).toBe('pass');
  });

  it('fails all the same', async () => {
    const bucket = { kind: 'lost', hop: 'a', cause: 'dropped-by-exporter', detail: '' } as const;
    const traces = [traceOf([itemOf('lost', { bucket })])];
    expect((await judged(lost(), traces, [logOf(itemOf('refused'))])).verdict).toBe('fail');
  });
});
