import { connect, type Kube } from './api.ts';
import { linesOf, type RunCommand } from './commands.ts';
import { controlPlaneOf } from './names.ts';

/** Reaches its API, as `kind get kubeconfig` says it is reached from outside. */
export async function connectWarm(
  run: RunCommand,
  cluster: string,
  signal: AbortSignal,
  labels: Kube['labels'] = {},
): Promise<Kube> {
  const node = controlPlaneOf({ cluster });
  const [written, port] = await Promise.all([
    run('docker', ['exec', node, 'cat', '/etc/kubernetes/admin.conf'], { signal }),
    run('docker', ['port', node, '6443/tcp'], { signal }),
  ]);
  const [address = ''] = linesOf(port);
  return connect(written.replace(/server: .*/, `server: https://${address}`), signal, labels);
}
