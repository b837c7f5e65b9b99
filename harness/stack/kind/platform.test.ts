import { describe, expect, it } from 'vitest';
import { imagesOf } from './manifests.ts';
import { placedOn, readPlatform } from './platform.ts';

interface Deployment {
  readonly spec: { readonly template: { readonly spec: Record<string, unknown> } };
}

describe('what the pipeline stands on', () => {
  it('runs on the node that has its images, and is otherwise as published', async () => {
    const { parts } = await readPlatform();
    const objects = parts.flatMap((part) => part.objects);
    const placed = objects.map((object) => placedOn(object, 'home'));
    expect(imagesOf(placed)).toEqual(imagesOf(objects));
    for (const [i, object] of objects.entries()) {
      if (object.kind !== 'Deployment') {
        expect(placed[i]).toBe(object);
        continue;
      }
      const { spec } = (object as unknown as Deployment).spec.template;
      const found = (placed[i] as unknown as Deployment).spec.template.spec;
      expect(found).toEqual({
        ...spec,
        nodeSelector: { ...(spec.nodeSelector as object), 'kubernetes.io/hostname': 'home' },
        tolerations: [
          ...((spec.tolerations as unknown[] | undefined) ?? []),
          { operator: 'Exists', effect: 'NoSchedule' },
        ],
      });
    }
    expect(objects.filter(({ kind }) => kind === 'Deployment').length).toBeGreaterThan(3);
  });
});
