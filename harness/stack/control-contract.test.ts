import { describe, expect, it } from 'vitest';
import { type Controlled, controlContract } from './control-contract.ts';
import type { PodLife, TapFile } from './types.ts';

/** Ways in which a control may fail its contract, and what the contract says of each. */
const defects = {
  takesNobody: /a signal to no pod is accepted/,
  replacesNobody: /the replacement of no pod is accepted/,
  ignoresStop: /SIGSTOP left the process going on/,
  ignoresContinue: /SIGCONT left the process stopped/,
  restartsOnContinue: /the container is another one/,
  exitsAsAsked: /exitCode is 143, not 137/,
  blamesNobody: /ending is unasked, not fault/,
  tellsLate: /it ended at another moment/,
  losesTheRecord: /recorder is undefined, not gateway-0-0/,
  beginsBeforeTheEnd: /the next life began before/,
  killsAll: /another pod’s container ended as well/,
  keepsThePod: /it is the same pod/,
  keepsTheAddress: /it has the same address/,
  keepsTheRecord: /it has the same record/,
  opensNoRecord: /it has no record/,
  refusesNoTap: /a refusal of no tap is accepted/,
  endsWhatIsNot: /the end of what was not begun is accepted/,
  tellsNothing: /whom it met is not told/,
  neverEnds: /the end of what is over is accepted/,
} as const;
type Defect = keyof typeof defects;

const first: PodLife = {
  pod: 'gateway-0',
  tier: 'gateway',
  ordinal: 0,
  life: 0,
  uid: 'u0',
  node: 'worker',
  address: '10.0.0.0',
  recorder: 'gateway-0-0',
  startedMs: 1,
  readyMs: 2,
  endedMs: undefined,
  exitCode: undefined,
  signal: undefined,
  oomKilled: false,
  ending: 'running',
};

/** Two pods that do at once what they are told. */
function fake(defect?: Defect): Controlled {
  const lives: PodLife[] = [first, { ...first, pod: 'gateway-1', uid: 'other' }];
  const tapFiles = new Map<string, TapFile>();
  const open = (name: string, hop: TapFile['hop']): void => {
    tapFiles.set(name, { name, file: '', hop, pod: undefined });
  };
  open('gateway-0-0', { tier: 'gateway' });
  open('tempo', { backend: 'tempo:4317' });
  const has = (own: Defect): boolean => defect === own;
  let state = 'S';
  let refuses = false;
  let made = 0;
  const current = (pod: string): PodLife => {
    const life = lives.findLast((own) => own.pod === pod && own.endedMs === undefined);
    if (!life) throw new Error(`${pod} does not run`);
    return life;
  };
  const end = (life: PodLife, change: Partial<PodLife>): number => {
    const endedMs = Date.now() + (has('tellsLate') ? 900 : 0);
    const ending = has('blamesNobody') ? 'unasked' : 'fault';
    lives[lives.indexOf(life)] = { ...life, endedMs, ending, ...change };
    return endedMs;
  };
  const begin = (life: PodLife, change: Partial<PodLife>, endedMs: number): void => {
    const startedMs = endedMs - (has('beginsBeforeTheEnd') ? 5 : 0);
    lives.push({ ...life, life: life.life + 1, startedMs, readyMs: startedMs + 1, ...change });
  };
  return {
    lives: () => lives,
    tapFiles,
    control: {
      pods: {
        signal: async (pod, signal) => {
          if (pod === 'nobody-0' && has('takesNobody')) return;
          const life = current(pod);
          if (signal === 'SIGSTOP' && !has('ignoresStop')) state = 'T';
          if (signal === 'SIGCONT' && !has('ignoresContinue')) state = 'S';
          if (signal === 'SIGCONT' && has('restartsOnContinue')) begin(life, {}, end(life, {}));
          if (signal !== 'SIGKILL') return;
          const exitCode = has('exitsAsAsked') ? 143 : 137;
          const endedMs = end(life, { exitCode, signal: 'SIGKILL' });
          if (has('killsAll')) end(current('gateway-1'), {});
          begin(life, has('losesTheRecord') ? { recorder: undefined } : {}, endedMs);
        },
        processState: async (pod) => (pod === 'nobody-0' ? undefined : state),
        replacePod: async (pod) => {
          if (pod === 'nobody-0' && has('replacesNobody')) return;
          const life = current(pod);
          const number = ++made;
          const recorder = `gateway-0-${number}`;
          if (!has('opensNoRecord')) open(recorder, { tier: 'gateway' });
          const next = {
            uid: has('keepsThePod') ? life.uid : `u${number}`,
            address: has('keepsTheAddress') ? life.address : `10.0.0.${number}`,
            recorder: has('keepsTheRecord') ? life.recorder : recorder,
          };
          begin(life, next, end(life, { exitCode: 0, signal: undefined }));
        },
      },
      taps: {
        refuse: async (name) => {
          if (!tapFiles.has(name) && !has('refusesNoTap')) throw new Error('nobody listens');
          refuses = true;
        },
        accept: async () => {
          if (!refuses && !has('endsWhatIsNot')) throw new Error('it does not refuse');
          refuses = has('neverEnds');
          const met = {
            refusedConnections: 0,
            brokenRequests: 0,
            brokenConnections: 1,
            answeredRequests: 0,
          };
          return has('tellsNothing') ? ({} as typeof met) : met;
        },
      },
    },
  };
}

async function complaintOf(stack: Controlled): Promise<string | undefined> {
  for (const { check } of controlContract) {
    try {
      await check(stack, 'gateway-0');
    } catch (error) {
      return (error as Error).message;
    }
  }
  return undefined;
}

describe('the contract of every control', () => {
  it('holds for one that does as it is told', async () => {
    expect(await complaintOf(fake())).toBeUndefined();
  });

  it.each(Object.entries(defects))(
    'finds one that %s',
    async (defect, complaint) => {
      expect(await complaintOf(fake(defect as Defect))).toMatch(complaint);
    },
    20_000,
  );
});
