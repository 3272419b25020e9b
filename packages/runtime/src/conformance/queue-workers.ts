import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@order-workflow/states-language/clock';
import type { FunctionSettings } from '../services/lambda/function-settings.ts';
import type { MappingSettings } from '../services/lambda/mappings/mapping-settings.ts';
import { LambdaBench } from '../services/lambda/testing/lambda-under-test.ts';
import type { ReceivedMessage } from '../services/shared/ports/queues.ts';
import { SqsService } from '../services/sqs/sqs-service.ts';
import { queueArn, stack } from '../services/sqs/testing/sqs-under-test.ts';
import { Journal } from '../store/journal.ts';

/** What a worker does with the records of its batch when a test says no more: it prints their bodies. */
const PRINTS = `const print = (Records) => console.log('got ' + Records.map(({ body }) => body).join());`;

/** The real SQS and the real Lambda on one clock, joined by event source mappings. For tests only. */
export class QueueWorkers {
  readonly clock = new ManualClock();
  readonly lambda: LambdaBench;
  readonly #folder = mkdtempSync(join(tmpdir(), 'queue-workers-'));
  readonly #journal = new Journal(join(this.#folder, 'sqs.sqlite'));
  readonly #sqs = new SqsService({ journal: this.#journal, clock: this.clock, stack });

  constructor() {
    this.lambda = new LambdaBench({ clock: this.clock, queues: this.#sqs });
  }

  /** A queue whose messages go to `<name>-dead` after `maxReceives`. */
  async queue(name: string, maxReceives: number, visibilitySeconds = 30): Promise<void> {
    await this.#sqs.queues.declare(`${name}-dead`, {}, {});
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: queueArn(`${name}-dead`),
      maxReceiveCount: maxReceives,
    });
    await this.#sqs.queues.declare(name, { VisibilityTimeout: String(visibilitySeconds), RedrivePolicy }, {});
  }

  async send(queueName: string, ...bodies: string[]): Promise<void> {
    for (const body of bodies) await this.#sqs.send(queueArn(queueName), body);
  }

  /** A function whose handler has this body, with `Records` and `print(Records)` at hand. */
  async worker(name: string, body: string, settings: Partial<FunctionSettings> = {}): Promise<void> {
    await this.lambda.declare(name, `${PRINTS} export const handler = async ({ Records }) => { ${body} };`, settings);
  }

  /** Lets the function work on the queue, from the next turn on. */
  async map(queueName: string, functionName: string, settings: Partial<MappingSettings> = {}): Promise<void> {
    await this.lambda.service.mappings.put({
      uuid: queueName,
      mappingArn: `arn:${queueName}`,
      eventSourceArn: queueArn(queueName),
      functionReference: functionName,
      enabled: true,
      batchSize: 10,
      batchingWindowSeconds: 0,
      reportsBatchItemFailures: true,
      filterPatterns: [],
      ...settings,
    });
    this.lambda.service.start();
  }

  /** Batches as the functions printed them. */
  get batches(): string[] {
    return this.lambda.lines.flatMap((line) => line.split('\tgot ').slice(1));
  }

  counts(queueName: string): { visible: number; inFlight: number } {
    return this.#sqs.queues.byArn(queueArn(queueName)).counts;
  }

  async deadLetters(queueName: string): Promise<ReceivedMessage[]> {
    return this.#sqs.receive(queueArn(`${queueName}-dead`), 10);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lambda[Symbol.asyncDispose]();
    await this.#sqs.stop();
    this.#journal.close();
    rmSync(this.#folder, { recursive: true });
  }
}
