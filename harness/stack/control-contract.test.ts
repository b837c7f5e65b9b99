import { describe, expect, it } from 'vitest';
import { type Controlled, controlContract } from './control-contract.ts';
import type { PodLife, TapFile } from './types.ts';

/** Ways in which a control may fail its contract, and what the contract says of each. */
const defects = {
  takesNobody: /a signal to no pod is accepted/,
  stripsNobody: /the proxy of no pod is accepted/,
  replacesNobody: /the replacement of no pod is accepted/,
  fillsNobody: /the memory of no pod is accepted/,
  wipesNobody: /the volumes of no pod is accepted/,
  ignoresStop: /SIGSTOP left the process going on/,
  ignoresContinue: /SIGCONT left the process stopped/,
  restartsOnContinue: /the container is another one/,
  exitsAsAsked: /exitCode is 143, not 137/,
  blamesNobody: /ending is unasked, not fault/,
  tellsLate: /it ended at another moment/,
  losesTheRecord: /recorder is undefined, not gateway-0-0/,
  beginsBeforeTheEnd: /the next life began before/,
  killsAll: /another pod’s container ended as well/,
  copiesNothing: /what its queue held is not copied/,
  copiesLate: /what its queue held is not copied/,
  countsNoKill: /the kernel counts no kill/,
  knowsNoVictim: /whom it killed, or at which limit, is not told/,
  killsByItself: /oomKilled is false, not true/,
  wipesNothing: /there was nothing in its volumes/,
  keepsThePod: /it is the same pod/,
  keepsTheAddress: /it has the same address/,
  keepsTheRecord: /it has the same record/,
  opensNoRecord: /it has no record/,
  scalesNobody: /the scaling of no tier is accepted/,
  listsNobody: /no tier has endpoints/,
  bringsAnother: /ordinal is 7, not 2/,
  bringsUnrecorded: /the pod that came has no record/,
  killsWhoGoes: /exitCode is 137, not 0/,
  takesAnother: /a pod that was to stay has ended/,
  cutsNobody: /a link of nobody is accepted/,
  cutsToNobody: /a link to no pod is accepted/,
  joinsWhatIsWhole: /the end of no cut is accepted/,
  countsNoPackets: /what was dropped is not told/,
  joinsTwice: /the second end of a cut is accepted/,
  refusesNoTap: /a refusal of no tap is accepted/,
  endsWhatIsNot: /the end of what was not begun is accepted/,
  tellsNothing: /whom it met is not told/,
  neverEnds: /the end of what is over is accepted/,
  answersNobody: /whom it answered is not told/,
  delaysNobody: /whose answer it delayed is not told/,
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

/** As a node leaves it, or fails to. */
function leftBy(defect: Defect | undefined): PodLife['left'] {
  if (defect === 'copiesNothing') return undefined;
  const files = [{ path: '/queue/exporter_otlp_traces', file: 'copy' }];
  return defect === 'copiesLate' ? { files, lacking: 'the next one had started' } : { files };
}

/** Two pods that do at once what they are told. */
function fake(defect?: Defect): Controlled {
  const agent = { ...first, pod: 'agent-a', tier: 'agent', uid: 'agent', recorder: undefined };
  const second = { ...first, pod: 'gateway-1', ordinal: 1, uid: 'other' };
  const lives: PodLife[] = [first, second, agent];
  const tapFiles = new Map<string, TapFile>();
  const open = (name: string, hop: TapFile['hop']): void => {
    tapFiles.set(name, { name, file: '', hop, pod: undefined });
  };
  open('gateway-0-0', { tier: 'gateway' });
  open('tempo', { backend: 'tempo:4317' });
  const has = (own: Defect): boolean => defect === own;
  let state = 'S';
  let refuses = false;
  let isCut = false;
  let answers = false;
  let isSlow = false;
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
      proxies: {
        strip: async () => {
          if (!has('stripsNobody')) throw new Error('nobody runs');
        },
        pass: async () => undefined,
        strippedRequests: async () => 0,
      },
      pods: {
        signal: async (pod, signal) => {
          if (pod === 'nobody-0' && has('takesNobody')) return;
          const life = current(pod);
          if (signal === 'SIGSTOP' && !has('ignoresStop')) state = 'T';
          if (signal === 'SIGCONT' && !has('ignoresContinue')) state = 'S';
          if (signal === 'SIGCONT' && has('restartsOnContinue')) begin(life, {}, end(life, {}));
          if (signal !== 'SIGKILL') return;
          const exitCode = has('exitsAsAsked') ? 143 : 137;
          const endedMs = end(life, { exitCode, signal: 'SIGKILL', left: leftBy(defect) });
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
        exhaustMemory: async (pod) => {
          if (!(pod === 'nobody-0' && has('fillsNobody'))) {
            const life = current(pod);
            const oomKilled = !has('killsByItself');
            begin(life, {}, end(life, { exitCode: 137, oomKilled, ending: 'unasked' }));
          }
          const pid = has('knowsNoVictim') ? 0 : 7;
          return { kernelKills: has('countsNoKill') ? 0 : 1, pid, limitBytes: 9, ballastBytes: 5 };
        },
        wipeVolumes: async (pod) => {
          if (!(pod === 'nobody-0' && has('wipesNobody'))) {
            const life = current(pod);
            begin(life, {}, end(life, { exitCode: 137, signal: 'SIGKILL' }));
          }
          return has('wipesNothing') ? { files: 0, bytes: 0 } : { files: 1, bytes: 8 };
        },
        scale: async (tier, replicas) => {
          if (tier === 'nobody' && has('scalesNobody')) return;
          const pods = lives.filter((life) => life.tier === tier && life.endedMs === undefined);
          if (pods.length === 0) throw new Error(`${tier} has no replicas`);
          const going = pods.filter(({ ordinal }) => ordinal >= replicas);
          if (has('takesAnother') && going.length > 0) end(current('gateway-0'), { exitCode: 0 });
          for (const life of going) end(life, { exitCode: has('killsWhoGoes') ? 137 : 0 });
          for (let ordinal = pods.length; ordinal < replicas; ordinal++) {
            const recorder = `${tier}-${ordinal}-0`;
            if (!has('bringsUnrecorded')) open(recorder, { tier });
            const own = has('bringsAnother') ? 7 : ordinal;
            const named = { pod: `${tier}-${ordinal}`, uid: `u-${ordinal}`, recorder };
            lives.push({ ...first, ...named, ordinal: own, address: `10.0.1.${ordinal}` });
          }
        },
        endpoints: async (tier) => {
          if (tier === 'nobody' && !has('listsNobody')) return undefined;
          const able = lives.filter((life) => life.tier === tier && life.endedMs === undefined);
          return able.map(({ address }) => address);
        },
      },
      links: {
        cut: async ([sender = ''], to) => {
          if (sender === 'nobody-0' && !has('cutsNobody')) throw new Error('nobody sends');
          if (to === 'nobody-0' && !has('cutsToNobody')) throw new Error('nobody is there');
          isCut = true;
        },
        join: async () => {
          if (!isCut && !has('joinsWhatIsWhole')) throw new Error('it is not cut');
          isCut = has('joinsTwice');
          return { droppedPackets: has('countsNoPackets') ? -1 : 0 };
        },
      },
      taps: {
        refuse: async (name, instead) => {
          answers = instead !== undefined;
          isSlow = instead?.status === 'slow';
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
            answeredRequests: answers && has('answersNobody') ? -1 : 0,
            delayedRequests: isSlow && has('delaysNobody') ? -1 : 0,
            shortestMs: 0,
            longestMs: 0,
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
