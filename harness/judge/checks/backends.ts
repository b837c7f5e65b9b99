import type { BackendAnswers, TraceAnswer } from '../../evidence/types.ts';
import { formatCount } from '../../lib/units.ts';
import { isProgram } from '../../pipeline/types.ts';
import { createCollector } from '../collect.ts';
import type { ItemAccount } from '../ledger/account.ts';
import {
  concludesFromAbsenceInTime,
  intentOf,
  isFiltered,
  type JudgeContext,
  verdictOf,
  type Watcher,
} from '../watch.ts';

/** As many kept traces are asked for, if there are that many. */
const askedTraces = 200;

/**
 * Always implied: what the recorders saw accepted is in the real backends. Traces by id with their
 * span ids and by search, and their logs.
 */
export function createBackendsCheck(context: JudgeContext): Watcher {
  const { evidence } = context;
  const delivered = new Map<string, Set<string>>();
  const logged = new Map<string, Set<string>>();
  // Spans that were not delivered everywhere, or of which it is not recorded: they may be there.
  const open = new Map<string, Set<string>>();
  const isAsked = canBeAsked(context);
  const byId = isAsked ? (evidence.answers?.traces ?? []) : [];
  const asked = new Set(byId.map((t) => t.traceId));
  let keptTraces = 0;
  let promised = 0;
  return {
    openedBy: concludesFromAbsenceInTime,
    trace: ({ account }) => {
      const ends = account.spans.every(({ bucket }) => bucket.kind === 'ended');
      // What a processor is told to drop is promised by no policy behind it.
      const isPromised = intentOf(context, account) === 'sampled' && !isFiltered(account);
      if (isPromised && !ends) promised++;
      const kept = account.spans.filter(({ bucket }) => bucket.kind === 'delivered');
      if (kept.length > 0) keptTraces++;
      if (!asked.has(account.trace.traceId)) return;
      const spanIds = kept.map(({ view }) => view.item.spanId);
      delivered.set(account.trace.traceId, new Set(spanIds));
      const unsure = account.spans.flatMap((s) =>
        mayBeThere(context, s) ? s.view.item.spanId : [],
      );
      if (unsure.length > 0) open.set(account.trace.traceId, new Set(unsure));
    },
    log: ({ account }) => {
      const { traceId, spanId } = account.view.item;
      if (account.bucket.kind !== 'delivered' || !asked.has(traceId)) return;
      logged.set(traceId, (logged.get(traceId) ?? new Set()).add(spanId));
    },
    finish: () => {
      const collector = createCollector();
      const { answers } = evidence;
      const add = (component: string, cause: string, traceId: string, note = ''): void =>
        collector.add({
          kind: 'not-in-backend',
          hop: component,
          component,
          cause,
          example: { traceId, note },
        });
      const told = byId.filter(isTold);
      for (const { traceId, spanIds, status } of told) {
        const expected = delivered.get(traceId) ?? new Set();
        const found = new Set(spanIds);
        const absent = [...expected].filter((id) => !found.has(id)).length;
        const isExtra = (id: string) => !expected.has(id) && !open.get(traceId)?.has(id);
        const extra = [...found].filter(isExtra).length;
        if (absent + extra === 0) continue;
        const note = `status ${status}: ${absent} spans not there, ${extra} more than delivered`;
        add('tempo', 'by id', traceId, note);
      }
      const searched = answers?.searched && new Set(answers.searched);
      for (const { traceId } of byId) {
        if (searched?.has(traceId) === false) add('tempo', 'by search', traceId);
      }
      for (const [traceId, spanIds] of answers?.logs ? logged : []) {
        const found = new Set(answers?.logs?.find((l) => l.traceId === traceId)?.spanIds);
        const absent = [...spanIds].filter((id) => !found.has(id));
        const note = `${absent.length} log records not there`;
        if (absent.length > 0) add('loki', 'by trace id', traceId, note);
      }
      const enough = isAsked ? Math.min(askedTraces, keptTraces) : 0;
      const tooFew = told.length < enough;
      const errors = errorsOf(answers);
      const empty = promised > 0 && keptTraces === 0;
      const said = [...(empty ? [nothingOf(promised)] : []), ...(isAsked ? [] : [notAsked])];
      const notes = [...said, ...errors.slice(0, 1)];
      return {
        name: 'backends',
        subject: '',
        verdict: verdictOf(collector.count > 0, tooFew || empty || errors.length > 0),
        expected: `${enough} kept traces in the backend by id and by search, and their logs`,
        observed: [`${asked.size} asked, ${collector.count} not as delivered`, ...notes].join('; '),
        findings: collector.findings(),
      };
    },
  };
}

/** What stands for a place outside tells nobody what it took: its record is all that there is. */
function canBeAsked({ pipeline, paths }: JudgeContext): boolean {
  const ofTraces = pipeline.backends.filter(({ id }) => paths.traces.backends.includes(id));
  return ofTraces.length === 0 || ofTraces.some(({ kind }) => isProgram(kind));
}

const nothingOf = (promised: number): string =>
  `nothing was delivered of ${formatCount(promised)} traces to be kept`;

const notAsked = 'no backend of traces can be asked: the recorder stands for it';

/**
 * Its answer is not recorded, or some backend took it, or a request with it broke off. Backends of
 * one kind are one process in the bench, whichever way leads to them.
 */
const mayBeThere = (
  { evidence, backendOf }: JudgeContext,
  { missing, view }: ItemAccount,
): boolean =>
  missing ||
  view.deliveries.some(({ kind }) => kind !== 'refused') ||
  view.item.sightings.some(
    ({ recorder, request }) =>
      backendOf.has(recorder) && evidence.request(recorder, request)?.outcome !== 'error',
  );

/** Any other status is an error: it tells nothing of the trace. */
const isTold = ({ status }: TraceAnswer): boolean => status === 200 || status === 404;

function errorsOf(answers: BackendAnswers | undefined): string[] {
  const unanswered = answers?.traces.find((answer) => !isTold(answer));
  return [
    ...(answers?.errors ?? ['nothing was asked']),
    ...(unanswered ? [`tempo by id: status ${unanswered.status}`] : []),
  ];
}
