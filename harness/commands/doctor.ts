import { diagnose } from '../doctor/diagnose.ts';
import type { Line } from '../doctor/line.ts';
import { lookAtMachine } from '../doctor/look.ts';
import type { Outcome } from '../judge/types.ts';
import { type Paint, paint } from '../report/console.ts';
import { runtimes } from '../runtimes.ts';
import { exitCodes } from './done.ts';
import type { Host } from './host.ts';

const marks: Readonly<Record<Line['mark'], { readonly sign: string; readonly like: Outcome }>> = {
  good: { sign: '✔', like: 'pass' },
  poor: { sign: '!', like: 'unknown' },
  bad: { sign: '✖', like: 'fail' },
};
const widestWhat = 14;

/**
 * `bench doctor`: what this machine can run, what is missing, the commands that fix it.
 * @returns 0 where the embedded runtime can run, else 1
 */
export async function doctorCommand(host: Host): Promise<number> {
  const { acquire, reportsFolder } = host;
  const { embedded, kind } = runtimes;
  const programs = { embedded: embedded.binaries, kind: kind.binaries };
  const { sections, runs } = diagnose(await lookAtMachine({ acquire, reportsFolder, programs }));
  const style = paint(host.interactive);
  for (const { title, lines } of sections) {
    host.write(`${style.bold(title)}\n`);
    for (const line of lines) host.write(lineText(line, style));
  }
  host.write(
    runs.embedded
      ? '\nReady: npm run scenario -- steady\n'
      : '\nThe embedded runtime can not run here: mend the lines marked ✖ above.\n',
  );
  host.write(
    runs.kind
      ? 'kind can run too: npm run scenario -- steady --runtime kind\n'
      : 'kind can not run here; only --runtime kind needs it.\n',
  );
  return runs.embedded ? exitCodes.pass : exitCodes.fail;
}

function lineText({ mark, what, text, fix }: Line, style: Paint): string {
  const { sign, like } = marks[mark];
  const [first = '', ...more] = text.split('\n');
  const indent = ' '.repeat(4 + widestWhat + 1);
  const lines = [
    `  ${style.of(like, sign)} ${what.padEnd(widestWhat)} ${first}`,
    ...more.map((line) => indent + line),
    ...fix.map((command) => `${indent}fix: ${command}`),
  ];
  return `${lines.join('\n')}\n`;
}
