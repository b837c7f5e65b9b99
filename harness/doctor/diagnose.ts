import { embeddedChecks } from './embedded.ts';
import type { Facts } from './facts.ts';
import { kindLines } from './kind.ts';
import type { Check, Line } from './line.ts';
import { machineChecks } from './machine.ts';
import { mirrorLine, programLines } from './programs.ts';

export interface Diagnosis {
  readonly sections: readonly { readonly title: string; readonly lines: readonly Line[] }[];
  readonly runs: Readonly<Record<'embedded' | 'kind', boolean>>;
}

/** Turns what was found out into what can run, what is missing, and the commands that fix it. */
export function diagnose(facts: Facts): Diagnosis {
  const machine = apply(machineChecks, facts);
  const embedded = apply(embeddedChecks, facts);
  const programs = [mirrorLine(facts), ...programLines(facts.programs, facts)];
  const kind = kindLines(facts);
  const runs = (...lines: readonly Line[]): boolean => lines.every(({ mark }) => mark !== 'bad');
  return {
    sections: [
      { title: 'this machine', lines: machine },
      { title: 'embedded runtime', lines: embedded },
      { title: 'programs of a scenario', lines: programs },
      { title: 'kind runtime', lines: kind },
    ],
    runs: {
      embedded: runs(...machine, ...embedded, ...programs),
      kind: runs(...machine, ...kind),
    },
  };
}

const apply = (checks: readonly Check[], facts: Facts): Line[] =>
  checks.flatMap((check) => check(facts) ?? []);
