import * as z from 'zod';

/** What is read of a workflow's definition (Amazon States Language). */
interface Region {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

const Retrier = z.object({
  ErrorEquals: z.array(z.string()),
  // Defaults of the States Language, "Retrying after an error".
  IntervalSeconds: z.number().default(1),
  MaxAttempts: z.number().default(3),
  BackoffRate: z.number().default(2),
  MaxDelaySeconds: z.number().optional(),
  JitterStrategy: z.string().default('NONE'),
});
export type Retrier = z.infer<typeof Retrier>;

interface State {
  readonly Type: string;
  readonly Comment?: string | undefined;
  readonly Next?: string | undefined;
  readonly Default?: string | undefined;
  readonly Choices?: readonly { readonly Next: string }[] | undefined;
  readonly Catch?: readonly { readonly Next: string; readonly ErrorEquals: readonly string[] }[] | undefined;
  readonly Retry?: readonly Retrier[] | undefined;
  readonly Branches?: readonly Region[] | undefined;
}

const State: z.ZodType<State> = z.lazy(() =>
  z.object({
    Type: z.string(),
    Comment: z.string().optional(),
    Next: z.string().optional(),
    Default: z.string().optional(),
    Choices: z.array(z.object({ Next: z.string() })).optional(),
    Catch: z.array(z.object({ Next: z.string(), ErrorEquals: z.array(z.string()) })).optional(),
    Retry: z.array(Retrier).optional(),
    Branches: z.array(Region).optional(),
  }),
);
const Region: z.ZodType<Region> = z.lazy(() => z.object({ StartAt: z.string(), States: z.record(z.string(), State) }));

export const WorkflowGraph = z.strictObject({
  startAt: z.string(),
  states: z.array(
    z.strictObject({
      name: z.string(),
      type: z.string(),
      comment: z.string().optional(),
      parent: z.string().optional().meta({ description: 'The Parallel state in whose branch it stands' }),
    }),
  ),
  transitions: z.array(
    z.strictObject({
      from: z.string(),
      to: z.string(),
      kind: z.enum(['next', 'choice', 'catch', 'branch']),
      errors: z.array(z.string()).optional().meta({ description: 'What a `catch` catches' }),
    }),
  ),
});
export type WorkflowGraph = z.infer<typeof WorkflowGraph>;

/** A definition as it can be drawn, and how each of its states is tried again. */
export interface Workflow {
  readonly graph: WorkflowGraph;
  readonly retriersOf: ReadonlyMap<string, readonly Retrier[]>;
}

/** @param definition JSON text in Amazon States Language. */
export function workflowOf(definition: string): Workflow {
  const machine = Region.parse(JSON.parse(definition));
  const states = [...statesIn(machine)];
  return {
    graph: {
      startAt: machine.StartAt,
      states: states.map(({ name, parent, state: { Type, Comment } }) => ({
        name,
        type: Type,
        ...(Comment !== undefined && { comment: Comment }),
        ...(parent !== undefined && { parent }),
      })),
      transitions: states.flatMap(({ name, state }) => transitionsFrom(name, state)),
    },
    retriersOf: new Map(states.map(({ name, state }) => [name, state.Retry ?? []])),
  };
}

/** State names are unique in a whole definition, also across branches. */
function* statesIn(
  { States }: Region,
  parent?: string,
): Generator<{ readonly name: string; readonly parent: string | undefined; readonly state: State }> {
  for (const [name, state] of Object.entries(States)) {
    yield { name, parent, state };
    for (const branch of state.Branches ?? []) yield* statesIn(branch, name);
  }
}

function transitionsFrom(from: string, state: State): WorkflowGraph['transitions'] {
  const choices = [
    ...(state.Choices ?? []).map(({ Next }) => Next),
    ...(state.Default === undefined ? [] : [state.Default]),
  ];
  return [
    ...(state.Branches ?? []).map(({ StartAt }) => ({ from, to: StartAt, kind: 'branch' as const })),
    ...(state.Next === undefined ? [] : [{ from, to: state.Next, kind: 'next' as const }]),
    ...choices.map((to) => ({ from, to, kind: 'choice' as const })),
    ...(state.Catch ?? []).map(({ Next, ErrorEquals }) => ({
      from,
      to: Next,
      kind: 'catch' as const,
      errors: [...ErrorEquals],
    })),
  ];
}
