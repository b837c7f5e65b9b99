import { expect, it } from 'vitest';
import type { RunCommand } from './commands.ts';
import { loadLackingImages } from './images.ts';

const ids: Record<string, string> = { 'docker.io/a:1': 'sha256:a', 'me/b:dev': 'sha256:b' };
const images = Object.keys(ids);

/** Docker and nodes that keep what is loaded into them. */
function world() {
  const done: string[] = [];
  const marks = new Map<string, string>();
  const run: RunCommand = async (program, args) => {
    const [verb, node = ''] = args;
    if (verb === 'image')
      return args
        .slice(4)
        .map((image) => ids[image])
        .join('\n');
    if (verb === 'load') {
      const [, , ...rest] = args;
      done.push(`${rest.slice(0, -4).join(' ')} into ${rest.at(-1)}`);
      return '';
    }
    if (args.includes('label')) marks.set(`${node} ${args.at(-2)}`, args.at(-1) ?? '');
    const own = [...marks].filter(([key]) => key.startsWith(`${node} `));
    if (args.includes('ls')) {
      return own.map(([key, mark]) => `${key.split(' ')[1]} some/type sha256:9 ${mark}`).join('\n');
    }
    return program;
  };
  const signal = new AbortController().signal;
  const request = { kindBinary: 'kind', cluster: 'warm', images, scratchFolder: '/s' };
  const load = async (...nodes: string[]): Promise<string[]> => {
    done.length = 0;
    await loadLackingImages(run, { ...request, nodes }, signal);
    return [...done];
  };
  return { load, marks };
}

it('nodes that stay get each image once', async () => {
  const { load } = world();
  expect(await load('one', 'two')).toEqual(['docker.io/a:1 me/b:dev into one,two']);
  expect(await load('one', 'two')).toEqual([]);
  expect(await load('one', 'three')).toEqual(['docker.io/a:1 me/b:dev into one,three']);
});

it('and again where its tag means another image, or a node has thrown it away', async () => {
  const { load, marks } = world();
  await load('one');
  ids['me/b:dev'] = 'sha256:newer';
  expect(await load('one')).toEqual(['me/b:dev into one']);
  marks.delete('one docker.io/a:1');
  expect(await load('one')).toEqual(['docker.io/a:1 into one']);
  expect(await load('one')).toEqual([]);
});
