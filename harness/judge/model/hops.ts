import type { AppFacts, AppSpan, ServedFact, UserRequestFact } from '../../evidence/types.ts';
import type { AppHop } from '../../scenario/types.ts';
import type { FindingKind } from '../findings.ts';

/** The span, in a hop's sender, that its receiver must be a child of. */
interface SentContext {
  readonly traceId: string;
  readonly spanId: string;
}

/** Why a hop is not joined: what became of its context, at whom, and what would mend it. */
export interface HopBreak {
  readonly hop: AppHop;
  readonly kind: FindingKind;
  /** The program that is to blame. */
  readonly component: string;
  readonly cause: string;
  readonly fix: string;
  readonly note: string;
}

/** What one user's request shows: each hop joined, or where it broke, or what can't be told. */
export interface RequestPath {
  readonly request: UserRequestFact;
  readonly breaks: readonly HopBreak[];
  /** What of the evidence is not there. */
  readonly open: readonly string[];
}

type OfOrder = Pick<AppFacts, 'spans' | 'served'>;

/** What became of a hop; `follows`: it only goes on from a break before it. */
type HopFate = 'joined' | 'follows' | { readonly open: string } | HopBreak;

const isSampled = (traceparent: string | undefined): boolean =>
  (Number.parseInt(traceparent?.split('-')[3] ?? '', 16) & 1) === 1;

/** Follows one request through the hops that it must take. */
export function followRequest(
  request: UserRequestFact,
  facts: OfOrder,
  hops: readonly AppHop[],
  messages: 'parent' | 'link' | 'none',
): RequestPath {
  const fates = hops.map((hop) => fateOf(request, facts, hop, messages === 'link'));
  return {
    request,
    breaks: fates.filter((fate) => typeof fate === 'object' && 'kind' in fate),
    open: fates.flatMap((fate) => (typeof fate === 'object' && 'open' in fate ? fate.open : [])),
  };
}

function fateOf(
  request: UserRequestFact,
  { spans, served }: OfOrder,
  hop: AppHop,
  mayLink: boolean,
): HopFate {
  const [callee, ...again] = served.filter(({ by }) => by === hop.to);
  if (!callee?.own) return { open: `${hop.to} does not say that it was asked` };
  if (again.length > 0) return { open: `${hop.to} was asked ${again.length + 1} times` };
  const caller = served.find(({ by }) => by === hop.from);
  // Whom nobody samples can't be a parent: that is the break of a hop before.
  if (hop.from !== 'user' && caller?.own?.sampled === false) return 'follows';
  const sent = sentContext(request, spans, hop);
  if (!sent) return { open: `the span in which ${hop.from} asks did not enter the pipeline` };
  const proxy = served.find(({ by }) => by === hop.proxy);
  if (hop.proxy && !proxy) return { open: `${hop.proxy} does not say that it was asked` };
  if (!callee.own.sampled) return unsampled(hop, callee, proxy);
  const span = spans.find(({ spanId }) => spanId === callee.own?.spanId);
  if (!span) return { open: `the span in which ${hop.to} serves did not enter the pipeline` };
  return isJoined(span, sent, mayLink && hop.by === 'message')
    ? 'joined'
    : breakOf(hop, sent, callee, proxy);
}

function sentContext(
  { traceId, spanId }: UserRequestFact,
  spans: readonly AppSpan[],
  { from, kinds }: AppHop,
): SentContext | undefined {
  if (from === 'user') return { traceId, spanId };
  return spans.find(({ service, kind }) => service === from && kind === kinds[0]);
}

const isJoined = (span: AppSpan, sent: SentContext, mayLink: boolean): boolean =>
  (span.traceId === sent.traceId && span.parentSpanId === sent.spanId) ||
  (mayLink && span.links.some((l) => l.traceId === sent.traceId && l.spanId === sent.spanId));

/** Each header of context, and whether a value of it says this span. */
const carriers = {
  traceparent: (value: string, { traceId, spanId }: SentContext) =>
    value.startsWith(`00-${traceId}-${spanId}-`),
  b3: (value: string, { traceId, spanId }: SentContext) => value.startsWith(`${traceId}-${spanId}`),
} as const;
type Header = keyof typeof carriers;
const headers = Object.keys(carriers) as Header[];

