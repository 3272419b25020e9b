import { startOrderWorld, type OrderWorld } from '../../orders/testing/orders-under-test.ts';
import { startFakeAwsService, type FakeAwsService } from '../../../test/testing/fake-aws-service.ts';
import { ADMIN, send, type TestAnswer } from '../../../test/testing/http-events.ts';

export const SAGA_MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:shop-order-saga';

/** The admin's function beside the order service, on one store. */
export interface AdminWorld extends OrderWorld {
  readonly sqs: FakeAwsService;
  /** Of the one queue that there is. */
  readonly queueUrl: string;
  get(route: string, traits?: { params?: Record<string, string>; query?: Record<string, string> }): Promise<TestAnswer>;
}

export async function startAdminWorld(): Promise<AdminWorld> {
  const world = await startOrderWorld();
  const sqs = await startFakeAwsService('AmazonSQS');
  const queueUrl = `${sqs.endpoint}/000000000000/checkout-dead-letters`; // the SDK calls the host of the URL
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    STATE_MACHINE_ARN: SAGA_MACHINE,
    PAYMENT_API_URL: 'http://127.0.0.1:9', // nothing listens: the provider does not answer
    PAYMENT_SECRET_ID: 'payment-secret',
    DEAD_LETTER_QUEUES: JSON.stringify([{ name: 'checkout-dead-letter', kind: 'unworked', url: queueUrl }]),
  });
  const { handler } = await import('../serve-admin.ts');
  return {
    ...world,
    sqs,
    queueUrl,
    get: (route, traits) => send(handler, `GET ${route}`, { caller: ADMIN, ...traits }),
    async stop() {
      await sqs.stop();
      await world.stop();
    },
  };
}
