import { describe, expect, it } from 'vitest';
import { processor } from './causes.testing.ts';
import { editItem, isModelledEditor } from './edit-item.ts';
import { spanOf } from './edits.testing.ts';

const around = { signal: 'traces', pod: undefined } as const;
const sent = { ...spanOf({ user: 'me' }, { team: 'blue' }), name: 'GET /', kind: 2 };
const edited = (config: Record<string, unknown>) =>
  editItem(sent, [processor('transform', config)], around);

describe('transform (v0.152.0, config.go, internal/common)', () => {
  it('runs the groups in their order, each in its context', () => {
    const { attributes, resource, name } = edited({
      trace_statements: [
        { context: 'resource', statements: ['set(attributes["env"], "prod")'] },
        { context: 'span', statements: ['set(attributes["env"], resource.attributes["env"])'] },
        { context: 'span', statements: ['set(name, "x")'], conditions: ['kind == 3', 'kind == 2'] },
        { context: 'span', statements: ['set(name, "y")'], conditions: ['kind == 3'] },
      ],
    });
    expect([attributes, resource, name]).toEqual([
      { user: 'me', env: 'prod' },
      { team: 'blue', env: 'prod' },
      'x',
    ]);
  });

  it('infers the context of statements in one list, or in a group without', () => {
    const statements = ['set(span.name, "x") where resource.attributes["team"] == "blue"'];
    expect(edited({ trace_statements: statements }).name).toBe('x');
    expect(edited({ trace_statements: [{ statements }] }).name).toBe('x');
    const ofResource = ['delete_key(resource.attributes, "team")'];
    expect(edited({ trace_statements: ofResource }).resource).toEqual({});
  });

  it('says nothing of what stands under conditions that are not modelled', () => {
    const conditions = ['IsRootSpan()'];
    const group = { context: 'span', statements: ['set(name, "x")'], conditions };
    const { name, uncertainFields } = edited({ trace_statements: [group] });
    expect([name, [...uncertainFields]]).toEqual(['GET /', ['name']]);
  });

  it('events and scopes are open, and nothing else of the span', () => {
    const written = { context: 'spanevent', statements: ['delete_key(attributes, "x")'] };
    expect([...edited({ trace_statements: [written] }).uncertainFields]).toEqual(['events']);
    const named = ['set(scope.name, "x")'];
    expect([...edited({ trace_statements: named }).uncertainFields]).toEqual(['scope']);
  });

  it('is modelled signal by signal', () => {
    const strange = processor('transform', { log_statements: ['flatten(log.attributes)'] });
    expect(isModelledEditor(strange, 'traces')).toBe(true);
    expect(isModelledEditor(strange, 'logs')).toBe(false);
    const flat = processor('transform', { flatten_data: true, log_statements: [] });
    expect(isModelledEditor(flat, 'logs')).toBe(false);
  });
});
