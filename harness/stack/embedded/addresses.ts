/**
 * The address plan of an embedded cluster. It lives in a network namespace of its own, so the same
 * addresses serve every run, side by side.
 */
export const podNetwork = { bridge: '10.244.0.1', prefix: 16 } as const;
export const apiAddress = '10.96.0.1';
export const dnsAddress = '10.96.0.10';
/** Where the load's connections to a Service begin, each at a port of its own. */
export const connectionsAddress = '10.96.0.20';
export const firstConnectionPort = 20_000;
/** Beyond this many they share their ports. */
export const mostConnections = 40_000;

const within = (third: number, index: number): string =>
  `10.244.${third + Math.floor(index / 250)}.${1 + (index % 250)}`;

/** A node's own address; 0 is the control plane. */
export const nodeAddress = (node: number): string => `10.244.1.${1 + node}`;
/** Pods that do not run but are listed: the sample services'. */
export const plannedPodAddress = (index: number): string => within(100, index);
/** A real pod's interface, by a running number: a deleted pod's address is not used again. */
export const podAddress = (index: number): string => within(10, index);
/** What stands in EndpointSlices and DNS where a recorder is in front of a pod or backend. */
export const tapAddress = (index: number): string => within(50, index);
/** A Service's ClusterIP, by a running number. */
export const clusterAddress = (index: number): string =>
  `10.96.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`;
