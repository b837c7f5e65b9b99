import type { PlannedStrip } from '../plan/types.ts';
import type { ProxyHabits, ProxyName } from '../scenario/apps.ts';

/** One Caddy, two entries: the public one, and one in front of payment. */
export const proxyPorts: Readonly<Record<ProxyName, number>> = {
  ingress: 8080,
  'payment-proxy': 8081,
};
export const ingressPort = proxyPorts.ingress;

/** While this file is there, in the proxy's own pod, the header is taken out. */
export const stripMark = (proxy: ProxyName, header: string): string =>
  `/tmp/strip-${proxy}-${header}`;

/** Whether a line of the access log is of a request of which a fault took headers out. */
export const strippedBy = (line: string, proxy: ProxyName): boolean =>
  line.includes(`"stripped":"${proxy}/`);

/**
 * The Caddyfile of the ingress. A proxy passes headers as they are unless it is told otherwise; its
 * access log says with which it was asked.
 *
 * @param to `host:port` behind each of its entries
 * @param strips what faults are to take out for a while
 */
export function caddyfileOf(
  habits: Readonly<Partial<Record<ProxyName, ProxyHabits>>>,
  to: Readonly<Record<ProxyName, string>>,
  strips: readonly PlannedStrip[] = [],
): string {
  const sites = (['ingress', 'payment-proxy'] as const).map((name) =>
    siteOf(name, habits[name] ?? {}, to[name], whileMarked(name, strips)),
  );
  return [
    '{',
    '\tadmin off',
    '\tauto_https off',
    '\tpersist_config off',
    '\tstorage file_system /tmp/caddy',
    '}',
    ...sites,
    '',
  ].join('\n');
}

/** A rule that is looked at with each request, and says in the log whether it met it. */
const whileMarked = (name: ProxyName, strips: readonly PlannedStrip[]): string[] =>
  strips
    .filter(({ proxy }) => proxy === name)
    .flatMap(({ header }) => [
      `\t@strip_${header} {`,
      '\t\tfile {',
      '\t\t\troot /',
      `\t\t\ttry_files ${stripMark(name, header)}`,
      '\t\t}',
      // A probe is nobody's request, and proves nothing.
      '\t\tnot path /healthz',
      '\t}',
      `\tlog_append @strip_${header} stripped ${name}/${header}`,
      `\trequest_header @strip_${header} -${header}`,
    ]);

function siteOf(
  name: ProxyName,
  { remove = [], newTrace, unsample }: ProxyHabits,
  to: string,
  rules: readonly string[],
) {
  return [
    `:${proxyPorts[name]} {`,
    '\tlog {',
    '\t\toutput stdout',
    '\t\tformat json',
    '\t}',
    ...(newTrace ? ownIds : []),
    ...rules,
    '\trespond /healthz 200',
    `\treverse_proxy ${to} {`,
    ...remove.map((header) => `\t\theader_up -${header}`),
    ...(newTrace ? ['\t\theader_up traceparent "00-{own_trace}-{own_span}-01"'] : []),
    ...(unsample ? ['\t\theader_up traceparent "-01$" "-00"'] : []),
    '\t}',
    '}',
  ].join('\n');
}

/** What the pattern's groups matched, one after another, as Caddy's `map` writes it. */
const groups = (...numbers: number[]): string => numbers.map((number) => `\${${number}}`).join('');

/** Ids of its own, from the request's uuid; a trace context has no dashes within ids. */
const ownIds = [
  '\tmap {http.request.uuid} {own_trace} {own_span} {',
  `\t\t~^(.{8})-(.{4})-(.{4})-(.{4})-(.{12})$ "${groups(1, 2, 3, 4, 5)}" "${groups(4, 5)}"`,
  '\t}',
];
