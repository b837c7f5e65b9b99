import { bad, type Check, good, poor } from './line.ts';

const leastNode = 24;
const wantedGigabytes = { memory: 4, disk: 2 };
const wantedProcessors = 2;

const platform: Check = ({ os, arch, wsl, inContainer }) => {
  const known = ['linux', 'darwin', 'win32'].includes(os) && ['x64', 'arm64'].includes(arch);
  const where = `${wsl ? `, WSL ${wsl}` : ''}${inContainer ? ', in a container' : ''}`;
  if (known) return good('platform', `${os}/${arch}${where}`);
  return bad(
    'platform',
    `${os}/${arch}: nobody publishes the programs for it`,
    'run on Linux, macOS or Windows, on x64 or arm64',
  );
};

const node: Check = ({ nodeVersion }) => {
  const major = Number(/\d+/.exec(nodeVersion)?.[0]);
  if (major >= leastNode) return good('node', nodeVersion);
  return bad('node', `${nodeVersion}; TypeScript needs ${leastNode}`, 'npm ci && npm run bench');
};

const processors: Check = ({ cpus }) =>
  cpus >= wantedProcessors
    ? good('processors', String(cpus))
    : poor('processors', `${cpus}: the load may come late (load-not-offered), the verdict unknown`);

const memory: Check = ({ memoryGigabytes }) => {
  const text = `${memoryGigabytes.toFixed(1)} GB free`;
  if (memoryGigabytes >= wantedGigabytes.memory) return good('memory', text);
  return poor('memory', `${text}; ${wantedGigabytes.memory} GB are wanted`, 'end what takes it');
};

const disk: Check = ({ reports: { freeGigabytes } }) => {
  const text = `${freeGigabytes.toFixed(1)} GB free for reports/`;
  if (freeGigabytes >= wantedGigabytes.disk) return good('disk', text);
  return poor(
    'disk',
    `${text}; a run takes some 0.1 GB`,
    'npm run bench -- clean --reports   # removes recorded runs',
  );
};

/** What any runtime needs. */
export const machineChecks: readonly Check[] = [platform, node, processors, memory, disk];
