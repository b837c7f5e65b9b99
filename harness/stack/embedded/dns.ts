import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type Answer, decode, encode, type Packet } from 'dns-packet';

const port = 53;
const ttlSeconds = 1;

/** Addresses of a name; undefined where it does not exist. */
export type Resolve = (name: string) => readonly string[] | undefined;

/** The cluster's DNS over UDP: A records only, answers shuffled as CoreDNS does. */
export async function startDns(address: string, resolve: Resolve): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (message, peer) => {
    const reply = answer(decode(message), resolve);
    socket.send(encode(reply), peer.port, peer.address);
  });
  socket.bind(port, address);
  await once(socket, 'listening');
  return socket;
}

const authoritative = 0x0400;
const nameError = 3;

/** The answer to one query; a name that exists without an A record is empty, not an error. */
export function answer(query: Packet, resolve: Resolve): Packet {
  const question = query.questions?.[0];
  const name = (question?.name ?? '').toLowerCase().replace(/\.$/, '');
  const addresses = resolve(name);
  const answers: Answer[] =
    question?.type === 'A'
      ? rotate(addresses ?? []).map((data) => ({ type: 'A', name, ttl: ttlSeconds, data }))
      : [];
  return {
    type: 'response',
    id: query.id ?? 0,
    flags: authoritative | ((query.flags ?? 0) & 0x0100) | (addresses ? 0 : nameError),
    questions: query.questions ?? [],
    answers,
  };
}

let turn = 0;

function rotate(addresses: readonly string[]): string[] {
  const shift = turn++ % Math.max(1, addresses.length);
  return [...addresses.slice(shift), ...addresses.slice(0, shift)];
}

export const clusterDomain = 'cluster.local';

/** The search list of a pod in a namespace, as the kubelet writes it. */
const searchList = (namespace: string): string[] => [
  `${namespace}.svc.${clusterDomain}`,
  `svc.${clusterDomain}`,
  clusterDomain,
];

export const resolvConf = (nameserver: string, namespace: string): string =>
  `nameserver ${nameserver}\nsearch ${searchList(namespace).join(' ')}\noptions ndots:5\n`;
