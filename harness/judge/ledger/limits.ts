import type { Limit } from '../../pipeline/evaluate.ts';
import { bucketBreaches } from './bucket-limit.ts';
import type { Breach, Passage } from './passages.ts';
import { rateBreaches } from './rate-limit.ts';
import type { StayAccount } from './stay.ts';

/** A breach, with the policy and the process that it is of. */
export interface LimitBreach extends Breach {
  readonly policy: string;
  readonly stay: StayAccount;
}

interface Asked {
  readonly policy: string;
  readonly limit: Limit;
  readonly stay: StayAccount;
  readonly passages: Passage[];
}

/**
 * In what order a process decided within a tick is not known, but what its limits let through is
 * bounded all the same: never more than they may, and nothing is turned away while there is room.
 */
export function createLimitLedger() {
  const asked = new Map<string, Asked>();
  /** By process: when it decided what nobody can tell, and perhaps asked. */
  const blind = new Map<string, { fromMs: number; toMs: number }[]>();
  return {
    add(stay: StayAccount, traceId: string): void {
      const { decision, incarnation, askedFromMs: fromMs, decidedToMs: toMs } = stay;
      if (!decision || stay.fate !== 'decided') return;
      const isBlind =
        stay.ambiguous ||
        decision.outcome === 'unknown' ||
        decision.answers.some(({ answer }) => answer === 'unknown');
      if (isBlind) {
        blind.set(incarnation.key, [...(blind.get(incarnation.key) ?? []), { fromMs, toMs }]);
        return;
      }
      for (const { limiter, policy, limit, least, most, answer } of decision.asked) {
        const key = `${incarnation.key}|${limiter}`;
        const own = asked.get(key) ?? { policy, limit, stay, passages: [] };
        asked.set(key, own);
        own.passages.push({ traceId, fromMs, toMs, least, most, passed: answer });
      }
    },
    breaches(): LimitBreach[] {
      return [...asked.values()].flatMap(({ policy, limit, stay, passages }) => {
        const windows = blind.get(stay.incarnation.key) ?? [];
        const bounds =
          limit.of === 'spans'
            ? rateBreaches(limit, passages, windows)
            : bucketBreaches(limit, passages, windows);
        return bounds.map((breach) => ({ ...breach, policy, stay }));
      });
    },
  };
}
