import * as z from 'zod';
import type { Step } from './execution-steps.ts';

/** What the graph needs of a workflow's definition (Amazon States Language). */
interface States {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, StateShape>>;
}
interface StateShape {
  readonly Type: string;
  readonly Next?: string | undefined;
  readonly End?: boolean | undefined;
  readonly Default?: string | undefined;
  readonly Choices?: readonly { readonly Next: string }[] | undefined;
  readonly Catch?: readonly { readonly Next: string; readonly ErrorEquals: readonly string[] }[] | undefined;
  readonly Branches?: readonly States[] | undefined;
}

const StateSchema: z.ZodType<StateShape> = z.lazy(() =>
  z.object({
    Type: z.string(),
    Next: z.string().optional(),
    End: z.boolean().optional(),
    Default: z.string().optional(),
    Choices: z.array(z.object({ Next: z.string() })).optional(),
    Catch: z.array(z.object({ Next: z.string(), ErrorEquals: z.array(z.string()) })).optional(),
    Branches: z.array(StatesSchema).optional(),
  }),
);
const StatesSchema: z.ZodType<States> = z.lazy(() =>
  z.object({ StartAt: z.string(), States: z.record(z.string(), StateSchema) }),
);

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label?: string;
}

/**
 * The workflow as a Mermaid flowchart with the path that an execution took: thick arrows and filled boxes were
 * visited, a dashed box is where it waits now, a red one failed an attempt.
 * @param definition JSON text in Amazon States Language.
 */
export function mermaidGraph(definition: string, steps: readonly Step[]): string {
  const machine = StatesSchema.parse(JSON.parse(definition));
  const taken = new Set(steps.map(({ cameFrom, name }) => edgeKey(cameFrom ?? START, name)));
  const edges = [{ from: START, to: machine.StartAt }, ...edgesOf(machine)];
  return [
    'flowchart TD',
    `  ${idOf(START)}(( ))`,
    ...nodeLines(machine, '  '),
    ...edges.map((edge) => `  ${arrow(edge, taken.has(edgeKey(edge.from, edge.to)))}`),
    ...classLines(steps),
  ].join('\n');
}

const START = 'Start of execution';

function nodeLines({ States }: States, indent: string): string[] {
  return Object.entries(States).flatMap(([name, { Type, Branches = [] }]) => [
    `${indent}${idOf(name)}${shapeOf(Type, name)}`,
    ...Branches.flatMap((branch) => nodeLines(branch, indent)),
  ]);
}

function shapeOf(type: string, name: string): string {
  const text = `"${name.replaceAll('"', '#quot;')}"`;
  if (type === 'Choice') return `{${text}}`;
  return type === 'Succeed' || type === 'Fail' ? `([${text}])` : `[${text}]`;
}

function edgesOf({ States }: States): Edge[] {
  return Object.entries(States).flatMap(([from, state]) => [
    ...(state.Branches ?? []).flatMap((branch) => [{ from, to: branch.StartAt }, ...edgesOf(branch)]),
    ...[state.Next, state.Default, ...(state.Choices ?? []).map(({ Next }) => Next)].flatMap((to) =>
      to === undefined ? [] : [{ from, to }],
    ),
    ...(state.Catch ?? []).map(({ Next, ErrorEquals }) => ({ from, to: Next, label: ErrorEquals.join(', ') })),
  ]);
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
