import type { Resource } from '../../pipeline/types.ts';
import type { Manifest } from './manifests.ts';

/** A resource of the pipeline's folder as it is applied. */
export const manifestOf = ({ apiVersion, kind, name, namespace, value }: Resource): Manifest => {
  const { metadata } = value as { metadata?: Record<string, unknown> };
  return { ...value, apiVersion, kind, metadata: { namespace, ...metadata, name } };
};
