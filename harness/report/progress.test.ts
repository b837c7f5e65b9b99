import { afterEach, expect, it, vi } from 'vitest';
import { createReporter } from './progress.ts';

afterEach(() => void vi.restoreAllMocks());

it.each([true, false])(
  'leaves an interrupt to the bench, so that teardown follows (interactive: %s)',
  async (interactive) => {
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const asked = new Error('the user asked to stop');
    const work = (): Promise<void> =>
      new Promise((_, reject) => {
        process.once('SIGINT', () => reject(asked));
        process.emit('SIGINT');
      });
    const run = createReporter(interactive, () => undefined).run([{ title: 'a stage', work }]);
    await expect(run).rejects.toBe(asked);
  },
);

it('tells each stage in plain lines where lines can not be drawn over', async () => {
  const lines: string[] = [];
  const reporter = createReporter(false, (text) => void lines.push(text));
  await reporter.run([{ title: 'start', work: async () => undefined }]);
  expect(lines.join('')).toMatch(/^- start\n {4}done in \d\.\d s\n$/);
});
