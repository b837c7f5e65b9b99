import {
  apiVersion,
  contentKey,
  dnsLabel,
  dnsSubdomain,
  kindName,
  labelValue,
  pathSegment,
  portName,
  qualifiedName,
  type Rule,
  serviceName,
} from './kubernetes-rules.ts';
import { highestPort, listOf, misfit, object, type Reader } from './read.ts';
import type { Resource } from './types.ts';

/** A value at a path, where there is one, must be a text that fits a rule. */
export function mustFit(
  reader: Reader,
  rule: Rule,
  value: unknown,
  path: readonly PropertyKey[],
): void {
  if (value === undefined || value === null) return;
  if (typeof value !== 'string' || !rule.fits(value)) misfit(reader, value, path, rule.expected);
}

/** Kinds whose pods, files and addresses are called by their name: it has to be short. */
const run = ['OpenTelemetryCollector', 'DaemonSet', 'StatefulSet', 'Deployment'];
const rbac = ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'];

function nameRule(kind: string): Rule {
  if (kind === 'Service') return serviceName;
  if (kind === 'Namespace' || run.includes(kind)) return dnsLabel;
  return rbac.includes(kind) ? pathSegment : dnsSubdomain;
}

/** What of a resource Kubernetes itself would refuse, whatever becomes of the resource here. */
export function checkResource(
  { kind, name, value, place }: Resource,
  problems: Reader['problems'],
) {
  const reader: Reader = { problems, place };
  const metadata = object(value.metadata);
  mustFit(reader, apiVersion, value.apiVersion, ['apiVersion']);
  mustFit(reader, kindName, kind, ['kind']);
  mustFit(reader, nameRule(kind), name, ['metadata', 'name']);
  mustFit(reader, dnsLabel, metadata.namespace, ['metadata', 'namespace']);
  checkMarks(reader, metadata, ['metadata']);
  if (kind === 'ConfigMap' || kind === 'Secret') checkContent(reader, value, kind);
  if (kind === 'Service') checkService(reader, object(value.spec));
}

/** Labels and annotations of a resource, or of the pods that it makes. */
export function checkMarks(
  reader: Reader,
  written: Readonly<Record<string, unknown>>,
  path: readonly PropertyKey[],
): void {
  checkLabels(reader, written.labels, [...path, 'labels']);
  for (const [key, text] of entries(reader, written.annotations, [...path, 'annotations'])) {
    const own = [...path, 'annotations', key];
    fitKey(reader, qualifiedName, key.toLowerCase(), own);
    if (typeof text !== 'string') misfit(reader, text, own, 'a text (in quotes)');
  }
}

/** Labels, or a selector of labels. */
export function checkLabels(reader: Reader, labels: unknown, path: readonly PropertyKey[]): void {
  for (const [key, text] of entries(reader, labels, path)) {
    fitKey(reader, qualifiedName, key, [...path, key]);
    if (text === null) misfit(reader, text, [...path, key], labelValue.expected);
    mustFit(reader, labelValue, text, [...path, key]);
  }
}

function fitKey(reader: Reader, rule: Rule, key: string, path: readonly PropertyKey[]): void {
  if (!rule.fits(key)) misfit(reader, key, path, `a key of ${rule.expected}`);
}

function entries(reader: Reader, value: unknown, path: readonly PropertyKey[]) {
  if (value != null && object(value) !== value) misfit(reader, value, path, 'a mapping');
  return Object.entries(object(value));
}

function checkContent(
  reader: Reader,
  value: Readonly<Record<string, unknown>>,
  kind: 'ConfigMap' | 'Secret',
): void {
  for (const part of ['data', 'stringData', 'binaryData']) {
    for (const [key, text] of entries(reader, value[part], [part])) {
      fitKey(reader, contentKey, key, [part, key]);
      const isEncoded = part === 'binaryData' || (part === 'data' && kind === 'Secret');
      // Not with what was found: it may be a secret.
      const refuse = (expected: string, hint: string): void => {
        const message = `${key}: expected ${expected}`;
        reader.problems.push({ place: reader.place([part, key]), message, hint });
      };
      if (typeof text !== 'string') refuse('a text', 'put it in quotes');
      else if (isEncoded && !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)) {
        const plain = kind === 'Secret' ? 'stringData' : 'data';
        refuse('a text in base64', `${plain} takes a text as it is`);
      }
    }
  }
}

function checkService(reader: Reader, spec: Readonly<Record<string, unknown>>): void {
  checkLabels(reader, spec.selector, ['spec', 'selector']);
  listOf(reader, spec.ports, ['spec', 'ports']).forEach((value, i) => {
    const path = ['spec', 'ports', i];
    const { port, targetPort, name } = object(value);
    mustFit(reader, dnsLabel, name, [...path, 'name']);
    if (!isPort(port)) misfit(reader, port ?? null, [...path, 'port'], 'a port from 1 to 65535');
    // 0 and an empty text are the port itself (core/v1, defaults.go).
    const isTarget =
      targetPort == null ||
      targetPort === 0 ||
      targetPort === '' ||
      isPort(targetPort) ||
      (typeof targetPort === 'string' && portName.fits(targetPort));
    if (!isTarget) {
      const expected = `a port from 1 to 65535, or the name of one: ${portName.expected}`;
      misfit(reader, targetPort, [...path, 'targetPort'], expected);
    }
  });
}

const isPort = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= highestPort;
