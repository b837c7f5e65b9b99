import { describe, expect, it } from 'vitest';
import { containerLogsOf } from './container-logs.ts';
import { entryOf } from './entry.ts';
import { logAgents } from './log-agents.testing.ts';

const agents = (receiver: string, mounts = '{ name: log, mountPath: /var/log }', more = '') =>
  logAgents({
    volumes: '{ name: log, hostPath: { path: /var/log } }, { name: etc, hostPath: { path: /etc } }',
    mounts,
    receiver: `${receiver}${more}`,
  });

const isTailed = (...args: Parameters<typeof agents>): boolean => {
  const [tier] = agents(...args).tiers;
  return tier !== undefined && containerLogsOf(tier) !== undefined;
};

describe('the log files of containers', () => {
  it.each([
    '/var/log/pods/*/*/*.log',
    '/var/log/pods/**/*.log',
    '/var/log/pods/{shop,cart}_*/app/?.log',
  ])('are tailed by %s', (pattern) => {
    expect(isTailed(`{ include: ["${pattern}"] }`)).toBe(true);
  });

  it.each(['/var/log/containers/*.log', '/var/log/pods/*.log', '/var/log/pods/kube-system_*/*/*'])(
    'are not by %s',
    (pattern) => {
      expect(isTailed(`{ include: ["${pattern}"] }`)).toBe(false);
    },
  );

  it('are not where the receiver leaves them out, or the folder is not mounted', () => {
    const all = '/var/log/pods/*/*/*.log';
    expect(isTailed(`{ include: ["${all}"], exclude: ["/var/log/pods/shop_*/**"] }`)).toBe(false);
    expect(isTailed(`{ include: ["${all}"] }`, '{ name: etc, mountPath: /var/log }')).toBe(false);
    const elsewhere = '{ name: log, mountPath: /host/var/log }';
    expect(isTailed(`{ include: ["${all}"] }`, elsewhere)).toBe(false);
    expect(isTailed('{ include: ["/host/var/log/pods/*/*/*.log"] }', elsewhere)).toBe(true);
  });

  it('are the way in of log records where none takes them by OTLP', () => {
    const pipeline = agents('{ include: ["/var/log/pods/*/*/*.log"] }');
    expect(entryOf(pipeline, 'logs')).toMatchObject({ by: 'node', files: { id: 'filelog' } });
    expect(entryOf(pipeline, 'traces')).toBeUndefined();
  });
});
