import { receiverPort } from '../../pipeline/doors.ts';
import { at } from '../../pipeline/read.ts';
import { sendersOf, settingPath } from '../../pipeline/senders.ts';
import type { Output, Signal, Tier } from '../../pipeline/types.ts';
import { asksForCredentials, fixOfRefusal } from './backend-refusals.ts';
import { handshakeFailure } from './handshake.ts';
import { isRemoteWriter, outputsOf } from './outputs.ts';
import type { Culprit } from './refuser.ts';
import { tellSetting } from './settings.ts';
import { stableWords } from './words.ts';

/** The exporters of a tier that send a signal to a tier or backend, first written first. */
export const sendersTo = (
  tier: Tier | undefined,
  signal: Signal,
  to: { readonly tier: string } | { readonly backend: string },
): readonly Output[] =>
  outputsOf(tier, signal).filter((output) =>
    'tier' in to
      ? 'tier' in output.to && output.to.tier === to.tier
      : 'backend' in output.to && output.to.backend === to.backend,
  );

/** Where an exporter leads: `gateway at port 4317`, `tempo:4317`. */
export const tellWay = ({ to }: Output): string =>
  'tier' in to ? `${to.tier} at port ${to.port}` : to.backend;

/**
 * Why an exporter gave something up, by its own words: the setting that made it do so.
 * @param id the exporter's, as its log says it
 */
export function whyDropped(
  { name, outputs }: Tier,
  signal: Signal,
  id: string,
  said: string,
  next: Tier | undefined,
): Culprit {
  const output = outputs.find((one) => one.exporter.id === id && one.signal === signal);
  const words = stableWords(said);
  const component = `${name}/${id}`;
  if (!output) return { component, why: words };
  const { exporter } = output;
  const senders = sendersOf(exporter);
  const { listensAt } = output;
  const last = senders.at(-1);
  const handshake = handshakeFailure(output, last?.under ?? '', said, next);
  if (handshake) return { component, why: `${words}; ${handshake.why}`, fix: handshake.fix };
  // A queue that leads to where nobody listens fills up, however large it is.
  if (/sending queue is full/.test(said) && !listensAt) {
    // Each queue that is passed may have been full, and the log says the same of each.
    const queues = senders.filter((sender) => sender.queue);
    const sizes = queues.map((sender) => settingPath(sender, 'sending_queue.queue_size'));
    const why = [words, ...sizes.map((size) => tellSetting(exporter, size, '1000'))].join('; ');
    const fix = `raise ${sizes.join(' or ')} or its num_consumers, or see why what stands behind is slow`;
    return { component, why, fix };
  }
  const parts = [words];
  const isTimeout = /DeadlineExceeded|deadline exceeded/i.test(said);
  if ((/Unavailable|connection|no such host|404/.test(said) && !isTimeout) || listensAt) {
    const instead = listensAt ? `, which listens at ${listensAt} instead` : '';
    parts.push(`it sends to ${tellWay(output)}${instead} (${tellPlace(output)})`);
  }
  if (listensAt) {
    return { component, why: parts.join('; '), fix: fixOfPlace(output, listensAt) };
  }
  const blocking = next?.tailSampling;
  if (isTimeout && blocking?.blockOnOverflow) {
    parts.push(
      `${next?.name} takes in no more traces than num_traces, ${blocking.numTraces}: ${tellSetting(blocking.component, 'block_on_overflow', 'false')}`,
    );
  }
  const retrying = senders.filter((sender) => sender.retry);
  if (last && retrying.length === 0) {
    const enabled = settingPath(last, 'retry_on_failure.enabled');
    parts.push(tellSetting(exporter, enabled, 'true'));
    return { component, why: parts.join('; '), fix: withoutRetry(enabled) };
  }
  if (/no more retries left/.test(said)) {
    const ends = retrying.map((sender) => settingPath(sender, 'retry_on_failure.max_elapsed_time'));
    parts.push(...ends.map((setting) => tellSetting(exporter, setting, '5m')));
  }
  const asked = credentialsAsked(output, said, next);
  if (asked) parts.push(asked);
  const fix = 'backend' in output.to || asked ? fixOfRefusal(said) : undefined;
  return { component, why: parts.join('; '), ...(fix ? { fix } : {}) };
}

