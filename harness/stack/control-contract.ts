import { until } from '../shell/until.ts';
import type { PodLife, RunningStack } from './types.ts';

/** As much of a running stack as its control shows itself by. */
export type Controlled = Pick<RunningStack, 'control' | 'lives' | 'tapFiles'>;

/** One thing that the control of every runtime does. */
export interface Clause {
  readonly name: string;
  /** @throws Error that says what it did instead */
  check(stack: Controlled, pod: string): Promise<void>;
}

const withinMs = 5_000;
const backWithinMs = 60_000;
const graceMs = 20_000;
const lookEveryMs = 20;

/** In this order, on one pod that runs, is recorded, has a memory limit, and queues on a volume. */
export const controlContract: readonly Clause[] = [
  { name: 'refuses a pod that is not there', check: refusesNobody },
  { name: 'stops a process, and lets the same one go on', check: stops },
  { name: 'kills a container, which comes back in the same pod', check: kills },
  { name: 'copies queues as a container left them', check: copies },
  { name: 'makes a pod anew, with another address and record', check: replaces },
  { name: 'fills a container’s memory until the kernel kills it', check: exhausts },
  { name: 'kills a container and empties its volumes', check: wipes },
  { name: 'gives a tier one pod more, and takes it away', check: scales },
  { name: 'drops what one pod sends to another, and counts it', check: cuts },
  { name: 'has a backend’s tap refuse, and says whom it met', check: refuses },
];

async function refusesNobody({ control: { pods, proxies } }: Controlled): Promise<void> {
  const nobody = 'nobody-0';
  await mustReject('a signal to no pod', pods.signal(nobody, 'SIGKILL'));
  await mustReject('the replacement of no pod', pods.replacePod(nobody, 0));
  await mustReject('the memory of no pod', pods.exhaustMemory(nobody));
  await mustReject('the volumes of no pod', pods.wipeVolumes(nobody));
  await mustReject('the proxy of no pod', proxies.strip(nobody, 'ingress', ['b3']));
  must((await pods.processState(nobody)) === undefined, 'no pod has a process state');
}

async function stops(stack: Controlled, pod: string): Promise<void> {
  const { pods } = stack.control;
  const before = current(stack, pod);
  await pods.signal(pod, 'SIGSTOP');
  const stopped = await until(withinMs, lookEveryMs, async () =>
    (await pods.processState(pod)) === 'T' ? true : undefined,
  );
  await pods.signal(pod, 'SIGCONT');
  must(stopped, 'SIGSTOP left the process going on');
  const goes = await until(withinMs, lookEveryMs, async () =>
    /^[RSDI]$/.test((await pods.processState(pod)) ?? '') ? true : undefined,
  );
  must(goes, 'SIGCONT left the process stopped');
  must(keyOf(current(stack, pod)) === keyOf(before), 'the container is another one');
}

async function kills(stack: Controlled, pod: string): Promise<void> {
  const before = current(stack, pod);
  const others = running(stack).filter((life) => life.pod !== pod);
  const fromMs = nowMs();
  await stack.control.pods.signal(pod, 'SIGKILL');
  const ended = await endOf(stack, before);
  mustBe(ended, { exitCode: 137, signal: 'SIGKILL', oomKilled: false, ending: 'fault' });
  const { endedMs = 0 } = ended;
  must(endedMs >= fromMs - clockMs && endedMs <= nowMs() + clockMs, 'it ended at another moment');
  const next = await successorOf(stack, before);
  const { uid, address, recorder } = before;
  mustBe(next, { uid, address, recorder });
  must(next.startedMs >= endedMs, 'the next life began before this one ended');
  const still = new Set(running(stack).map(keyOf));
  must(
    others.every((life) => still.has(keyOf(life))),
    'another pod’s container ended as well',
  );
}

async function copies(stack: Controlled, pod: string): Promise<void> {
  const killed = stack.lives().findLast((life) => life.pod === pod && life.exitCode === 137);
  const left = await until(withinMs, lookEveryMs, () => {
    const life = stack.lives().find((own) => killed && keyOf(own) === keyOf(killed));
    return life?.left?.lacking === undefined ? life?.left : undefined;
  });
  must(left && left.files.length > 0, 'what its queue held is not copied');
}

async function exhausts(stack: Controlled, pod: string): Promise<void> {
  const before = current(stack, pod);
  const { kernelKills, pid, limitBytes } = await stack.control.pods.exhaustMemory(pod);
  must(kernelKills > 0, 'the kernel counts no kill');
  must(pid > 0 && limitBytes > 0, 'whom it killed, or at which limit, is not told');
  mustBe(await endOf(stack, before), { exitCode: 137, oomKilled: true, ending: 'unasked' });
  const { uid, address, recorder } = before;
  mustBe(await successorOf(stack, before), { uid, address, recorder });
}

async function wipes(stack: Controlled, pod: string): Promise<void> {
  const before = current(stack, pod);
  const { files, bytes } = await stack.control.pods.wipeVolumes(pod);
  must(files > 0 && bytes > 0, 'there was nothing in its volumes');
  mustBe(await endOf(stack, before), { exitCode: 137, oomKilled: false, ending: 'fault' });
  const { uid, address, recorder } = before;
  mustBe(await successorOf(stack, before), { uid, address, recorder });
}

async function replaces(stack: Controlled, pod: string): Promise<void> {
  const before = current(stack, pod);
  await stack.control.pods.replacePod(pod, graceMs);
  mustBe(await endOf(stack, before), { exitCode: 0, ending: 'fault', oomKilled: false });
  const next = await successorOf(stack, before);
  must(next.uid !== before.uid, 'it is the same pod');
  must(next.address !== before.address, 'it has the same address');
  must(next.recorder !== before.recorder, 'it has the same record');
  must(stack.tapFiles.has(next.recorder ?? ''), 'it has no record');
}

