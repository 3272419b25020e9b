import { ManualClock } from '@order-workflow/states-language/clock';
import type { AwsCall, JsonObject } from '../../../endpoint/aws-api.ts';
import { Journal } from '../../../store/journal.ts';
import { SqsService } from '../../sqs/sqs-service.ts';
import { queueArn, stack } from '../../sqs/testing/sqs-under-test.ts';
import { crashCopy, journalFile } from '../../testing/crash-copy.ts';
import { eventBridgeApi } from '../eventbridge-api.ts';
import { EventBridgeService } from '../eventbridge-service.ts';

export { queueArn, stack };

/** A target whose answers the test decides. */
export class ScriptedTargets {
  readonly delivered: { readonly targetArn: string; readonly payload: string }[] = [];
  /** Throws what the target throws, or returns. */
  answer: (attempt: number) => Promise<void> | void = () => undefined;
  attempts = 0;

  async deliver(targetArn: string, payload: string): Promise<void> {
    this.attempts += 1;
    await this.answer(this.attempts);
    this.delivered.push({ targetArn, payload });
  }
}

export interface EventsUnderTest {
  readonly events: EventBridgeService;
  readonly queues: SqsService;
  readonly clock: ManualClock;
  readonly targets: ScriptedTargets;
  readonly journal: Journal;
  call(operation: string, input?: JsonObject): Promise<JsonObject>;
  /** Puts one event `{source: 'test', detail-type: 'Thing happened'}`. */
  put(detail: unknown, entry?: JsonObject): Promise<JsonObject>;
  /** A rule on the default bus with one target. */
  rule(name: string, pattern: unknown, target: JsonObject): Promise<void>;
  /** A queue whose policy lets events in, unless told otherwise. */
  queue(name: string, policy?: object): Promise<string>;
  /** Takes (and deletes) what is in a queue, parsed. */
  drain(name: string): Promise<JsonObject[]>;
  /** What a new process finds after kill -9. */
  reopen(): Promise<EventsUnderTest>;
}

export const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:worker';

export const allowEvents = {
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*' },
  ],
};

export async function eventsUnderTest(): Promise<EventsUnderTest> {
  return open(journalFile(), new ManualClock());
}

async function open(file: string, clock: ManualClock): Promise<EventsUnderTest> {
  const journal = new Journal(file, { syncsInCommit: true });
  const queues = new SqsService({ journal, clock, stack });
  const targets = new ScriptedTargets();
  const events = new EventBridgeService({ journal, clock, stack, targets, deadLetters: queues, random: () => 1 });
  const { operations } = eventBridgeApi(events);
  await events.start();
  const aws: AwsCall = { requestId: 'r', signal: new AbortController().signal };
  const call = async (operation: string, input: JsonObject = {}): Promise<JsonObject> =>
    operations[operation]!(input, aws);
  return {
    events,
    queues,
    clock,
    targets,
    journal,
    call,
    put: (detail, entry = {}) =>
      call('PutEvents', {
        Entries: [{ Source: 'test', DetailType: 'Thing happened', Detail: JSON.stringify(detail), ...entry }],
      }),
    async rule(name, pattern, target) {
      await call('PutRule', { Name: name, EventPattern: JSON.stringify(pattern) });
      await call('PutTargets', { Rule: name, Targets: [{ Id: 't', ...target }] });
    },
    async queue(name, policy = allowEvents) {
      await queues.queues.create(name, { Policy: JSON.stringify(policy) });
      return queueArn(name);
    },
    async drain(name) {
      const messages = await queues.receive(queueArn(name), 1000);
      await queues.delete(
        queueArn(name),
        messages.map((message) => message.receiptHandle),
      );
      return messages.map(({ body, messageAttributes }) => ({ body: JSON.parse(body) as unknown, messageAttributes }));
    },
    reopen: () => open(crashCopy(file), new ManualClock(clock.nowMs())),
  };
}
