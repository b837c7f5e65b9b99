import type { Attributes, WordLine } from '../../evidence/types.ts';
import { podAssociations } from '../../pipeline/pod-associations.ts';
import { list, object, text } from '../../pipeline/read.ts';
import type { Component } from '../../pipeline/types.ts';
import { resourceReach } from './edit-item.ts';
import { failedStatements, type Spoken, tellWords } from './own-words.ts';
import type { PathStep } from './path.ts';
import type { Culprit } from './refuser.ts';
import { at, tellSetting } from './settings.ts';

/** A key in which an item differs from what was planned, after the pipeline's declared edits. */
export interface Difference {
  readonly key: string;
  readonly of: 'attribute' | 'resource attribute';
  /** What must be there is not. */
  readonly isAbsent: boolean;
}

/**
 * The processor whose job such a key is: the last on the way that edits it, since it has the last
 * word. Undefined where none does.
 *
 * @param sent the resource's attributes as they were planned
 * @param spoken what collectors said themselves
 */
export function editorOf(
  { key, of, isAbsent }: Difference,
  steps: readonly Pick<PathStep, 'tier' | 'processors'>[],
  sent: Attributes,
  spoken: Spoken,
): Culprit | undefined {
  const all = steps.flatMap(({ tier, processors }) =>
    processors.map((component) => ({ tier, component })),
  );
  const last = all.findLast(({ component }) =>
    of === 'attribute' ? editsAttribute(component, key) : editsResource(component, key),
  );
  if (!last) return undefined;
  const { tier, component } = last;
  const own = `${tier.name}/${component.id}`;
  if (namesKeys.has(component.type)) {
    const failed = failedStatements(spoken.by(tier.name), component.id);
    return { component: own, why: tellWords(failed, spoken.startMs) ?? at(component.place) };
  }
  if (component.type !== 'k8s_attributes' || !isAbsent) {
    const setting = of === 'attribute' ? 'actions' : 'attributes';
    const where = component.type === 'k8s_attributes' ? 'pod_association' : setting;
    return { component: own, why: tellSetting(component, where, 'none') };
  }
  const denials = spoken.by(tier.name).filter(isOfPods);
  return { component: own, ...whyNoPod(component, sent, denials, spoken.startMs) };
}

/** Processors that name the keys that they edit somewhere in their config. */
const namesKeys = new Set(['transform', 'redaction', 'span', 'groupbyattrs']);

const names = ({ type, config }: Component, key: string): boolean =>
  namesKeys.has(type) && JSON.stringify(config).includes(key);

const editsAttribute = (component: Component, key: string): boolean =>
  names(component, key) ||
  (component.type === 'attributes' &&
    list(component.config.actions)
      .map(object)
      .some((action) => text(action.key) === key));

const editsResource = (component: Component, key: string): boolean =>
  names(component, key) || (resourceReach(component)?.includes(key) ?? false);

/** What `k8s_attributes` looks at (v0.152.0, internal/kube/client.go). */
const isOfPods = ({ words, about }: WordLine): boolean =>
  words === 'is forbidden' && /^(pods|namespaces|nodes|[a-z]+\.(apps|batch))$/.test(about);

/**
 * Why `k8s_attributes` found no metadata of a pod: no association has all of its sources in what
 * was sent, else it knows no such pod. By the connection it can always look (v0.152.0,
 * pod_association.go).
 */
function whyNoPod(
  component: Component,
  sent: Attributes,
  denials: readonly WordLine[],
  startMs: number,
): Omit<Culprit, 'component'> {
  const [denied] = denials;
  if (denied) {
    const [, account = ''] = /system:serviceaccount:([^"]*)/.exec(denied.error) ?? [];
    const denying = [...new Set(denials.map(({ about }) => about))].join(', ');
    return {
      why: `it found no metadata of the pod; ${tellWords(denials, startMs)}`,
      fix: `bind a role to ServiceAccount ${account.replace(':', '/')} that may get, list and watch ${denying}`,
    };
  }
  const associations = podAssociations(component);
  const absent = associations.map((sources) =>
    sources.flatMap(({ from, name }) => {
      const key = text(name) ?? '';
      return text(from) === 'resource_attribute' && !sent[key] ? [key] : [];
    }),
  );
  const setting = tellSetting(component, 'pod_association', 'by the connection');
  if (associations.length > 0 && absent.every((keys) => keys.length > 0)) {
    return {
      why: `${setting}: ${[...new Set(absent.flat())].join(' and ')} is in nothing that was sent`,
      fix: 'associate by what is sent, or by the connection (from: connection)',
    };
  }
  return {
    why: `it found no metadata of the pod; ${setting}`,
    fix: 'see its log: its ServiceAccount may lack the right to get, list and watch pods, namespaces and replicasets, or the association leads to no pod',
  };
}