const carries = (fact: ServedFact | undefined, header: Header, sent: SentContext): boolean => {
  const value = fact?.came[header];
  return value !== undefined && carriers[header](value, sent);
};

/** How the context of a hop was lost, by what came to whom. */
function breakOf(
  hop: AppHop,
  sent: SentContext,
  callee: ServedFact,
  proxy: ServedFact | undefined,
): HopBreak {
  const note = `${hop.to} got ${shown(callee)}`;
  const at = { hop, note };
  const lost = headers.filter((h) => carries(proxy, h, sent) && callee.came[h] === undefined);
  if (lost.length > 0) {
    const names = lost.join(' and ');
    return {
      ...at,
      kind: 'context-stripped',
      component: hop.proxy ?? '',
      cause: `${names} came to ${hop.proxy} and did not reach ${hop.to}`,
      fix: `let ${hop.proxy} pass ${names} on: take out the rule that removes it, or allow it by name`,
    };
  }
  const read = headers.filter((header) => carries(callee, header, sent));
  if (read.length > 0) {
    const names = read.join(' and ');
    return {
      ...at,
      kind: 'context-not-read',
      component: hop.to,
      cause: `${names} came to ${hop.to} as ${hop.from} sent it, and ${hop.to} did not take it for its parent`,
      fix: `let ${hop.to} read ${names} (OTEL_PROPAGATORS), or ${hop.from} send what ${hop.to} reads`,
    };
  }
  const other = headers.filter((h) => carries(proxy, h, sent) && callee.came[h] !== undefined);
  if (other.length > 0) {
    const names = other.join(' and ');
    return {
      ...at,
      kind: 'context-overwritten',
      component: hop.proxy ?? '',
      cause: `${names} came to ${hop.proxy} as ${hop.from} sent it, and reached ${hop.to} with other ids`,
      fix: `let ${hop.proxy} pass ${names} on as it comes, or take part in the trace and send its own spans`,
    };
  }
  const what = headers.some((h) => callee.came[h] !== undefined) ? 'other ids' : 'none';
  return {
    ...at,
    kind: 'context-not-sent',
    component: hop.from,
    cause: `${hop.from} sent ${hop.by === 'message' ? 'a message' : 'a request'} to ${hop.to} with no context of its own span (${what})`,
    fix:
      hop.by === 'message'
        ? `let ${hop.from} inject its context into the message's headers, and ${hop.to} extract it`
        : `let ${hop.from} inject its context into the request (instrument its client)`,
  };
}

/** The user, or the caller's span, is sampled; the callee is not. */
function unsampled(hop: AppHop, callee: ServedFact, proxy: ServedFact | undefined): HopBreak {
  const { traceparent } = callee.came;
  const at = { hop, kind: 'context-unsampled', note: `${hop.to} got ${shown(callee)}` } as const;
  const isCleared = traceparent !== undefined && !isSampled(traceparent);
  if (!isCleared) {
    return {
      ...at,
      component: hop.to,
      cause: `${hop.to} does not sample what ${hop.from} sampled`,
      fix: `let ${hop.to} sample by its parent (OTEL_TRACES_SAMPLER=parentbased_always_on)`,
    };
  }
  const isByProxy = isSampled(proxy?.came.traceparent);
  const component = isByProxy ? (hop.proxy ?? '') : hop.from;
  const how = isByProxy ? `came to ${component} set and reached ${hop.to}` : `reached ${hop.to}`;
  return {
    ...at,
    component,
    cause: `the sampled flag of traceparent ${how} cleared: no service behind it sends spans`,
    fix: `let ${component} pass the flag on as it comes`,
  };
}

const shown = ({ came }: ServedFact): string => {
  const known = headers.flatMap((h) => (came[h] === undefined ? [] : [`${h} ${came[h]}`]));
  return known.length === 0 ? 'no context' : known.join(', ');
};
