import type { Step, Workflow } from './order-trace.ts';

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label?: string;
}

/**
 * A workflow as a Mermaid flowchart with the path that its execution took: thick arrows and filled boxes were visited,
 * a dashed box is where it waits now, a red one failed an attempt.
 */
export function mermaidGraph({ graph, steps }: Pick<Workflow, 'graph' | 'steps'>): string {
  const taken = new Set(steps.map(({ cameFrom, name }) => edgeKey(cameFrom ?? START, name)));
  const transitions = graph.transitions.map(({ from, to, errors }) => {
    return { from, to, ...(errors && { label: errors.join(', ') }) };
  });
  return [
    'flowchart TD',
    `  ${idOf(START)}(( ))`,
    ...graph.states.map(({ name, type }) => `  ${idOf(name)}${shapeOf(type, name)}`),
    ...[{ from: START, to: graph.startAt }, ...transitions].map(
      (edge) => `  ${arrow(edge, taken.has(edgeKey(edge.from, edge.to)))}`,
    ),
    ...classLines(steps),
  ].join('\n');
}

const START = 'Start of execution';

function shapeOf(type: string, name: string): string {
  const text = `"${name.replaceAll('"', '#quot;')}"`;
  if (type === 'Choice') return `{${text}}`;
  return type === 'Succeed' || type === 'Fail' ? `([${text}])` : `[${text}]`;
}

function arrow({ from, to, label }: Edge, isTaken: boolean): string {
  const line = isTaken ? '==>' : '-.->';
  return `${idOf(from)} ${line}${label === undefined ? '' : `|"${label}"|`} ${idOf(to)}`;
}

function classLines(steps: readonly Step[]): string[] {
  const classOf = new Map<string, string>();
  for (const step of steps) classOf.set(step.name, classNameOf(step));
  return [
    ...[...classOf].map(([name, className]) => `  class ${idOf(name)} ${className}`),
    '  classDef visited fill:#d7f5dd,stroke:#2c7a3f',
    '  classDef failed fill:#fbdcdc,stroke:#b3261e',
    '  classDef waiting fill:#fff3cd,stroke:#8a6d00,stroke-dasharray:4',
  ];
}

function classNameOf({ exitedAt, attempts }: Step): string {
  if (exitedAt === undefined) return 'waiting';
  return attempts.at(-1)?.error === undefined ? 'visited' : 'failed';
}

function edgeKey(from: string, to: string): string {
  return JSON.stringify([from, to]);
}

/** State names are unique in a whole definition, also across branches. */
function idOf(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, '_');
}
