/** Kubernetes objects as plain JSON, kept by kind, with the events that watchers want. */

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly unknown[];
    readonly resourceVersion?: string;
    readonly creationTimestamp?: string;
  };
  readonly [key: string]: unknown;
}

export type WatchEvent = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
};

export interface ObjectStore {
  readonly version: () => number;
  list(resource: string): readonly KubeObject[];
  /** Adds or replaces an object. */
  put(resource: string, object: KubeObject): void;
  remove(resource: string, name: string, namespace?: string): void;
  /** Calls back for each change of a resource until the returned function is called. */
  watch(resource: string, listener: (event: WatchEvent) => void): () => void;
}

const keyOf = (name: string, namespace: string | undefined): string => `${namespace ?? ''}/${name}`;

/** `resource` is the plural with its group: `pods`, `apps/replicasets`. */
export function createObjectStore(): ObjectStore {
  const objects = new Map<string, Map<string, KubeObject>>();
  const listeners = new Map<string, Set<(event: WatchEvent) => void>>();
  let version = 1;
  const of = (resource: string): Map<string, KubeObject> => {
    const known = objects.get(resource) ?? new Map<string, KubeObject>();
    objects.set(resource, known);
    return known;
  };
  const tell = (resource: string, event: WatchEvent): void => {
    for (const listener of listeners.get(resource) ?? []) listener(event);
  };
  return {
    version: () => version,
    list: (resource) => [...of(resource).values()],
    put: (resource, object) => {
      const key = keyOf(object.metadata.name, object.metadata.namespace);
      const type = of(resource).has(key) ? 'MODIFIED' : 'ADDED';
      const metadata = { ...object.metadata, resourceVersion: String(++version) };
      const stored = { ...object, metadata };
      of(resource).set(key, stored);
      tell(resource, { type, object: stored });
    },
    remove: (resource, name, namespace) => {
      const key = keyOf(name, namespace);
      const object = of(resource).get(key);
      if (!object) return;
      of(resource).delete(key);
      const metadata = { ...object.metadata, resourceVersion: String(++version) };
      tell(resource, { type: 'DELETED', object: { ...object, metadata } });
    },
    watch: (resource, listener) => {
      const set = listeners.get(resource) ?? new Set();
      listeners.set(resource, set.add(listener));
      return () => void set.delete(listener);
    },
  };
}
