import type { PlannedPod } from './types.ts';

/** What a simulated pod of a service is marked with; collectors can take it into resources. */
export const podMarks = (
  service: string,
  replicaSet: string,
): Pick<PlannedPod, 'labels' | 'annotations'> => ({
  labels: {
    app: service,
    'app.kubernetes.io/version': '1.4.2',
    team: `team-${service}`,
    'pod-template-hash': replicaSet.slice(service.length + 1),
  },
  annotations: { team: `team-${service}`, 'runbook-url': `https://runbooks.example/${service}` },
});
