import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { until } from '../../shell/until.ts';
import { keepMoments, readEvent } from './moments.ts';

const at = '2026-11-28 19:00:07.250123456 +0000 UTC k8s.io';
const atMs = Date.UTC(2026, 10, 28, 19, 0, 7, 250);
const startOf = (id: string): string => `${at} /tasks/start {"container_id":"${id}","pid":4711}`;
const endOf = (id: string, code: number, process = id): string =>
  `${at} /tasks/exit {"container_id":"${id}","id":"${process}","pid":4711,"exit_status":${code}}`;

describe('what containerd tells', () => {
  it('is read to the millisecond, in whatever zone it is told', () => {
    expect(readEvent(startOf('a'))).toEqual({
      containerId: 'a',
      moments: { startedMs: atMs, processId: 4711 },
    });
    const elsewhere = endOf('a', 137).replace('19:00', '21:30').replace('+0000 UTC', '+0230 X');
    expect(readEvent(elsewhere)?.moments).toEqual({ endedMs: atMs, exitCode: 137 });
    expect(readEvent(`${at} /tasks/oom {"container_id":"a"}`)?.moments).toEqual({
      oomKilled: true,
    });
    expect(readEvent(`${at} /tasks/exit {"container_id":"a","id":"a"}`)?.moments.exitCode).toBe(0);
  });

  it.each([
    ['a program inside of the container', endOf('a', 1, 'probe')],
    ['an image', `${at} /images/create {"name":"a"}`],
    ['a line that was cut off', startOf('a').slice(0, -4)],
    ['nothing', ''],
  ])('leaves out %s', (_, line) => expect(readEvent(line)).toBeUndefined());

  it('is kept by container over all nodes, and taken up again where it breaks off', async () => {
    const streams: PassThrough[] = [];
    const follow = async (node: string) => {
      const output = new PassThrough();
      streams.push(output);
      if (streams.length <= 2) output.write(`${startOf(`of ${node}`)}\n`);
      return { output, end: () => void output.end() };
    };
    const told: string[] = [];
    const keeper = await keepMoments({ follow }, ['one', 'two'], (text) => told.push(text));
    await until(1_000, 5, () => (keeper.of('of one') && keeper.of('of two') ? true : undefined));
    expect(keeper.of('of two')).toEqual({ startedMs: atMs, processId: 4711 });
    expect(await keeper.untilEnded('of two', 20)).toBeUndefined();

    streams[1]?.end();
    expect(await until(2_000, 5, () => streams[2])).toBeDefined();
    expect(told).toEqual([expect.stringMatching(/containers of two/)]);
    streams[2]?.write(`${endOf('of two', 137)}\n`);
    expect(await keeper.untilEnded('of two', 1_000)).toMatchObject({
      startedMs: atMs,
      endedMs: atMs,
      exitCode: 137,
    });
    keeper.end();
    expect(streams[0]?.writableEnded).toBe(true);
    expect(told).toHaveLength(1);
  });
});
