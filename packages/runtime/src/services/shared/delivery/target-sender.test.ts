import { expect, test } from 'vitest';
import { ManualClock } from '@order-workflow/states-language/clock';
import { ArnTargetSender, type TargetPorts } from './target-sender.ts';

const arn = (service: string, resource: string): string => `arn:aws:${service}:us-east-1:000000000000:${resource}`;

function connected(): { targets: ArnTargetSender; calls: unknown[][] } {
  const calls: unknown[][] = [];
  const record =
    (name: string) =>
    (...args: unknown[]): Promise<never> => {
      calls.push([name, ...args]);
      return Promise.resolve(undefined as never);
    };
  const targets = new ArnTargetSender({ clock: new ManualClock(0) });
  const ports: TargetPorts = {
    queues: { send: record('send') },
    functions: { invoke: record('invoke'), invokeAsync: record('invokeAsync') },
    executions: { startExecution: record('startExecution') },
    buses: { putTo: record('putTo') },
    logs: { send: (...args) => void calls.push(['put', ...args]) },
  };
  targets.connect(ports);
  return { targets, calls };
}

test.each([
  [arn('sqs', 'q'), ['send', arn('sqs', 'q'), '{}']],
  [arn('lambda', 'function:f'), ['invokeAsync', arn('lambda', 'function:f'), '{}']],
  [
    arn('states', 'stateMachine:m'),
    ['startExecution', { stateMachineArn: arn('states', 'stateMachine:m'), input: '{}' }],
  ],
  [arn('logs', 'log-group:/aws/events/all:*'), ['put', arn('logs', 'log-group:/aws/events/all:*'), '{}', 0]],
])('%s is delivered to its service', async (target, call) => {
  const { targets, calls } = connected();
  await targets.deliver(target, '{}');
  expect(calls).toEqual([call]);
});

test('a bus gets the record of an asynchronous invocation as an event', async () => {
  const { targets, calls } = connected();
  const record = JSON.stringify({ requestContext: { condition: 'RetriesExhausted' } });
  await targets.deliver(arn('events', 'event-bus/b'), record);
  const event = { source: 'lambda', detailType: 'Lambda Function Invocation Result - Failure', detail: record };
  expect(calls).toEqual([['putTo', arn('events', 'event-bus/b'), event]]);
});

test('any other target is refused', async () => {
  const { targets } = connected();
  await expect(targets.deliver(arn('kinesis', 'stream/s'), '{}')).rejects.toMatchObject({
    code: 'ValidationException',
  });
});
