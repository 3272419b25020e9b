import { flowDiagram } from './flow-diagram.ts';
import { FLOW_STAGES } from './flow-stage.ts';
import { deadLetterQueues, tableAccess } from './resource-tables.ts';
import { TemplateGraph, type Template } from './template-graph.ts';

export const ARCHITECTURE_PAGE = new URL('../../docs/architecture.md', import.meta.url);

/** The page with its drawn parts as `template` has them; each stands between two comments with its name. */
export function withDrawnParts(page: string, template: Template): string {
  const graph = new TemplateGraph(template);
  const parts = {
    ...Object.fromEntries(FLOW_STAGES.map((stage) => [stage, mermaid(flowDiagram(graph, stage))])),
    tables: tableAccess(graph),
    'dead letters': deadLetterQueues(graph),
  };
  return Object.entries(parts).reduce((text, [name, part]) => replacePart(text, name, part), page);
}

function mermaid(diagram: string): string {
  return `\`\`\`mermaid\n${diagram}\n\`\`\``;
}

function replacePart(page: string, name: string, part: string): string {
  const [begin, end] = [`<!-- drawn: ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error(`docs/architecture.md has no place for ${name}: expected ${begin} … ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${part}\n\n${page.slice(to)}`;
}
