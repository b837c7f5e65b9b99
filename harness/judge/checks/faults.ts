import { createCollector } from '../collect.ts';
import { concludesFromPresence, type JudgeContext, verdictOf, type Watcher } from '../watch.ts';

/** Always implied: each fault has a receipt that proves that it bit, else unknown. */
export function createFaultsCheck({ evidence }: JudgeContext): Watcher {
  return {
    openedBy: concludesFromPresence,
    finish: () => {
      const collector = createCollector();
      let bit = 0;
      for (const fault of evidence.facts.faults) {
        for (const ordinal of fault.ordinals) {
          const target = `${fault.tier}/${ordinal}`;
          const name = `${fault.spec.kind} ${target}`;
          const receipt = evidence.receipts.find(
            (r) => r.fault === fault.index && r.target === target,
          );
          if (receipt?.bit) bit++;
          else {
            collector.add({
              kind: receipt ? 'fault-did-not-bite' : 'evidence-missing',
              hop: fault.tier,
              component: target,
              cause: receipt
                ? `${name}: ${JSON.stringify(receipt.proof)}`
                : `no receipt for ${name}`,
              atMs: receipt?.injectedMs,
            });
          }
        }
      }
      const planned = evidence.facts.faults.reduce((sum, f) => sum + f.ordinals.length, 0);
      return {
        name: 'faults',
        subject: '',
        verdict: verdictOf(false, collector.count > 0),
        expected: `${planned} faults that bit`,
        observed: `${bit} proved by their receipts`,
        findings: collector.findings(),
      };
    },
  };
}
