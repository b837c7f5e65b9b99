import { formatCount } from '../../lib/units.ts';
import { createCollector } from '../collect.ts';
import { type JudgeContext, verdictOf, type Watcher } from '../watch.ts';

/** Prometheus holds a series of every collector that ran, which was up when it was asked. */
export function createScrapedCheck({ evidence }: JudgeContext): Watcher {
  return {
    openedBy: ['bench'],
    finish: () => {
      const series = evidence.answers?.series ?? [];
      const collector = createCollector();
      for (const { pod, tier, up, samples } of series) {
        if (up && samples > 0) continue;
        collector.add({
          kind: 'not-scraped',
          hop: tier,
          component: tier,
          cause: `no series of ${pod}`,
        });
      }
      const held = series.length - collector.count;
      const none = series.length === 0 ? ': Prometheus was not asked, or did not answer' : '';
      return {
        name: 'scraped',
        subject: '',
        verdict: verdictOf(collector.count > 0, series.length === 0),
        expected: 'a series of every collector',
        observed: `${formatCount(held)} of ${formatCount(series.length)} collectors${none}`,
        findings: collector.findings(),
      };
    },
  };
}
