import { KubernetesObjectApi } from '@kubernetes/client-node';
import { type Kube, remove, waitFor } from './api.ts';
import { clusterKinds } from './manifests.ts';
import { runLabel } from './names.ts';
import type { NodePrograms } from './node-exec.ts';
import { forgetRules } from './redirect.ts';

const goneWithinMs = 90_000;

/** Names of objects of runs in a cluster, as `kind/name`. */
type Left = readonly {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}[];

/**
 * Brings a warm cluster back to what it was before any run: namespaces that runs made, with all
 * that is in them, their other objects, and the rules of its nodes. Where all is as it was this is
 * a few questions.
 *
 * @throws Error that says what does not go
 */
export async function heal(
  kube: Kube,
  programs: Pick<NodePrograms, 'run'>,
  onEvent: (text: string) => void,
): Promise<void> {
  const { items } = await kube.core.listNode();
  const nodes = items.flatMap(({ metadata }) => metadata?.name ?? []);
  await Promise.all(nodes.map((node) => forgetRules(programs, node)));
  const left = await askToGo(kube);
  if (left.length > 0) onEvent(`waiting until ${namesOf(left)} of an earlier run are gone`);
  await waitFor(
    kube,
    'what an earlier run left does not go',
    goneWithinMs,
    async () => ((await leftIn(kube)).length === 0 ? true : undefined),
    async () => `  ${namesOf(await leftIn(kube))}`,
  );
}

/** Has all that runs made deleted, and does not wait for it. @returns what that is */
export async function askToGo(kube: Kube): Promise<Left> {
  const left = await leftIn(kube);
  await Promise.all(
    left.map(({ apiVersion, kind, name }) =>
      remove(kube, { apiVersion, kind, metadata: { name } }),
    ),
  );
  return left;
}

async function leftIn({ config }: Kube): Promise<Left> {
  const api = KubernetesObjectApi.makeApiClient(config);
  const lists = await Promise.all(
    clusterKinds.map(async ({ apiVersion, kind }) => {
      const no = undefined;
      const { items } = await api.list(apiVersion, kind, no, no, no, no, no, runLabel);
      return items.flatMap(({ metadata }) => {
        const name = metadata?.name;
        return name === undefined ? [] : [{ apiVersion, kind, name }];
      });
    }),
  );
  return lists.flat();
}

const namesOf = (left: Left): string => left.map(({ kind, name }) => `${kind} ${name}`).join(', ');
