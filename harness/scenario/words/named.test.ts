import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { held } from './held.ts';
import { kill } from './kill.ts';
import { expectationsNamed, faultsNamed } from './named.ts';

describe('words', () => {
  it('that read as another word, or as none, do not compile', () => {
    const ownKind = z.object({ wipe: z.string() }).transform(() => ({ kind: 'wipe' as const }));
    expect(Object.keys(faultsNamed({ kill, wipe: ownKind }))).toEqual(['kill', 'wipe']);
    const asWritten = z.object({ wipe: z.string() });
    // @ts-expect-error: no transform, so nothing tells the others what it is
    faultsNamed({ kill, wipe: asWritten });
    // @ts-expect-error: it would be judged as another check
    expectationsNamed({ held, queued: held });
  });
});
