import type { Problem } from '../lib/errors.ts';
import { spanForms } from '../lib/span-forms.ts';
import {
  entryOf,
  entryTierOf,
  entryTiersOf,
  loadDoorOf,
  scrapedOf,
  spanFormOf,
  takesFromOutside,
} from '../pipeline/entry.ts';
import { discoveringJobs, scrapeTargetsOf } from '../pipeline/scrape.ts';
import { type Pipeline, type Signal, signals } from '../pipeline/types.ts';
import type { Scenario, TraceLoad } from '../scenario/types.ts';

/** Whether a load sends a signal; each sends traces. */
const sends: Readonly<Record<Signal, (load: TraceLoad) => boolean>> = {
  traces: () => true,
  logs: ({ logsPerSpan }) => logsPerSpan > 0,
  metrics: ({ metricsEveryMs }) => metricsEveryMs > 0,
};
const keys = { traces: 'traces', logs: 'logs', metrics: 'metrics' } as const;

/** What of a load has no way in, and what the pipeline's author says of entries and can't be. */
export const checkEntries = (scenario: Scenario, pipeline: Pipeline): Problem[] => [
  ...checkTraces(scenario, pipeline),
  ...checkListening(pipeline),
  ...checkCredentials(pipeline),
  ...checkForm(scenario, pipeline),
  ...checkOthers(scenario, pipeline),
  ...checkDeclared(pipeline),
];

/**
 * Where a signal could enter by several tiers and its author does not say by which; and where the
 * load enters within TLS, that it trusts whatever it meets.
 */
export function saidOfEntries(pipeline: Pipeline): string[] {
  const { entries } = pipeline;
  const several = signals.flatMap((signal) => {
    const [first, ...others] = entryTiersOf(pipeline, signal);
    const isDeclared = entries.some((entry) => entry.signals.includes(signal));
    if (!first || others.length === 0 || isDeclared) return [];
    const names = others.map(({ name }) => name).join(', ');
    return `${signal} enter by ${first.name}; ${names} could take them too: name one in entries: of the bench file`;
  });
  const encrypted = signals.flatMap((signal) => {
    const tier = entryTierOf(pipeline, signal);
    return tier?.tlsEnds && entryOf(pipeline, signal)?.tls ? tier.name : [];
  });
  const trusting = [...new Set(encrypted)].map(
    (name) =>
      `${name} ends TLS for the load, which does not check the certificate that it is shown`,
  );
  const others = [...saidOfOthers(pipeline), ...saidOfForm(pipeline)];
  return [...several, ...trusting, ...others, ...saidOfScrapes(pipeline)];
}

/** What spans become where they go in as other tracers send them. */
function saidOfForm(pipeline: Pipeline): string[] {
  const entry = spanFormOf(pipeline);
  if (!entry) return [];
  const { called, loses } = spanForms[entry.form];
  return [`${entry.tier.name}: spans enter as ${called}, ${loses}`];
}

/** What another form has no place for, or is sent by OTLP. */
function checkForm({ load, users, place }: Scenario, pipeline: Pipeline): Problem[] {
  const entry = spanFormOf(pipeline);
  if (!entry) return [];
  const by = `enter by ${entry.receiver.id}`;
  const secrets = load.flatMap(({ name, canaries }, i) => {
    if (canaries.length === 0) return [];
    const message = `load "${name}" carries canaries, and spans ${by}, which has no place for all of them`;
    const hint = 'leave canaries out, or add a pipeline of traces behind receivers.otlp';
    return [{ place: place(['load', i, 'canaries']), message, hint }];
  });
  if (!users) return secrets;
  const message = `users' services send by OTLP, and spans ${by}`;
  const hint = 'a pipeline of traces behind receivers.otlp';
  return [...secrets, { place: place(['users']), message, hint }];
}

