import type { Receipt } from '../../faults/types.ts';
import type { PodLife } from '../../stack/types.ts';
import type { RawRun } from '../raw.ts';
import type { Doubt } from '../types.ts';

/** Faults after which another life of the pod gets ready. */
const ends: ReadonlySet<string> = new Set(['kill', 'restart', 'roll']);

/** What places outside are called by their kind: a recorder answers there, and no pod lives. */
const outside = /^otlp\/\d+$/;

const about = (what: string): Doubt => ({ file: 'run.json', what });

/** What containers' lives say against themselves, and receipts against lives. */
export function contradictLives({ lives, receipts }: RawRun): Doubt[] {
  const keys = lives.map(({ pod, uid, life }) => `${pod}/${uid}/${life}`);
  return [...new Set(keys.filter((key, i) => keys.indexOf(key) !== i))]
    .map((key) => about(`has life ${key} twice`))
    .concat(
      lives.flatMap(orderOf),
      receipts.flatMap((receipt) => contradictReceipt(receipt, lives)),
    );
}

function orderOf({ pod, life, startedMs, readyMs, endedMs, exitCode }: PodLife): Doubt[] {
  const moments = [startedMs, readyMs, endedMs].filter((ms) => ms !== undefined);
  const name = `life ${life} of ${pod}`;
  const isOrdered = moments.every((ms, i) => ms >= (moments[i - 1] ?? 0));
  if (!isOrdered) return [about(`has ${name} ready before it started, or ended before that`)];
  if (endedMs === undefined && exitCode !== undefined) {
    return [about(`has an exit code of ${name}, which did not end`)];
  }
  return [];
}

/** Pod, moment and exit code that a receipt names are those of a life. */
function contradictReceipt(receipt: Receipt, lives: readonly PodLife[]): Doubt[] {
  const { kind, target, pod, injectedMs, healedMs, proof } = receipt;
  const name = `the receipt of ${kind} ${target}`;
  const own = lives.filter((life) => life.pod === pod);
  if (proof.came === true) {
    const came = own.find((life) => life.startedMs >= injectedMs && life.readyMs === healedMs);
    if (!came)
      return [about(`has ${name}, and no life of ${pod} that began behind it and got ready`)];
    const isOther = `${came.tier}/${came.ordinal}` !== target || came.address !== proof.address;
    return isOther ? [about(`has ${name}, and another pod got ready then`)] : [];
  }
  const hit = own.find(
    (life) => life.startedMs <= injectedMs && injectedMs <= (life.endedMs ?? injectedMs),
  );
  if (!hit && own.length === 0 && outside.test(target) && !ends.has(kind)) return [];
  if (!hit) return [about(`has ${name}, and no life of ${pod} at its moment`)];
  if (`${hit.tier}/${hit.ordinal}` !== target) {
    return [about(`has ${name}, and ${pod} is ${hit.tier}/${hit.ordinal}`)];
  }
  const exitCode = typeof proof.exitCode === 'number' ? proof.exitCode : -1;
  if (exitCode >= 0 && hit.exitCode !== exitCode) {
    return [about(`has ${name} with exit code ${exitCode}, its life ended with ${hit.exitCode}`)];
  }
  const isHealed =
    healedMs === undefined || !ends.has(kind) || own.some((life) => life.readyMs === healedMs);
  return isHealed ? [] : [about(`has ${name} healed at a moment when no ${pod} got ready`)];
}
