import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { synthesizedStack } from '../../infra/testing/synthesized-stack.ts';
import { ARCHITECTURE_PAGE, withDrawnParts } from './architecture-page.ts';
import { flowDiagram } from './flow-diagram.ts';
import { TemplateGraph, type Template } from './template-graph.ts';

const template = synthesizedStack().toJSON() as Template;
const page = readFileSync(ARCHITECTURE_PAGE, 'utf8');
const flow = flowDiagram(new TemplateGraph(template)).split('\n');

test('what is drawn in docs/architecture.md is what the template says (npm run diagram)', () => {
  expect(page).toBe(withDrawnParts(page, template));
});

test('every function is in the picture, and something leads to each or asks it', () => {
  const functions = new TemplateGraph(template).all('AWS::Lambda::Function').map(({ id }) => id.slice(0, -8));
  const edges = flow.filter((line) => line.includes('->'));
  expect(functions.filter((id) => !edges.some((edge) => edge.split(' ').includes(id)))).toEqual([]);
});

test('every edge joins two things that are drawn', () => {
  const drawn = new Set(flow.map((line) => /^ +(?:subgraph )?(\w+)/u.exec(line)?.[1]));
  const ends = flow
    .filter((line) => line.includes('->'))
    .flatMap((line) => [line.trim().split(' ')[0], line.split(' ').at(-1)]);
  expect(ends.filter((end) => !drawn.has(end))).toEqual([]);
});

test('a page without a place for a part is refused', () => {
  expect(() => withDrawnParts('# Architecture', template)).toThrow('no place for flow');
});