/** By what applications could send as well, and the load does not. */
function saidOfOthers(pipeline: Pipeline): string[] {
  const entry = entryTierOf(pipeline, 'traces');
  const own = entry?.pipelines.flatMap(({ receivers }) => receivers) ?? [];
  const { receiver } = spanFormOf(pipeline) ?? {};
  const others = new Set(
    own
      .filter((one) => /^(jaeger|zipkin)$/.test(one.type) && one.id !== receiver?.id)
      .map(({ id }) => id),
  );
  const beside = signals.flatMap((signal) => {
    const door = loadDoorOf(pipeline, signal);
    if (!door || door.beside.length === 0) return [];
    const at = `${door.receiver.id}, over ${door.protocol} at port ${door.port}`;
    return `${door.tier.name}: ${signal} come by ${at}; ${door.beside.join(', ')} get none of them`;
  });
  if (others.size === 0) return beside;
  return [
    `${entry?.name}: the load comes by ${receiver?.id ?? 'OTLP'}; ${[...others].join(', ')} get nothing of it`,
    ...beside,
  ];
}

/** What is scraped, or may be found by service discovery, and is not served by the bench. */
function saidOfScrapes(pipeline: Pipeline): string[] {
  const scraped = scrapedOf(pipeline)?.tier;
  return pipeline.tiers.flatMap((tier) => {
    const others = tier === scraped ? [] : scrapeTargetsOf(tier, pipeline);
    const ids = [...new Set(others.map(({ id, called }) => called ?? id))].join(', ');
    const by = entryTierOf(pipeline, 'metrics')?.name;
    const discovering = discoveringJobs(tier, pipeline);
    return [
      ...(ids === ''
        ? []
        : [`${tier.name} scrapes ${ids}, where nobody is${by ? `: metrics enter by ${by}` : ''}`]),
      ...(discovering.length === 0
        ? []
        : [`${tier.name} discovers targets of ${discovering.join(', ')}, which are not served`]),
    ];
  });
}

function checkTraces({ place }: Scenario, pipeline: Pipeline): Problem[] {
  const isTaken = protocolsOf(pipeline).length > 0 || spanFormOf(pipeline) !== undefined;
  if (entryTierOf(pipeline, 'traces') && isTaken) return [];
  const [first] = pipeline.tiers;
  const entry = entryTierOf(pipeline, 'traces') ?? first;
  const receiver = loadDoorOf(pipeline, 'traces')?.receiver;
  const others = otherReceivers(pipeline);
  const taken = signals.filter((signal) => entryTierOf(pipeline, signal));
  const what = taken.length > 0 ? `${taken.join(' and ')} by OTLP, and no traces,` : 'no OTLP,';
  const how = taken.length > 0 ? 'which every load sends' : 'by which the load goes in';
  const instead = others.length > 0 ? `; it takes traces by ${others.join(', ')}` : '';
  const inCopy = others.length > 0 ? ', for the test in a copy of the folder' : '';
  return [
    {
      place: receiver?.place ?? entry?.workload.place ?? place(['pipeline']),
      message: `tier "${entry?.name}" takes ${what} ${how}${instead}`,
      hint: `add receivers.otlp.protocols.http, endpoint 0.0.0.0:4318, to a pipeline of traces${inCopy}`,
    },
  ];
}

/** By which receivers the load comes, each once. */
function loadDoors(pipeline: Pipeline) {
  const doors = signals.flatMap((signal) => loadDoorOf(pipeline, signal) ?? []);
  const named = doors.map(
    (door) => [`${door.tier.name} ${door.receiver.id} ${door.protocol}`, door] as const,
  );
  return [...new Map(named).values()];
}

