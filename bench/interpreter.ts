/**
 * State transitions per second of the interpreter alone: a saga of four tasks and a compensation with two
 * branches, tasks mocked, nothing stored. Run: `npx node bench/interpreter.ts`.
 */
import { Execution, parseDefinition } from '@order-workflow/states-language';
import { systemClock } from '@order-workflow/states-language/clock';

const EXECUTIONS = 4000;
const AT_ONCE = 50;

const task = (name: string, next: object): object => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: {
    FunctionName: name,
    Payload: { order: '{% $order %}', executionArn: '{% $states.context.Execution.Id %}' },
  },
  Retry: [{ ErrorEquals: ['Lambda.Unknown'], MaxAttempts: 3, JitterStrategy: 'FULL' }],
  Catch: [{ ErrorEquals: ['States.ALL'], Assign: { failure: '{% $states.errorOutput %}' }, Next: 'Undo' }],
  Output: '{% $states.result.Payload %}',
  TimeoutSeconds: 60,
  ...next,
});
const undo = (name: string): object => ({
  StartAt: name,
  States: { [name]: { ...task(name, { End: true }), Catch: [] } },
});

const definition = parseDefinition(
  JSON.stringify({
    QueryLanguage: 'JSONata',
    StartAt: 'Accept',
    States: {
      Accept: { Type: 'Pass', Assign: { order: '{% $states.input %}' }, Next: 'Reserve' },
      Reserve: task('Reserve', { Next: 'Charge' }),
      Charge: task('Charge', { Next: 'Worth it?' }),
      'Worth it?': {
        Type: 'Choice',
        Choices: [{ Condition: '{% $order.total > 100 and $exists($order.lines[0].sku) %}', Next: 'Confirm' }],
        Default: 'Undo',
      },
      Confirm: task('Confirm', { End: true }),
      Undo: { Type: 'Parallel', Branches: [undo('Refund'), undo('Release')], End: true },
    },
  }),
  { supportsResource: () => true },
);

const inputText = JSON.stringify({
  orderId: '01JD0000000000000000000000',
  total: 4200,
  lines: Array.from({ length: 5 }, (_, line) => ({ sku: `sku-${line}`, quantity: 1, price: 840 })),
});

let transitions = 0;
let failing = 0;

function run(id: number): Promise<void> {
  return new Promise((resolve) => {
    const execution = new Execution({
      definition,
      identity: {
        executionArn: `arn:aws:states:us-east-1:000000000000:execution:bench:${id}`,
        name: String(id),
        stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:bench',
        stateMachineName: 'bench',
        roleArn: '',
        startedAtMs: systemClock.nowMs(),
        inputText,
        redriveCount: 0,
        redrivenAtMs: undefined,
      },
      clock: systemClock,
      tasks: {
        run: async ({ stateName }) =>
          stateName === 'Confirm' && (failing += 1) % 10 === 0
            ? { kind: 'failed', error: 'OrderStopped', cause: 'asked to' }
            : { kind: 'succeeded', output: { ExecutedVersion: '$LATEST', Payload: { done: true }, StatusCode: 200 } },
      },
      sink: ({ events, end }) => {
        for (const { type } of events) if (type.endsWith('StateEntered')) transitions += 1;
        if (end) resolve();
      },
      newToken: () => 'token',
    });
    execution.start();
  });
}

let next = 0;
async function worker(): Promise<void> {
  while (next < EXECUTIONS) await run(next++);
}

for (const round of ['warm-up', 'measured']) {
  transitions = next = 0;
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(
    `${round}: ${transitions} transitions in ${seconds.toFixed(2)} s = ${Math.round(transitions / seconds)} transitions/s`,
  );
}
