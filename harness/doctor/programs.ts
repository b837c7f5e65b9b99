import type { Survey } from '../stack/acquire/index.ts';
import type { Facts, Tried } from './facts.ts';
import { bad, good, type Line, poor } from './line.ts';

/** Whether programs are there, or how they would come. */
export function programLines(tried: Tried<Survey>, facts: Pick<Facts, 'os' | 'arch'>): Line[] {
  if (!tried.ok) return [bad('programs', tried.reason)];
  const { ready, broken, missing } = tried.value;
  const bySource = Map.groupBy(ready, ({ source }) => source);
  const lines = [...bySource].map(([source, got]) => {
    const names = got.map(({ name, version }) => `${name} ${version}`).join(', ');
    return good(source, names);
  });
  return [
    ...lines,
    ...broken.map(({ acquired: { name, path, source }, reason }) =>
      bad(
        name,
        `${path}: ${reason}`,
        source === 'cache'
          ? `rm '${path}'   # it is fetched again`
          : `put the ${name} of ${facts.os}/${facts.arch} there, or unset BENCH_MIRROR`,
      ),
    ),
    ...(missing.length > 0 ? [missingLine(tried.value)] : []),
  ];
}

function missingLine({ missing, noDownload, build }: Survey): Line {
  const names = missing.join(', ');
  if (noDownload === undefined) {
    return good('to download', `${names}: on the first run, from their publishers' releases`);
  }
  if (build.ok) return poor('to build', `${names}: no release (${noDownload}), so ${build.plan}`);
  return bad(
    'missing',
    `${names}: no release (${noDownload}), no build (${build.reason})`,
    'export HTTPS_PROXY=<proxy> NODE_EXTRA_CA_CERTS=<its CA>   # where a proxy leads out',
    'export BENCH_MIRROR=<folder>   # with the programs in binaries/, see fixtures/versions.yaml',
  );
}

/** Where programs are looked for first. */
export const mirrorLine = ({ mirror }: Pick<Facts, 'mirror'>): Line =>
  good('mirror', mirror ? `BENCH_MIRROR=${mirror}` : 'BENCH_MIRROR is not set; none is needed');