/** The load comes from other pods: one that listens for its own only refuses each request of it. */
const checkListening = (pipeline: Pipeline): Problem[] =>
  loadDoors(pipeline).flatMap(({ tier, receiver, protocol, port, isLocal }) => {
    if (!isLocal || tier.workload.kind === 'sidecar') return [];
    const path = ['protocols', protocol];
    const message = `receiver "${receiver.id}" listens on localhost, and the load comes from other pods`;
    const hint = `${path.join('.')}.endpoint: 0.0.0.0:${port}; without an endpoint collectors listen on localhost from 0.104 on`;
    return [{ place: receiver.placeOf?.(path) ?? receiver.place, message, hint }];
  });

/** The load has no credentials: each request of it would be refused. */
const checkCredentials = (pipeline: Pipeline): Problem[] =>
  loadDoors(pipeline).flatMap(({ receiver, protocol, asks }) => {
    if (asks === undefined) return [];
    const path = ['protocols', protocol, 'auth'];
    const message = `receiver "${receiver.id}" asks for credentials (${String(asks)}), and the load has none`;
    const hint = `for the test, in a copy of the folder, leave ${path.join('.')} out`;
    return [{ place: receiver.placeOf?.(path) ?? receiver.place, message, hint }];
  });

/** By what else traces come in, such as kafka, which the load does not speak. */
const otherReceivers = ({ tiers }: Pipeline): string[] => [
  ...new Set(
    tiers
      .flatMap(({ pipelines }) => pipelines.filter(({ signal }) => signal === 'traces'))
      .flatMap(({ receivers }) => receivers.filter(({ kind }) => kind === 'receivers'))
      .flatMap(({ type, id }) => (type === 'otlp' ? [] : id)),
  ),
];

/** The protocols at which the receiver by which traces enter takes them. */
const protocolsOf = (pipeline: Pipeline): string[] =>
  Object.keys(loadDoorOf(pipeline, 'traces')?.receiver.config.protocols ?? {});

const orFiles = {
  logs: ', nor from the log files of containers',
  metrics: ', nor by a scrape of applications',
} as const;

/** Log records and metrics that nobody takes would be refused, each request of them. */
const checkOthers = ({ load, place }: Scenario, pipeline: Pipeline): Problem[] =>
  (['logs', 'metrics'] as const).flatMap((signal) => {
    if (entryTierOf(pipeline, signal)) return [];
    return load.flatMap((own, i) => {
      if (!sends[signal](own)) return [];
      const message = `load "${own.name}" sends ${signal}, which no tier takes by OTLP from outside${orFiles[signal]}`;
      const hint = `leave ${signal} out of the load, or add a pipeline of ${signal} behind receivers.otlp`;
      return [{ place: place(['load', i, keys[signal]]), message, hint }];
    });
  });

/** What the author says of entries and can't be driven would be ignored without a word. */
function checkDeclared(pipeline: Pipeline): Problem[] {
  const { entries, tiers } = pipeline;
  return entries.flatMap(({ tier: name, signals: own, by, place }): Problem[] => {
    const tier = tiers.find((one) => one.name === name);
    if (!tier) return [];
    const strange = own.filter((signal) => !takesFromOutside(pipeline, tier, signal));
    const message = `an entry is tier "${name}", which takes no ${strange.join(' and no ')} by OTLP`;
    const takers = tiers.filter((one) =>
      strange.every((signal) => takesFromOutside(pipeline, one, signal)),
    );
    const known = takers.map((one) => one.name);
    const everyNode = by !== 'node' || ['daemonset', 'sidecar'].includes(tier.workload.kind);
    const kind = `an entry is by node, but tier "${name}" is a ${tier.workload.kind}: not every node has a pod of it`;
    const inPods = tier.workload.kind === 'sidecar' && by !== undefined;
    const carried = `an entry is by ${by}, but tier "${name}" is a sidecar: each pod has its own`;
    return [
      ...(inPods ? [{ place, message: carried, hint: 'leave by: out' }] : []),
      ...(strange.length > 0 ? [{ place, message, known }] : []),
      ...(everyNode ? [] : [{ place, message: kind, hint: 'by: service' }]),
    ];
  });
}
