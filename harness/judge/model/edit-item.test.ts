import { describe, expect, it } from 'vitest';
import { withEnvironment } from '../../pipeline/detectors.ts';
import { processor } from './causes.testing.ts';
import { editItem, isModelledEditor } from './edit-item.ts';
import { spanOf } from './edits.testing.ts';

const around = { signal: 'traces', pod: undefined } as const;

describe('span (spanprocessor v0.152.0, span.go)', () => {
  const sent = { ...spanOf({ verb: 'GET', size: 5, part: 1.5 }), name: '/cart/7', statusCode: 2 };
  const edited = (config: Record<string, unknown>) =>
    editItem(sent, [processor('span', config)], around);

  it('names a span by its attributes, where all of them are there', () => {
    const name = { from_attributes: ['verb', 'size'], separator: ' ' };
    expect(edited({ name }).name).toBe('GET 5');
    expect(edited({ name: { from_attributes: ['verb', 'absent'] } }).name).toBe('/cart/7');
    const open = edited({ name: { from_attributes: ['part'] } });
    expect([open.name, [...open.uncertainFields]]).toEqual(['/cart/7', ['name']]);
  });

  it('takes attributes out of a name that a rule matches', () => {
    const rules = ['^/cart/(?P<cart>[0-9]+)$'];
    const { uncertainAttributes, uncertainFields } = edited({ name: { to_attributes: { rules } } });
    expect([[...uncertainAttributes], [...uncertainFields]]).toEqual([['cart'], ['name']]);
    const other = edited({ name: { to_attributes: { rules: ['^/shop/(?P<cart>.+)$'] } } });
    expect(other.uncertainAttributes.size + other.uncertainFields.size).toBe(0);
  });

  it('sets the status, and is not known to where it is told of which spans', () => {
    const status = { code: 'Ok' };
    expect(edited({ status })).toMatchObject({ statusCode: 1, statusMessage: '' });
    const some = edited({ status, include: { match_type: 'strict', services: ['shop'] } });
    expect([some.statusCode, [...some.uncertainFields]]).toEqual([2, ['status']]);
  });
});

describe('groupbyattrs (v0.152.0, processor.go)', () => {
  it('moves attributes to the resource', () => {
    const config = { keys: ['host.name', 'absent'] };
    const sent = spanOf({ 'host.name': 'a', b: 1 }, { 'host.name': 'old', c: 2 });
    const { attributes, resource } = editItem(sent, [processor('groupbyattrs', config)], around);
    expect([attributes, resource]).toEqual([{ b: 1 }, { 'host.name': 'a', c: 2 }]);
  });
});

describe('resourcedetection (v0.152.0, resourcedetection.go)', () => {
  const literal = (name: string, value: string) => ({ name, value: { literal: value } });
  const detector = (
    config: Record<string, unknown>,
    ...environment: Parameters<typeof withEnvironment>[1]
  ) => withEnvironment(processor('resourcedetection', config), environment);
  const edited = (component: ReturnType<typeof detector>) =>
    editItem(spanOf({}, { 'os.type': 'linux', env: 'dev' }), [component], around);

  it('takes over what the environment says, over what is there unless told otherwise', () => {
    const said = literal('OTEL_RESOURCE_ATTRIBUTES', 'env=prod, team=blue');
    expect(edited(detector({}, said)).resource).toMatchObject({ env: 'prod', team: 'blue' });
    const meek = detector({ override: false }, said);
    expect(edited(meek).resource).toMatchObject({ env: 'dev', team: 'blue' });
    expect(edited(detector({ detectors: ['env'] })).resource).toEqual({
      'os.type': 'linux',
      env: 'dev',
    });
  });

  it('can’t tell what a machine says, and nothing else is open', () => {
    const { resource, uncertainResource } = edited(detector({ detectors: ['env', 'docker'] }));
    expect(resource).toEqual({ 'os.type': 'linux', env: 'dev' });
    expect([...uncertainResource].sort()).toEqual([
      'container.image.name',
      'container.name',
      'host.name',
      'os.type',
    ]);
    const meek = edited(detector({ detectors: ['docker'], override: false }));
    expect(meek.uncertainResource.has('os.type')).toBe(false);
  });

  it('is not modelled where it may set anything', () => {
    const isModelled = (component: ReturnType<typeof detector>) =>
      isModelledEditor(component, 'traces');
    expect(isModelled(detector({ detectors: ['consul'] }))).toBe(false);
    expect(isModelled(detector({ detectors: ['ec2'], ec2: { tags: ['.*'] } }))).toBe(false);
    const node = { name: 'OTEL_RESOURCE_ATTRIBUTES', value: { field: 'spec.nodeName' } };
    expect(isModelled(detector({}, node))).toBe(false);
    expect(isModelled(detector({ detectors: ['system', 'ec2'] }))).toBe(true);
  });
});