const withoutRetry = (enabled: string): string =>
  `take ${enabled}: false out, so that what may succeed later is tried again`;

/** Whom a receiver lets in, where that is why it refused what was sent to it. */
function credentialsAsked(
  { protocol, to }: Output,
  said: string,
  next: Tier | undefined,
): string | undefined {
  if (!next || !('tier' in to) || !asksForCredentials(said)) return undefined;
  const receivers = next.pipelines.flatMap((pipeline) => pipeline.receivers);
  const path = `protocols.${protocol}.auth.authenticator`;
  const asking = receivers.find(
    (own) =>
      own.type === 'otlp' &&
      receiverPort(own, protocol) === to.port &&
      at(own.config, ...path.split('.')) !== undefined,
  );
  return asking && `${next.name}/${asking.id} lets in by ${tellSetting(asking, path, 'none')}`;
}

/** Who sent a tier something without the credentials that it asks for. */
export function senderWithout(
  tier: Tier | undefined,
  signal: Signal,
  next: Tier,
  said: string,
): Culprit | undefined {
  for (const output of sendersTo(tier, signal, { tier: next.name })) {
    const asked = credentialsAsked(output, said, next);
    if (asked === undefined) continue;
    const fix = fixOfRefusal(said);
    const component = `${tier?.name}/${output.exporter.id}`;
    return { component, why: `${stableWords(said)}; ${asked}`, ...(fix ? { fix } : {}) };
  }
  return undefined;
}

/** The port is another one, or what is spoken at it. */
function fixOfPlace({ to }: Output, listensAt: string): string {
  const port = 'backend' in to ? to.backend.split(':')[1] : undefined;
  return listensAt.split(' and ').some((own) => own.startsWith(`${port} (`))
    ? `use the exporter of the protocol that the backend speaks: it listens at ${listensAt}`
    : `correct the port of its endpoint: the backend listens at ${listensAt}`;
}

const tellPlace = ({ exporter, loadBalancing }: Output): string =>
  loadBalancing
    ? tellSetting(exporter, 'resolver', 'none')
    : tellSetting(exporter, 'endpoint', 'none');

interface Refused {
  readonly message: string;
  readonly remoteWrite?: boolean | undefined;
  /** After such an answer no sender tries again. */
  readonly final: boolean;
}

/** Who sent what a backend refused, where to, and whether it was not to try again. */
export function senderRefused(
  tier: Tier,
  signal: Signal,
  backend: string,
  { message: said, remoteWrite = false, final }: Refused,
): Culprit | undefined {
  const [output, ...others] = sendersTo(tier, signal, { backend }).filter(
    (sender) => isRemoteWriter(sender) === remoteWrite,
  );
  if (!output || others.length > 0) return undefined;
  const { exporter } = output;
  const is404 = /\b404\b|unknown service/i.test(said);
  const fix = is404
    ? `correct its endpoint: ${backend} serves no ${signal} there`
    : fixOfRefusal(said);
  const senders = sendersOf(exporter);
  const last = senders.at(-1);
  if (!final && last && !senders.some((sender) => sender.retry)) {
    const enabled = settingPath(last, 'retry_on_failure.enabled');
    const why = `${stableWords(said)}; ${tellSetting(exporter, enabled, 'true')}`;
    return { component: `${tier.name}/${exporter.id}`, why, fix: withoutRetry(enabled) };
  }
  const why = `${stableWords(said)}; ${tellSetting(exporter, 'endpoint', 'none')}`;
  return {
    component: `${tier.name}/${exporter.id}`,
    why,
    ...(fix ? { fix } : {}),
  };
}
