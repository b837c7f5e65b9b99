import { describe, expect, it } from 'vitest';
import type { DropLine } from '../../evidence/types.ts';
import type { JudgeContext } from './context.ts';
import type { Incarnation } from './incarnations.ts';
import { cutShort } from './still-retrying.ts';

const endMs = 60_000;
const holder = (
  lifeEnding: Incarnation['life']['ending'],
  ending: Incarnation['ending'] = 'graceful',
) => ({ ending, life: { pod: 'gateway-0', ending: lifeEnding } }) as unknown as Incarnation;

interface Told {
  readonly holders?: readonly Incarnation[];
  readonly unsettled?: string;
  readonly droppedMs?: number;
  readonly hadIt?: boolean;
}

function toldBy({ holders = [holder('stop')], unsettled, droppedMs, hadIt = true }: Told) {
  const context = { evidence: { facts: { endMs, unsettled } } } as unknown as JudgeContext;
  const drop =
    droppedMs === undefined ? undefined : ({ pod: 'gateway-0', atMs: droppedMs } as DropLine);
  return cutShort(context, holders, drop, () => hadIt);
}

describe('an item that did not go on', () => {
  it('was cut short where its process says that it gave up at the stop, not before', () => {
    expect(toldBy({ droppedMs: endMs + 10 })).toContain('was still trying to send it');
    expect(toldBy({ droppedMs: endMs - 10, unsettled: 'busy' })).toBeUndefined();
  });

  it('may have been so in a process that lived until the stop of a run that was not at rest', () => {
    expect(toldBy({ unsettled: 'busy' })).toContain('may still have had it');
    expect(toldBy({ unsettled: 'busy', holders: [holder('fault', 'killed')] })).toBeUndefined();
    expect(toldBy({ unsettled: 'busy', holders: [] })).toBeUndefined();
  });

  it('was not where all was at rest, unless the stop had to kill the process', () => {
    expect(toldBy({})).toBeUndefined();
    const holders = [holder('stop', 'killed')];
    expect(toldBy({ holders })).toContain('may still have had it');
    expect(toldBy({ holders, hadIt: false })).toBeUndefined();
  });
});
