import type { z } from 'zod';
import { alerted, notAlerted } from './alerted.ts';
import { altered } from './altered.ts';
import { answer } from './answer.ts';
import { connected } from './connected.ts';
import { correlated } from './correlated.ts';
import { decided } from './decided.ts';
import { delivered } from './delivered.ts';
import { derived } from './derived.ts';
import { duplicated } from './duplicated.ts';
import { enriched } from './enriched.ts';
import { found } from './found.ts';
import { held } from './held.ts';
import { kept } from './kept.ts';
import { kill } from './kill.ts';
import { labelled } from './labelled.ts';
import { late } from './late.ts';
import { leaked } from './leaked.ts';
import { lost } from './lost.ts';
import { expectationsNamed, faultsNamed } from './named.ts';
import { oom } from './oom.ts';
import { oomKilled } from './oom-killed.ts';
import { outage } from './outage.ts';
import { partition } from './partition.ts';
import { pause } from './pause.ts';
import { recovered } from './recovered.ts';
import { restart } from './restart.ts';
import { restarts } from './restarts.ts';
import { roll } from './roll.ts';
import { scale } from './scale.ts';
import { scraped } from './scraped.ts';
import { slow } from './slow.ts';
import { stored } from './stored.ts';
import { strip } from './strip.ts';
import { unexplained } from './unexplained.ts';
import { visible } from './visible.ts';
import { wipe } from './wipe.ts';

/** One schema a fault; its key is the verb. */
export const faultWords = faultsNamed({
  kill,
  restart,
  roll,
  scale,
  pause,
  partition,
  oom,
  wipe,
  outage,
  answer,
  slow,
  strip,
});

/** One schema a check; its key is the word. */
export const expectationWords = expectationsNamed({
  decided,
  kept,
  lost,
  recovered,
  delivered,
  derived,
  stored,
  duplicated,
  altered,
  enriched,
  labelled,
  connected,
  leaked,
  late,
  visible,
  correlated,
  restarts,
  oomKilled,
  scraped,
  alerted,
  notAlerted,
  unexplained,
  held,
  found,
});

export type FaultSpec = z.output<(typeof faultWords)[keyof typeof faultWords]>;
export type FaultKind = FaultSpec['kind'];
export type Expectation = z.output<(typeof expectationWords)[keyof typeof expectationWords]>;
export type CheckName = Expectation['check'];
/** The line of `expect:` that asks for one check, or one of several. */
export type ExpectationOf<Check extends CheckName> = Extract<Expectation, { check: Check }>;
