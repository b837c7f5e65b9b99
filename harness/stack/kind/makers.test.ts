import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { endMakers, makes } from './makers.ts';

const command = '/cache/kind create cluster --name bench-a1-b2 --config kind-config.yaml';

it('is known by the name of its cluster, and by making it', () => {
  expect(makes({ command }, 'bench-a1-b2')).toBe(true);
  expect(makes({ command }, 'bench-a1')).toBe(false);
  expect(makes({ command }, 'a1-b2')).toBe(false);
  expect(makes({ command: command.replace('create', 'delete') }, 'bench-a1-b2')).toBe(false);
});

it('is ended with all that it started, and nobody else is', async () => {
  const script = "require('child_process').spawn(process.execPath, ['-e', 'setInterval(Date, 9)'])";
  const make = (cluster: string) =>
    spawn(
      process.execPath,
      ['-e', `${script}; setInterval(Date, 9); console.log('up')`].concat([
        'create',
        'cluster',
        '--name',
        cluster,
      ]),
    );
  const own = make('makers-test-one');
  const other = make('makers-test-two');
  await Promise.all([own, other].map((child) => once(child.stdout, 'data')));
  endMakers('makers-test-one');
  const [, signal] = await once(own, 'exit');
  expect(signal).toBe('SIGKILL');
  expect(other.exitCode).toBeNull();
  expect(other.signalCode).toBeNull();
  endMakers('makers-test-two');
  await once(other, 'exit');
});
