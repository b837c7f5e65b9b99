import type { BlockFact, Evidence } from '../../evidence/types.ts';
import { formatCount, formatMs } from '../../lib/units.ts';
import { createCollector } from '../collect.ts';
import { answerText } from '../ledger/sightings.ts';
import { refuserIn } from '../model/refuser.ts';
import { starvedBetween } from '../model/starved.ts';
import { concludesFromPresence, type JudgeContext, verdictOf, type Watcher } from '../watch.ts';

/**
 * A block that left this much after it was due may have come after a decision it was planned
 * before.
 */
const latestMs = 1_000;
const at = { hop: 'load', component: 'k6' } as const;

/**
 * Always implied: the load was offered whole and on time, else nothing that follows proves
 * anything.
 */
export function createLoadCheck({ evidence, paths, spoken }: JudgeContext): Watcher {
  return {
    openedBy: concludesFromPresence,
    finish: () => {
      const collector = createCollector();
      const { startMs, load } = evidence.facts;
      const add = (cause: string, atMs?: number): void =>
        collector.add({ ...at, kind: 'load-not-offered', cause, atMs, gap: 'bench' });
      let offered = 0;
      let refused = 0;
      let worstMs = 0;
      const planned = evidence.blocks.filter(({ ofApp, scrape }) => !ofApp && !scrape);
      for (const { outcome, dueMs } of [...planned, ...userRequests(evidence)]) {
        if (!outcome) {
          add('never sent', startMs + dueMs);
          continue;
        }
        offered++;
        if (outcome.outcome === 'refused') refused++;
        const lateMs = outcome.sentMs - startMs - dueMs;
        worstMs = Math.max(worstMs, lateMs);
        if (lateMs > latestMs) add(`sent more than ${formatMs(latestMs)} late`, outcome.sentMs);
      }
      for (const signal of ['traces', 'logs'] as const) {
        for (const { items, outcome } of refusedWhole(evidence, signal)) {
          const cause = `${signal}: ${outcome ? answerText(outcome) : ''}`;
          const kind = 'refused-at-entry';
          const tier = paths[signal].steps[0]?.tier;
          const by = tier && outcome && refuserIn(tier, signal, answerText(outcome), spoken);
          collector.add({ ...at, kind, cause, count: items, atMs: outcome?.sentMs, ...by });
        }
      }
      if (load.exitCode !== 0) {
        const how = load.signal ?? `exit code ${load.exitCode}`;
        add(`k6 ended with ${how}: ${load.lastLines.at(-1) ?? ''}`);
      }
      const isShort = collector.count > 0 || evidence.blocks.length === 0;
      const { machine, facts } = evidence;
      const starved = starvedBetween(machine, startMs, facts.endMs);
      if (starved) {
        const { forMs, fromMs: atMs, threadsPerProcessor } = starved;
        const cause = `nothing idle for ${formatMs(forMs)}, ${threadsPerProcessor.toFixed(1)} threads for each processor`;
        collector.add({ kind: 'machine-starved', hop: 'machine', cause, atMs, gap: 'bench' });
      }
      return {
        name: 'load',
        subject: '',
        // On a starved machine what fails by time is open; what holds there holds.
        verdict: verdictOf(false, isShort),
        expected: `${formatCount(planned.length + (evidence.app?.requests.length ?? 0))} requests, each sent within ${formatMs(latestMs)} of its moment`,
        observed: `${formatCount(offered)} sent${refused > 0 ? `, ${formatCount(refused)} refused` : ''}, the latest ${formatMs(Math.max(0, worstMs))} late`,
        findings: collector.findings(),
      };
    },
  };
}

/** Users' requests, as the load's own; one that failed proves nothing of what is behind it. */
const userRequests = ({ app }: Evidence) =>
  (app?.requests ?? []).map(({ atMs, outcome }) => ({
    dueMs: atMs,
    outcome: outcome && { sentMs: outcome.sentMs, outcome: 'acked' as const },
  }));

/**
 * The requests of a signal that was refused altogether. Where only some were, that is no finding of
 * the load: their sender was told, and `lost` is about what was acknowledged.
 */
function refusedWhole({ blocks }: Evidence, signal: BlockFact['signal']): readonly BlockFact[] {
  const sent = blocks.filter((block) => block.signal === signal && block.outcome);
  return sent.every(({ outcome }) => outcome?.outcome === 'refused') ? sent : [];
}
