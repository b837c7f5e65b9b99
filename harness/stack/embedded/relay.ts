import { createInterface } from 'node:readline';
import { createForwarder } from './proxies.ts';

/** What a relay is told on its first line: ports at which the pod itself listens, and where. */
export interface RelaySpec {
  readonly address: string;
  readonly ports: readonly number[];
}

/**
 * Stands for the application in a pod with a sidecar: what arrives at the pod's address goes on to
 * the same port of its localhost, which nobody reaches from outside. Runs in the pod's network and
 * ends with its input.
 */
const lines = createInterface({ input: process.stdin });
lines.once('line', (line) => {
  const { address, ports } = JSON.parse(line) as RelaySpec;
  for (const port of ports) {
    const server = createForwarder(() => ({ host: '127.0.0.1', port }));
    server.listen(port, address, () => process.stdout.write('listening\n'));
  }
});
lines.once('close', () => process.exit(0));
