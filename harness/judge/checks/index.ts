import type { CheckName, Expectation, ExpectationOf } from '../../scenario/types.ts';
import type { JudgeContext, Watcher } from '../watch.ts';
import { createAlertedCheck } from './alerted.ts';
import { createAlteredCheck } from './altered.ts';
import { type Asking, askedAtOne } from './at-one.ts';
import { createBackendsCheck } from './backends.ts';
import { createConnectedCheck } from './connected.ts';
import { createCorrelatedCheck } from './correlated.ts';
import { createDecidedCheck } from './decided.ts';
import { createDeliveredCheck } from './delivered.ts';
import { createDuplicatedCheck } from './duplicated.ts';
import { createEnrichedCheck } from './enriched.ts';
import { createEvidenceCheck } from './evidence.ts';
import { createFaultsCheck } from './faults.ts';
import { createHeldCheck } from './held.ts';
import { provedByIntake } from './intake.ts';
import { createKeptCheck } from './kept.ts';
import { createLabelledCheck } from './labelled.ts';
import { createLateCheck } from './late.ts';
import { createLeakedCheck } from './leaked.ts';
import { createLivesCheck } from './lives.ts';
import { createLoadCheck } from './load.ts';
import { createLostCheck } from './lost.ts';
import { createRecoveredCheck } from './recovered.ts';
import { createScrapedCheck } from './scraped.ts';
import { createStoredCheck } from './stored.ts';
import { askedThisWay } from './this-way.ts';
import { createUnexplainedCheck } from './unexplained.ts';
import { createVisibleCheck } from './visible.ts';

type MakeCheck<Check extends CheckName> = (
  expectation: ExpectationOf<Check>,
  context: JudgeContext,
) => Watcher | undefined;

/** What each word of `expect:` asks for. `unexplained` is always implied, `found` judges others. */
const makers: { readonly [Check in CheckName]: MakeCheck<Check> } = {
  decided: (_, context) => createDecidedCheck(context),
  kept: (expectation, context) =>
    askedAtOne(askedThisWay(createKeptCheck(expectation, context), expectation.class), expectation),
  lost: (expectation, context) =>
    ofItems(createLostCheck(expectation, context), 'nothing to lose', expectation),
  recovered: createRecoveredCheck,
  delivered: createDeliveredCheck,
  stored: createStoredCheck,
  duplicated: (expectation, context) =>
    ofItems(createDuplicatedCheck(expectation, context), 'nothing to double', expectation),
  altered: (expectation, context) =>
    ofItems(createAlteredCheck(expectation, context), 'nothing to alter', expectation),
  enriched: createEnrichedCheck,
  labelled: createLabelledCheck,
  connected: createConnectedCheck,
  leaked: (expectation, context) =>
    askedAtOne(createLeakedCheck(expectation, context), expectation),
  late: createLateCheck,
  visible: (expectation, context) =>
    askedAtOne(createVisibleCheck(expectation, context), expectation),
  correlated: createCorrelatedCheck,
  restarts: createLivesCheck,
  oomKilled: createLivesCheck,
  alerted: createAlertedCheck,
  notAlerted: createAlertedCheck,
  scraped: (_, context) => createScrapedCheck(context),
  held: createHeldCheck,
  unexplained: () => undefined,
  found: () => undefined,
  // Asked along a way of its own: judge/derived/.
  derived: () => undefined,
};

/** Asked of one backend it looks at what leads there alone, and whether any of that came. */
const ofItems = (check: Watcher, nothing: string, expectation: Asking): Watcher =>
  askedAtOne(
    provedByIntake(check, nothing, expectation.at === undefined ? undefined : expectation.signals),
    expectation,
  );

const checkOf = <Check extends CheckName>(
  expectation: ExpectationOf<Check>,
  context: JudgeContext,
): Watcher | undefined => makers[expectation.check as Check](expectation, context);

/** What the scenario expects, and what is always implied. */
export function createChecks(
  expectations: readonly Expectation[],
  context: JudgeContext,
  missing: readonly string[],
): Watcher[] {
  return [
    ...expectations.flatMap((expectation) => checkOf(expectation, context) ?? []),
    createUnexplainedCheck(context),
    createFaultsCheck(context),
    provedByIntake(createLoadCheck(context), 'nothing was tried'),
    createEvidenceCheck(context, missing),
    createBackendsCheck(context),
  ];
}
