import { restart } from './restart.ts';
import type { PodFault } from './types.ts';

/**
 * Each pod of a tier is deleted gracefully and made again, one after another, as the controllers of
 * a StatefulSet and a DaemonSet roll a change out.
 */
export const roll: PodFault = {
  ...restart,
  oneByOne: true,
  unavailable: (on) =>
    on.workload === 'deployment'
      ? 'fault roll: a deployment brings a new pod before an old one goes, which is not built; ' +
        'roll a statefulset or daemonset, or restart its pods'
      : restart.unavailable(on)?.replace('fault restart', 'fault roll'),
};
