import type { Expectation } from '../../scenario/types.ts';
import type { JudgeContext, Watcher } from '../watch.ts';
import { createAlteredCheck } from './altered.ts';
import { createBackendsCheck } from './backends.ts';
import { createDecidedCheck } from './decided.ts';
import { createDuplicatedCheck } from './duplicated.ts';
import { createEvidenceCheck } from './evidence.ts';
import { createFaultsCheck } from './faults.ts';
import { createHeldCheck } from './held.ts';
import { provedByIntake } from './intake.ts';
import { createKeptCheck } from './kept.ts';
import { createLateCheck } from './late.ts';
import { createLivesCheck } from './lives.ts';
import { createLoadCheck } from './load.ts';
import { createLostCheck } from './lost.ts';
import { createUnexplainedCheck } from './unexplained.ts';
import { createVisibleCheck } from './visible.ts';

/** The check that a line of `expect:` asks for; undefined for `found`, which judges the others. */
function checkOf(expectation: Expectation, context: JudgeContext): Watcher | undefined {
  switch (expectation.check) {
    case 'decided':
      return createDecidedCheck(context);
    case 'kept':
      return createKeptCheck(expectation, context);
    case 'lost':
      return provedByIntake(createLostCheck(expectation), 'nothing to lose');
    case 'duplicated':
      return provedByIntake(createDuplicatedCheck(expectation, context), 'nothing to double');
    case 'altered':
      return provedByIntake(createAlteredCheck(expectation, context), 'nothing to alter');
    case 'late':
      return createLateCheck(expectation, context);
    case 'visible':
      return createVisibleCheck(expectation, context);
    case 'restarts':
    case 'oomKilled':
      return createLivesCheck(expectation, context);
    case 'held':
      return createHeldCheck(expectation);
    case 'unexplained':
    case 'found':
      return undefined;
  }
}

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
