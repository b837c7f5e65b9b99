import { list, object, type Plain } from './read.ts';
import type { Component } from './types.ts';

/** By what a `k8s_attributes` finds a pod: the sources of each association, in their order. */
export const podAssociations = ({ config }: Pick<Component, 'config'>): Plain[][] =>
  list(config.pod_association).map((one) => list(object(one).sources).map(object));
