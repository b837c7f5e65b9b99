import { describe, expect, it } from 'vitest';
import { parseYaml } from './yaml.ts';

const text = `name: a
list:
  - x: 1
  - y: two
---
other: [1, 2]
`;

describe('parseYaml', () => {
  it('finds the line and column of values and keys', () => {
    const [first, second] = parseYaml('f.yaml', text).documents;
    expect(first?.place(['list', 1, 'y'])).toEqual({ file: 'f.yaml', line: 4, column: 8 });
    expect(first?.keyPlace(['list', 1, 'y'])).toEqual({ file: 'f.yaml', line: 4, column: 5 });
    expect(second?.place(['other', 1])).toEqual({ file: 'f.yaml', line: 6, column: 12 });
  });

  it('answers with the nearest ancestor for a path that is not there', () => {
    const [first] = parseYaml('f.yaml', text).documents;
    expect(first?.place(['list', 0, 'missing']).line).toBe(3);
  });

  it('reports syntax errors with their place and goes on', () => {
    const { problems, documents } = parseYaml('f.yaml', 'a: [1\n---\nb: 2\n');
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]?.place.file).toBe('f.yaml');
    expect(documents.map((d) => d.value)).toEqual([{ b: 2 }]);
  });
});
