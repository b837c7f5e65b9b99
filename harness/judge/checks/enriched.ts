import { formatCount, formatShare } from '../../lib/units.ts';
import type { ExpectationOf } from '../../scenario/types.ts';
import type { PodKey } from '../../scenario/words/enriched.ts';
import { createCollector, type Entry } from '../collect.ts';
import type { ItemAccount } from '../ledger/account.ts';
import { podFacts } from '../ledger/reader.ts';
import { editorOf } from '../model/editors.ts';
import { podMetadata } from '../model/enrichment.ts';
import type { SignalPath } from '../model/path.ts';
import type { Culprit } from '../model/refuser.ts';
import { tellSetting } from '../model/settings.ts';
import {
  concludesFromPresence,
  exampleOf,
  type JudgeContext,
  sentMsOf,
  verdictOf,
  type Watcher,
} from '../watch.ts';

type EnrichedSignal = 'traces' | 'logs';

/** A key that is not there, or not the pod's own. */
interface Wrong {
  readonly key: PodKey;
  readonly found: string | undefined;
}

interface Tally {
  delivered: number;
  right: number;
  /** Of pods of which it is not known what they should say. */
  open: number;
}

const nouns = { traces: 'spans', logs: 'log records' } as const;

/**
 * Spans and log records that came to their backends, by whether their resource says of which pod
 * they are. What was promised counts, whatever the config says: `altered` compares with the config.
 */
export function createEnrichedCheck(
  { keys, share }: ExpectationOf<'enriched'>,
  context: JudgeContext,
): Watcher {
  const tallies = { traces: emptyTally(), logs: emptyTally() };
  const planned = { traces: 0, logs: 0 };
  const collector = createCollector();
  const wrongOf = remembered(context, keys);
  const accusations = { traces: new Map(), logs: new Map() } as const;
  const blame = (account: ItemAccount, signal: EnrichedSignal, wrong: readonly Wrong[]): void => {
    const known: Map<readonly Wrong[], Entry[]> = accusations[signal];
    const own = known.get(wrong) ?? accuse(context, signal, account, wrong);
    known.set(wrong, own);
    const atMs = sentMsOf(account);
    for (const entry of own) {
      collector.add({ ...entry, example: exampleOf(account, entry.example?.note), atMs });
    }
  };
  const look = (account: ItemAccount, signal: EnrichedSignal): void => {
    const { view, bucket } = account;
    if (bucket.kind === 'delivered') {
      const wrong = wrongOf(account);
      count(tallies[signal], wrong);
      if (wrong && wrong.length > 0) blame(account, signal, wrong);
    }
    if (view.block !== undefined || bucket.kind === 'delivered') planned[signal]++;
  };
  return {
    openedBy: concludesFromPresence,
    trace: ({ account }) => {
      for (const span of account.spans) look(span, 'traces');
    },
    log: ({ account }) => look(account, 'logs'),
    finish: () => {
      const sent = (['traces', 'logs'] as const).filter((signal) => planned[signal] > 0);
      const isShort = (signal: EnrichedSignal, ofOpen: number): boolean => {
        const { delivered, right, open } = tallies[signal];
        return right + open * ofOpen < share * delivered;
      };
      const failed = sent.some((signal) => isShort(signal, 1));
      // Of what did not come nothing is seen.
      const isBlind = sent.length === 0 || sent.some((signal) => tallies[signal].delivered === 0);
      const maybe = isBlind || sent.some((signal) => isShort(signal, 0));
      return {
        name: 'enriched',
        subject: '',
        verdict: verdictOf(failed, maybe),
        expected: `${formatShare(share)} with ${keys.join(', ')}`,
        observed: sent.map((signal) => tell(signal, tallies[signal])).join(', ') || 'nothing came',
        findings: failed ? collector.findings() : [],
      };
    },
  };
}

const emptyTally = (): Tally => ({ delivered: 0, right: 0, open: 0 });

function count(tally: Tally, wrong: readonly Wrong[] | undefined): void {
  tally.delivered++;
  if (wrong === undefined) tally.open++;
  else if (wrong.length === 0) tally.right++;
}

const tell = (signal: EnrichedSignal, { delivered, right, open }: Tally): string =>
  `${formatCount(right)} of ${formatCount(delivered)} ${nouns[signal]}` +
  (open > 0 ? ` (${formatCount(open)} open)` : '');

