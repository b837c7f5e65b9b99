import { formatCount, formatShare } from '../../lib/units.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import { createCollector } from '../collect.ts';
import type { RequestPath } from '../model/hops.ts';
import { requestPaths } from '../model/request-paths.ts';
import { concludesFromAbsence, type JudgeContext, verdictOf, type Watcher } from '../watch.ts';

/** Some of what is not there is named. */
const namedOpen = 3;

/**
 * One trace a user's request: the first service's span is a child of the user's, and each hop's two
 * spans are parent and child, as they entered the pipeline. Else the hop where it broke, and how,
 * by the headers that each program says it got. What one does not say leaves a request open.
 */
export function createConnectedCheck(
  { share, atLeast }: ExpectationOf<'connected'>,
  { evidence, scenario }: Pick<JudgeContext, 'evidence' | 'scenario'>,
): Watcher {
  return {
    openedBy: concludesFromAbsence,
    finish: () => {
      const collector = createCollector();
      const paths = requestPaths(evidence.app, scenario.users?.messages);
      const broken = paths.filter(({ breaks }) => breaks.length > 0);
      const open = paths.filter((path) => path.breaks.length === 0 && path.open.length > 0);
      for (const path of broken) addBreaks(collector.add, path);
      const total = paths.length;
      const joined = total - broken.length - open.length;
      const failed = broken.length > 0 && (total - broken.length) / total < share;
      const tooFew = joined + broken.length < Math.max(1, atLeast);
      const isOpen = tooFew || joined / Math.max(1, total) < share;
      const why = [...new Set(open.flatMap((path) => path.open))].slice(0, namedOpen).join('; ');
      const openText = open.length > 0 ? `, ${formatCount(open.length)} open (${why})` : '';
      return {
        name: 'connected',
        subject: '',
        verdict: verdictOf(failed && !tooFew, isOpen),
        expected: `${formatShare(share)} of users' requests one trace, of at least ${formatCount(atLeast)}`,
        observed: `${formatCount(joined)} of ${formatCount(total)} joined at each hop${openText}${tooFew ? ': too few to tell' : ''}`,
        findings: failed || isOpen ? collector.findings() : [],
      };
    },
  };
}

/** Each break is told: one request may lose its context at more than one hop. */
function addBreaks(
  add: ReturnType<typeof createCollector>['add'],
  { request, breaks }: RequestPath,
): void {
  for (const { hop, kind, component, cause, fix, note } of breaks) {
    add({
      kind,
      hop: `${hop.from}→${hop.to}`,
      component,
      cause,
      fix,
      example: { traceId: request.traceId, note: `order ${request.order}: ${note}` },
      atMs: request.outcome?.sentMs,
    });
  }
}
