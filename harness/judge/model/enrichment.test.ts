import { describe, expect, it } from 'vitest';
import type { Component } from '../../pipeline/types.ts';
import { pod, processor } from './causes.testing.ts';
import { editResource } from './edits.testing.ts';
import { isModelledEnrichment } from './enrichment.ts';

const k8s = (config: Component['config']): Component => processor('k8s_attributes', config);
const facts = { pod, nodeName: 'n1', address: '10.1.0.7' };
const edit = (config: Record<string, unknown>, own: Record<string, string> = {}) =>
  editResource(own, [k8s(config)], facts);

describe('k8s_attributes with passthrough', () => {
  it('notes the sender’s address and nothing else', () => {
    const config = { passthrough: true, extract: { metadata: ['k8s.pod.name'] } };
    expect(edit(config).values).toEqual({ 'k8s.pod.ip': '10.1.0.7' });
    expect(edit(config, { 'k8s.pod.ip': '10.9.9.9' }).values).toEqual({
      'k8s.pod.ip': '10.9.9.9',
    });
  });

  it('notes none where the first association that fits finds the pod by something else', () => {
    const byUid = { sources: [{ from: 'resource_attribute', name: 'k8s.pod.uid' }] };
    const bySender = { sources: [{ from: 'connection' }] };
    const config = { passthrough: true, pod_association: [byUid, bySender] };
    expect(edit(config, { 'k8s.pod.uid': 'u1' }).values).toEqual({ 'k8s.pod.uid': 'u1' });
    expect(edit(config).values).toEqual({ 'k8s.pod.ip': '10.1.0.7' });
    const onlyUid = { passthrough: true, pod_association: [byUid] };
    expect(edit(onlyUid)).toEqual({ values: {}, uncertain: new Set() });
  });

  it('can’t tell the address that is not recorded, or that the resource says', () => {
    const config = k8s({ passthrough: true });
    const unrecorded = editResource({}, [config], { pod, nodeName: 'n1' });
    expect([...unrecorded.uncertain]).toEqual(['k8s.pod.ip']);
    expect([...edit({ passthrough: true }, { ip: '10.1.1.1' }).uncertain]).toEqual(['k8s.pod.ip']);
  });

  it('is modelled, whatever it would extract without', () => {
    const extract = { labels: [{ key_regex: '.*' }] };
    expect(isModelledEnrichment(k8s({ extract }))).toBe(false);
    expect(isModelledEnrichment(k8s({ extract, passthrough: true }))).toBe(true);
  });
});

describe('k8s_attributes with what pods say themselves', () => {
  it('takes annotations of OpenTelemetry’s own prefix, and no other', () => {
    const annotations = { 'resource.opentelemetry.io/team': 'blue', 'x/resource': 'y' };
    const config = k8s({ extract: { metadata: [], otel_annotations: true } });
    const own = { ...facts, pod: { ...pod, annotations } };
    expect(editResource({}, [config], own).values).toEqual({ team: 'blue' });
    expect(isModelledEnrichment(config)).toBe(true);
  });
});

describe('k8s_attributes with labels and annotations', () => {
  const annotations = [
    { key: 'team', tag_name: 'team', from: 'pod' },
    { key: 'runbook-url', from: 'pod' },
    { key: 'owner', tag_name: 'owner', from: 'namespace' },
  ];
  const config = k8s({ extract: { metadata: [], annotations } });
  const marks = { team: 'red', 'runbook-url': 'https://r' };

  it('takes those of the pod, and leaves what the application said itself', () => {
    const marked = { ...facts, pod: { ...pod, annotations: marks } };
    const runbook = { 'k8s.pod.annotations.runbook-url': 'https://r' };
    const edited = editResource({}, [config], marked);
    expect(edited.values).toEqual({ team: 'red', ...runbook });
    expect([...edited.uncertain]).toEqual(['owner']);
    const own = editResource({ team: 'mine' }, [config], marked);
    expect(own.values).toEqual({ team: 'mine', ...runbook });
  });

  it('can’t tell annotations that a stored run does not have', () => {
    const { values, uncertain } = editResource({}, [config], facts);
    expect(values).toEqual({});
    expect(uncertain.size).toBe(3);
  });
});

describe('k8s_attributes behind it', () => {
  it('extracts the address where its metadata names it, and leaves it alone otherwise', () => {
    const asked = { extract: { metadata: ['k8s.pod.name', 'k8s.pod.ip'] } };
    expect(edit(asked).values).toEqual({
      'k8s.pod.name': 'shop-abc-1',
      'k8s.pod.ip': '10.1.0.7',
    });
    const unasked = { extract: { metadata: ['k8s.pod.name'] } };
    expect(edit(unasked).values).toEqual({ 'k8s.pod.name': 'shop-abc-1' });
  });
});
