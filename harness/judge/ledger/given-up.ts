import type { DropLine } from '../../evidence/types.ts';
import type { Tier } from '../../pipeline/types.ts';
import { fixOfRefusal } from '../model/backend-refusals.ts';
import { senderRefused, senderWithout, whyDropped } from '../model/exporters.ts';
import { hopName, type SignalPath } from '../model/path.ts';
import { refuserIn } from '../model/refuser.ts';
import { stableWords } from '../model/words.ts';
import type { Bucket } from './account.ts';
import type { Arrival } from './arrival.ts';
import { cutBy, tellRing } from './astray.ts';
import type { JudgeContext } from './context.ts';

type Lost = Extract<Bucket, { kind: 'lost' }>;

type Refusal = Pick<Arrival, 'message' | 'backend' | 'remoteWrite' | 'final'>;

/** Lost because the next hop refused it: names who there did, by what was answered. */
export function refusedBehind(
  context: Pick<JudgeContext, 'spoken'>,
  path: SignalPath,
  step: number,
  { message, backend, remoteWrite, final }: Refusal,
): Lost {
  const { steps, signal } = path;
  const [sender, next] = [steps[step]?.tier, steps[step + 1]?.tier];
  const by = next
    ? (senderWithout(sender, signal, next, message) ??
      refuserIn(next, signal, message, context.spoken))
    : sender &&
      backend !== undefined &&
      senderRefused(sender, signal, backend, { message, remoteWrite, final });
  return {
    kind: 'lost',
    hop: hopName(path, step + 1),
    cause: next ? 'refused-by-gateway' : 'refused-by-backend',
    detail: message,
    ...(by || { why: stableWords(message), ...(next ? {} : fixed(fixOfRefusal(message))) }),
  };
}

const fixed = (fix: string | undefined) => (fix === undefined ? {} : { fix });

/** Who in a tier gave it up: of what a processor says, whoever behind it refused. */
function giverUp(
  { spoken }: JudgeContext,
  tier: Tier,
  { signal }: SignalPath,
  { component, error, uncounted }: DropLine,
  next: Tier | undefined,
): Pick<Lost, 'component' | 'why' | 'fix'> {
  if (component === '') return { why: stableWords(error) };
  const refuser = uncounted && refuserIn(tier, signal, error, spoken);
  return refuser || whyDropped(tier, signal, component, error, next);
}

/** Lost because an exporter gave it up, as its log says; or because it sent by an old list. */
export function droppedBehind(
  context: JudgeContext,
  path: SignalPath,
  step: number,
  drop: DropLine,
  takenMs: number,
): Lost {
  const { tier } = path.steps[step] ?? {};
  const next = path.steps[step + 1]?.tier;
  const hop = hopName(path, step + 1);
  const detail = `${drop.pod} ${drop.component}: ${drop.error}`;
  const astray = next && cutBy(context, next.name, takenMs, drop.atMs);
  if (astray?.by === 'stale-ring') {
    const { component } = astray.ring;
    const why = tellRing(astray.ring);
    return { kind: 'lost', hop, component, cause: 'stale-ring', detail: `${detail}; ${why}`, why };
  }
  const by = tier ? giverUp(context, tier, path, drop, next) : { why: stableWords(drop.error) };
  if (!astray) return { kind: 'lost', hop, cause: 'dropped-by-exporter', detail, ...by };
  // What was on its way to a pod that was deleted is the deletion's, whatever the exporter said.
  const component = by.component === undefined ? {} : { component: by.component };
  return { kind: 'lost', hop, ...component, cause: 'cut-by-restart', detail };
}
