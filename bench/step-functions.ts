/**
 * The durable Step Functions service alone, on a real store, with functions that answer at once: executions per
 * second of a saga of four tasks (one with a task token), and the memory of executions that wait on tokens.
 * Run: `npx node --expose-gc bench/step-functions.ts`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '@order-workflow/states-language/clock';
import { StepFunctionsService } from '@order-workflow/runtime/services/stepfunctions';
import { Journal } from '@order-workflow/runtime/services/shared';

const EXECUTIONS = 2000;
const WAITING = 10_000;
const STARTED_AT_ONCE = 50;
const MEGABYTE = 1e6;

const folder = mkdtempSync(join(tmpdir(), 'bench-step-functions-'));
const journal = new Journal(join(folder, 'runtime.sqlite'));
let answersTokens = true;
let ended = 0;
let onEnd = (): void => undefined;

const service = new StepFunctionsService({
  journal,
  clock: systemClock,
  stack: { region: 'us-east-1', accountId: '000000000000' },
  functions: {
    invoke: async (_, payload) => {
      const { taskToken } = JSON.parse(payload) as { taskToken?: string };
      if (taskToken && answersTokens)
        await service.answerToken(taskToken, { kind: 'succeeded', output: { done: true } });
      return { payload: '{"done":true}' };
    },
    invokeAsync: async () => undefined,
  },
  integrations: { supports: () => false, call: async () => ({}) },
  events: {
    publish: async ({ detail }) => {
      if ((detail as { status: string }).status === 'RUNNING') return;
      ended += 1;
      onEnd();
    },
  },
});
service.start();

const task = (next: object, token = ''): object => ({
  Type: 'Task',
  Resource: `arn:aws:states:::lambda:invoke${token}`,
  Arguments: {
    FunctionName: 'f',
    Payload: {
      order: '{% $states.context.Execution.Input %}',
      ...(token && { taskToken: '{% $states.context.Task.Token %}' }),
    },
  },
  TimeoutSeconds: 600,
  ...next,
});
const machine = await service.machines.put({
  name: 'bench',
  roleArn: 'arn:aws:iam::000000000000:role/bench',
  definition: JSON.stringify({
    QueryLanguage: 'JSONata',
    StartAt: 'Accept',
    States: {
      Accept: task({ Next: 'Reserve' }),
      Reserve: task({ Next: 'Charge' }),
      Charge: task({ Next: 'Confirm' }, '.waitForTaskToken'),
      Confirm: task({ End: true }),
    },
  }),
});
const input = JSON.stringify({
  orderId: '01JD0000000000000000000000',
  lines: Array.from({ length: 5 }, (_, line) => ({ sku: `sku-${line}`, quantity: 1, price: 840 })),
});

async function startMany(count: number, name: string): Promise<void> {
  for (let first = 0; first < count; first += STARTED_AT_ONCE) {
    const ids = Array.from({ length: Math.min(STARTED_AT_ONCE, count - first) }, (_, index) => first + index);
    await Promise.all(
      ids.map((id) => service.startExecution({ stateMachineArn: machine.arn, input, name: `${name}-${id}` })),
    );
  }
}

async function untilEnded(count: number): Promise<void> {
  const done = Promise.withResolvers<void>();
  onEnd = () => (ended >= count ? done.resolve() : undefined);
  onEnd();
  await done.promise;
}

for (const round of ['warm-up', 'measured']) {
  ended = 0;
  const startedAt = performance.now();
  await startMany(EXECUTIONS, round);
  await untilEnded(EXECUTIONS);
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(`${round}: ${Math.round(EXECUTIONS / seconds)} executions/s of four tasks, durable`);
}

answersTokens = false;
const before = await memory();
await startMany(WAITING, 'waiting');
await pause(1000);
const after = await memory();
console.log(
  `${service.runningCount} executions wait on tokens: +${megabytes(after.heapUsed - before.heapUsed)} heap, ` +
    `+${megabytes(after.rss - before.rss)} resident`,
);

await service.stop();
journal.close();
rmSync(folder, { recursive: true });

async function memory(): Promise<NodeJS.MemoryUsage> {
  await pause(200);
  globalThis.gc?.();
  return process.memoryUsage();
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / MEGABYTE)} MB`;
}
