import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { synthesizedStack } from '../../infra/testing/synthesized-stack.ts';
import { ARCHITECTURE_PAGE, withDrawnParts } from './architecture-page.ts';
import { flowDiagram, flowEdges } from './flow-diagram.ts';
import { FLOW_STAGES } from './flow-stage.ts';
import { TemplateGraph, type Template } from './template-graph.ts';

const template = synthesizedStack().toJSON() as Template;
const page = readFileSync(ARCHITECTURE_PAGE, 'utf8');
const graph = new TemplateGraph(template);
const diagrams = FLOW_STAGES.map((stage): [string, string[]] => [stage, flowDiagram(graph, stage).split('\n')]);

test('what is drawn in docs/architecture.md is what the template says', () => {
  expect(page === withDrawnParts(page, template), 'docs/architecture.md is stale: npm run diagram').toBe(true);
});

test('every function is in a picture, and something leads to each or asks it', () => {
  const functions = graph.all('AWS::Lambda::Function').map(({ id }) => id);
  const edges = diagrams.flatMap(([, lines]) => lines).filter((line) => line.includes('->'));
  // Operators ask these, about settings and after a loss of tables: no order comes to them.
  const drawn = functions.filter((id) => id !== 'PaymentsCheckWebhookFunction' && !id.startsWith('Recovery'));
  expect(drawn.filter((id) => !edges.some((edge) => edge.split(' ').includes(id)))).toEqual([]);
});

test('the pictures together hold every edge, once', () => {
  const edges = diagrams.flatMap(([, lines]) => lines).filter((line) => line.includes('->'));
  expect(new Set(edges).size).toBe(edges.length);
  expect(edges).toHaveLength(flowEdges(graph).length);
});

test.each(diagrams)('in %s, every edge joins two things that are drawn, few enough to be read', (_stage, flow) => {
  expect(flow.filter((line) => line.includes('->')).length).toBeLessThanOrEqual(33);
  const drawn = new Set(flow.map((line) => /^ +(?:subgraph )?(\w+)/u.exec(line)?.[1]));
  const ends = flow
    .filter((line) => line.includes('->'))
    .flatMap((line) => [line.trim().split(' ')[0], line.split(' ').at(-1)]);
  expect(ends.filter((end) => !drawn.has(end))).toEqual([]);
});

test('a page without a place for a part is refused', () => {
  expect(() => withDrawnParts('# Architecture', template)).toThrow('no place for accept');
});
