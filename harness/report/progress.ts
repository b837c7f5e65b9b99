import { Listr, type ListrTaskWrapper } from 'listr2';

/** One named stage of a run. `say` tells how far it is. */
export interface Stage {
  readonly title: string;
  readonly work: (say: (text: string) => void) => Promise<void>;
}

/** Shows stages as they go: one list in a terminal, plain lines elsewhere. */
export interface Reporter {
  run(stages: readonly Stage[]): Promise<void>;
  line(text: string): void;
}

/** Quiet lines at most this often where every line is kept, as in a CI log. */
const sayEveryMs = 5_000;

/** @param interactive whether lines can be drawn over */
export function createReporter(interactive: boolean, write: (text: string) => void): Reporter {
  return {
    line: (text) => write(`${text}\n`),
    run: async (stages) => {
      if (!interactive) {
        await runPlain(stages, write);
        return;
      }
      const list = new Listr(
        stages.map(({ title, work }) => ({
          title,
          task: (_: unknown, task: ListrTaskWrapper<unknown, never, never>) =>
            work((text) => {
              task.output = text;
            }),
        })),
        {
          rendererOptions: { showTimer: true, collapseErrors: false } as never,
          // Its own listener ends the process before anything that was started is ended.
          registerSignalListeners: false,
        },
      );
      await list.run();
    },
  };
}

async function runPlain(stages: readonly Stage[], write: (text: string) => void): Promise<void> {
  for (const { title, work } of stages) {
    const startedMs = performance.now();
    let saidMs = startedMs;
    write(`- ${title}\n`);
    await work((text) => {
      if (performance.now() - saidMs < sayEveryMs) return;
      saidMs = performance.now();
      write(`    ${text}\n`);
    });
    write(`    done in ${((performance.now() - startedMs) / 1_000).toFixed(1)} s\n`);
  }
}
