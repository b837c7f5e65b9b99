import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { decode, encode, type Packet } from 'dns-packet';

const port = 53;
const ttlSeconds = 1;

/** Addresses of a name; undefined where it does not exist. `type` is what was asked for. */
export type Resolve = (name: string, type: string) => readonly string[] | undefined;

/** The cluster's DNS over UDP: A records only, answers shuffled as CoreDNS does. */
export async function startDns(
  address: string,
  resolverFor: (from: string) => Resolve,
): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (message, peer) => {
    const reply = answer(decode(message), resolverFor(peer.address));
    socket.send(encodeAnswer(reply), peer.port, peer.address);
  });
  socket.bind(port, address);
  await once(socket, 'listening');
  return socket;
}

const authoritative = 0x0400;
const nameError = 3;

interface DnsAnswer {
  readonly type: 'A';
  readonly name: string;
  readonly ttl: number;
  readonly data: string;
}

/** A pointer to the question's name, which stands right behind the head (RFC 1035, 4.1.4). */
const questionName = 0xc00c;
const answerCountAt = 6;
const [typeA, classInternet, addressLength] = [1, 1, 4];

/**
 * A reply as bytes. dns-packet writes the name out in every answer, so that the addresses of some
 * 16 pods were more than the 1232 bytes that resolvers take: here each takes 16 bytes.
 */
export function encodeAnswer(reply: Reply): Buffer {
  const { answers, ...head } = reply;
  const bytes = Buffer.from(encode({ ...head, answers: [] }));
  bytes.writeUInt16BE(answers.length, answerCountAt);
  const records = answers.map(({ ttl, data }) => {
    const record = Buffer.alloc(16);
    record.writeUInt16BE(questionName, 0);
    record.writeUInt16BE(typeA, 2);
    record.writeUInt16BE(classInternet, 4);
    record.writeUInt32BE(ttl, 6);
    record.writeUInt16BE(addressLength, 10);
    record.set(data.split('.').map(Number), 12);
    return record;
  });
  return Buffer.concat([bytes, ...records]);
}

interface Reply extends Omit<Packet, 'answers'> {
  readonly answers: readonly DnsAnswer[];
}

/** The answer to one query; a name that exists without an A record is empty, not an error. */
export function answer(query: Packet, resolve: Resolve): Reply {
  const question = query.questions?.[0];
  const name = (question?.name ?? '').toLowerCase().replace(/\.$/, '');
  const addresses = resolve(name, question?.type ?? '');
  const answers: DnsAnswer[] =
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