/**
 * What is wrong with an item at any backend that took it, worked out once a pod and resource.
 * Undefined where it is not known what the pod should say.
 */
function remembered(context: JudgeContext, keys: readonly PodKey[]) {
  const known = new Map<string, readonly Wrong[] | undefined>();
  const compare = (podIndex: number, resourceId: number): readonly Wrong[] | undefined => {
    const id = `${podIndex} ${resourceId}`;
    if (known.has(id)) return known.get(id);
    const own = podMetadata(podFacts(context, podIndex));
    const seen = context.evidence.resource(resourceId);
    const isKnown = keys.every((key) => own[key] !== undefined && own[key] !== '');
    const wrong = keys.flatMap((key): Wrong[] => {
      const found = seen[key];
      if (found === own[key]) return [];
      return [{ key, found: found === undefined ? undefined : String(found) }];
    });
    known.set(id, isKnown ? wrong : undefined);
    return known.get(id);
  };
  return ({ view: { item, deliveries } }: ItemAccount): readonly Wrong[] | undefined => {
    const seen = deliveries.filter(({ kind, sighting }) => kind === 'ok' && sighting);
    let worst: readonly Wrong[] | undefined = seen.length > 0 ? [] : undefined;
    for (const { sighting } of seen) {
      const wrong = compare(item.pod, sighting?.resourceId ?? -1);
      if (wrong === undefined) return undefined;
      if (wrong.length > (worst?.length ?? 0)) worst = wrong;
    }
    return worst;
  };
}

/** What is said of an item: the keys of one kind that one component is to blame for, together. */
function accuse(
  context: JudgeContext,
  signal: EnrichedSignal,
  account: ItemAccount,
  all: readonly Wrong[],
): Entry[] {
  const blamed = all.map((wrong) => {
    const kind = wrong.found === undefined ? 'metadata-missing' : 'metadata-of-another-pod';
    return {
      ...wrong,
      kind,
      culprit: culpritOf(context, context.paths[signal], account, wrong),
    } as const;
  });
  const groups = Map.groupBy(blamed, ({ kind, culprit: { component, why } }) =>
    [kind, component, why].join('|'),
  );
  return [...groups.values()].flatMap(([first, ...others]): Entry[] => {
    if (!first) return [];
    const { kind, culprit } = first;
    const isAbsent = kind === 'metadata-missing';
    const keys = [first, ...others].map(({ key }) => key);
    const said = [first, ...others].map(({ key, found }) => `${key}: ${found ?? 'none'}`);
    return [
      {
        kind,
        hop: culprit.component.split('/')[0] ?? '',
        ...culprit,
        cause: `${nouns[signal]} ${isAbsent ? 'without' : 'with another'} ${keys.join(', ')}`,
        example: exampleOf(account, said.join(', ')),
      },
    ];
  });
}

/** Who was to note the key, or noted it wrongly; where nobody was, who could. */
function culpritOf(
  { evidence, spoken }: JudgeContext,
  { steps }: SignalPath,
  { view }: ItemAccount,
  { key, found }: Wrong,
): Culprit {
  const sent = evidence.resource(view.item.resourceId);
  if (found !== undefined && sent[key] === found) {
    return { component: 'load', why: `${key}: ${found} is what was sent, and it stays` };
  }
  const difference = { key, of: 'resource attribute', isAbsent: found === undefined } as const;
  const editor = editorOf(difference, steps, sent, spoken);
  if (editor) return editor;
  const [looker] = steps.flatMap(({ tier, processors }) =>
    processors.flatMap((component) =>
      component.type === 'k8s_attributes' ? { tier, component } : [],
    ),
  );
  if (!looker) {
    const name = steps[0]?.tier.name ?? 'pipeline';
    return { component: name, why: 'no k8s_attributes is on the way' };
  }
  const { tier, component } = looker;
  const usual = 'namespace, pod name, uid, start time, deployment and node';
  const passes = component.config.passthrough === true;
  const why = passes
    ? tellSetting(component, 'passthrough', 'false')
    : tellSetting(component, 'extract.metadata', usual);
  return { component: `${tier.name}/${component.id}`, why };
}