async function scales(stack: Controlled, pod: string): Promise<void> {
  const { pods } = stack.control;
  const { tier } = current(stack, pod);
  const before = running(stack);
  const known = new Set(stack.lives().map(keyOf));
  const count = before.filter((life) => life.tier === tier).length;
  await mustReject('the scaling of no tier', pods.scale('nobody', 1));
  must((await pods.endpoints('nobody')) === undefined, 'no tier has endpoints');
  await pods.scale(tier, count + 1);
  const came = await until(backWithinMs, lookEveryMs, () =>
    running(stack).find((own) => !known.has(keyOf(own)) && own.readyMs !== undefined),
  );
  if (!came) throw new Error(`no pod came to ${tier}`);
  mustBe(came, { tier, ordinal: count });
  must(stack.tapFiles.has(came.recorder ?? ''), 'the pod that came has no record');
  await mustBeListed(stack, came, true);
  await pods.scale(tier, count);
  await mustBeListed(stack, came, false);
  const ended = await until(graceMs, lookEveryMs, () =>
    stack.lives().find((own) => keyOf(own) === keyOf(came) && own.endedMs !== undefined),
  );
  if (!ended) throw new Error(`${came.pod} did not go`);
  mustBe(ended, { exitCode: 0, ending: 'fault', oomKilled: false });
  const still = new Set(running(stack).map(keyOf));
  must(
    before.every((life) => still.has(keyOf(life))),
    'a pod that was to stay has ended',
  );
}

async function mustBeListed(
  { control: { pods } }: Controlled,
  { tier, address }: PodLife,
  isWanted: boolean,
): Promise<void> {
  const isSo = await until(backWithinMs, lookEveryMs, async () =>
    (await pods.endpoints(tier))?.includes(address) === isWanted ? true : undefined,
  );
  must(isSo, isWanted ? 'the pod that came is not listed' : 'the pod that goes is listed on');
}

/** Where packets can be dropped at all. What was sent meanwhile is up to the pods. */
async function cuts(stack: Controlled, pod: string): Promise<void> {
  const { links } = stack.control;
  if (!links) return;
  const { tier, node } = current(stack, pod);
  // Collectors run on workers; who runs beside it is none of the control plane's.
  const beside = running(stack).filter((life) => life.tier !== tier && life.node === node);
  const sender = beside[0]?.pod ?? '';
  await mustReject('a link of nobody', links.cut(['nobody-0'], pod));
  await mustReject('a link to no pod', links.cut([sender], 'nobody-0'));
  await mustReject('the end of no cut', links.join([sender], pod));
  await links.cut([sender], pod);
  const { droppedPackets } = await links.join([sender], pod);
  must(droppedPackets >= 0, 'what was dropped is not told');
  await mustReject('the second end of a cut', links.join([sender], pod));
}

async function refuses({ control: { taps }, tapFiles }: Controlled): Promise<void> {
  const recorder = [...tapFiles.values()].find(({ hop }) => 'backend' in hop)?.name ?? '';
  await mustReject('a refusal of no tap', taps.refuse('nobody'));
  await mustReject('the end of what was not begun', taps.accept(recorder));
  await taps.refuse(recorder);
  const met = Object.values(await taps.accept(recorder));
  must(met.length > 0 && met.every((count) => count >= 0), 'whom it met is not told');
  await mustReject('the end of what is over', taps.accept(recorder));
  await taps.refuse(recorder, { status: 'unavailable' });
  const { answeredRequests } = await taps.accept(recorder);
  must(answeredRequests >= 0, 'whom it answered is not told');
  await taps.refuse(recorder, { status: 'slow', byMs: 1 });
  const { delayedRequests } = await taps.accept(recorder);
  must(delayedRequests >= 0, 'whose answer it delayed is not told');
}

/** Clocks of nodes and of ours are one, read to the millisecond. */
const clockMs = 50;
const nowMs = (): number => Date.now();

const keyOf = ({ pod, uid, life }: PodLife): string => `${pod}/${uid}/${life}`;

const running = (stack: Controlled): PodLife[] =>
  stack.lives().filter(({ endedMs }) => endedMs === undefined);

function current(stack: Controlled, pod: string): PodLife {
  const life = running(stack).findLast((own) => own.pod === pod);
  if (!life) throw new Error(`${pod} does not run`);
  return life;
}

async function endOf(stack: Controlled, before: PodLife): Promise<PodLife> {
  const ended = await until(withinMs, lookEveryMs, () =>
    stack.lives().find((life) => keyOf(life) === keyOf(before) && life.endedMs !== undefined),
  );
  if (!ended) throw new Error(`the end of ${before.pod} is not told`);
  return ended;
}

async function successorOf(stack: Controlled, { pod, life }: PodLife): Promise<PodLife> {
  const next = await until(backWithinMs, lookEveryMs, () =>
    stack.lives().find((own) => own.pod === pod && own.life > life && own.readyMs !== undefined),
  );
  if (!next) throw new Error(`${pod} did not come back`);
  return next;
}

function must(holds: unknown, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

function mustBe(life: PodLife, expected: Partial<PodLife>): void {
  for (const [name, value] of Object.entries(expected)) {
    const found = life[name as keyof PodLife];
    must(found === value, `${name} is ${String(found)}, not ${String(value)}`);
  }
}

async function mustReject(what: string, work: Promise<unknown>): Promise<void> {
  const accepted = await work.then(
    () => true,
    () => false,
  );
  must(!accepted, `${what} is accepted`);
}
