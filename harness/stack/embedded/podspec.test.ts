import { expect, it } from 'vitest';
import type { Pipeline } from '../../pipeline/types.ts';
import { unusablePrograms } from './podspec.ts';

const place = { file: 'agent.yaml', line: 3, column: 1 };
const withCommand = (...command: string[]) =>
  ({ tiers: [{ name: 'agent', workload: { command, place } }] }) as unknown as Pipeline;

it('starts collectors and nothing else', () => {
  expect(unusablePrograms(withCommand())).toEqual([]);
  expect(unusablePrograms(withCommand('/otelcol-contrib', '--config=/x'))).toEqual([]);
  expect(unusablePrograms(withCommand('sh', '-c', 'otelcol --config=/x'))).toEqual([
    expect.objectContaining({ place, message: expect.stringContaining('command "sh"') }),
  ]);
});
