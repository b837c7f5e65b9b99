import type { DockerFacts, Facts } from './facts.ts';
import { asRoot, bad, good, type Line, poor } from './line.ts';
import { programLines } from './programs.ts';

const wantedGigabytes = 6;

/** What the kind runtime needs. */
export function kindLines(facts: Facts): Line[] {
  const docker = dockerLine(facts.docker, facts);
  if (docker.mark === 'bad') return [docker];
  return [docker, memoryLine(facts.docker), ...programLines(facts.kindPrograms, facts)];
}

function dockerLine(docker: DockerFacts, facts: Facts): Line {
  switch (docker.state) {
    case 'answers':
      return good('docker', docker.version);
    case 'absent':
      return bad('docker', 'not installed', howToInstall(facts));
    case 'forbidden':
      return bad(
        'docker',
        docker.reason,
        `${asRoot(facts, 'usermod -aG docker "$USER"')} && newgrp docker`,
      );
    case 'silent':
      return bad('docker', docker.reason, howToStart(facts));
  }
}

function howToInstall({ os, wsl }: Facts): string {
  if (os === 'darwin') return 'brew install --cask docker && open -a Docker';
  if (os === 'win32' || wsl)
    return 'winget install Docker.DockerDesktop   # with its WSL 2 backend';
  return 'see https://docs.docker.com/engine/install/';
}

function howToStart(facts: Facts): string {
  if (facts.os === 'darwin') return 'open -a Docker';
  if (facts.os === 'win32' || facts.wsl) return 'start Docker Desktop';
  return asRoot(facts, 'systemctl start docker');
}

function memoryLine(docker: DockerFacts): Line {
  const gigabytes = docker.state === 'answers' ? docker.memoryGigabytes : 0;
  const text = `${gigabytes.toFixed(1)} GB for Docker`;
  if (gigabytes >= wantedGigabytes) return good('memory', text);
  return poor(
    'memory',
    `${text}; ${wantedGigabytes} GB are wanted`,
    'raise it in Docker Desktop, Settings, Resources; on Linux it is the machine’s',
  );
}
