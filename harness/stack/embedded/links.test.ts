import { expect, it } from 'vitest';
import { createLinks } from './links.ts';
import type { Hole } from './network.ts';

/** Two agents and a gateway; `fails` names the network of which something can't be done. */
function linksOf(fails: { swallow?: string; release?: string } = {}) {
  const done: string[] = [];
  const doing =
    (what: 'swallow' | 'release'): Hole['swallow'] =>
    async (network) => {
      if (fails[what] === network) throw new Error(`ip: ${what} ${network}`);
      done.push(`${what} ${network}`);
    };
  const hole = { swallow: doing('swallow'), release: doing('release'), packets: async () => 7 };
  const pods = ['agent-a', 'agent-b', 'gateway-0'].map((name) => ({
    name,
    id: `net-${name}`,
    deleted: false,
    recorder: name === 'gateway-0' ? 'gateway-0-0' : undefined,
    published: '10.0.0.1',
  }));
  const running = (name: string) => {
    const pod = pods.find((own) => own.name === name);
    if (!pod) throw new Error(`pod ${name} has no running container`);
    return pod;
  };
  return { done, pods, links: createLinks(running, async () => hole) };
}
const agents = ['agent-a', 'agent-b'];

it('cuts each sender off and lets it go again, with what was dropped', async () => {
  const { done, links } = linksOf();
  await links.cut(agents, 'gateway-0');
  await expect(links.cut(agents, 'gateway-0')).rejects.toThrow(/already/);
  expect(await links.join(agents, 'gateway-0')).toEqual({ droppedPackets: 7 });
  const each = (what: string) => agents.map((name) => `${what} net-${name}`);
  expect(done).toEqual([...each('swallow'), ...each('release')]);
});

it('leaves nobody cut off where one could not be', async () => {
  const { done, links } = linksOf({ swallow: 'net-agent-b' });
  await expect(links.cut(agents, 'gateway-0')).rejects.toThrow(/swallow net-agent-b/);
  expect(done).toContain('release net-agent-a');
  await expect(links.join(agents, 'gateway-0')).rejects.toThrow(/not cut off/);
});

it('says who is still cut off, unless that pod is gone', async () => {
  const stuck = linksOf({ release: 'net-agent-b' });
  await stuck.links.cut(agents, 'gateway-0');
  await expect(stuck.links.join(agents, 'gateway-0')).rejects.toThrow(/^1 of those/);
  const gone = linksOf({ release: 'net-agent-b' });
  await gone.links.cut(agents, 'gateway-0');
  for (const pod of gone.pods) pod.deleted = pod.name === 'agent-b';
  expect(await gone.links.join(agents, 'gateway-0')).toEqual({ droppedPackets: 7 });
});

it('can be neither of nobody nor to a pod that nobody records', async () => {
  const { links } = linksOf();
  await expect(links.cut([], 'gateway-0')).rejects.toThrow(/nobody runs/);
  await expect(links.cut(['gateway-0'], 'agent-a')).rejects.toThrow(/no record/);
  await expect(links.cut(['nobody'], 'gateway-0')).rejects.toThrow(/no running container/);
});
