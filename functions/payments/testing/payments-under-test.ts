import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BasketCheckedOut } from '../../../events/basket-checked-out.ts';
import {
  startPaymentSandbox,
  DEFAULT_API_KEY,
  signatureHeader,
  type PaymentSandbox,
  type BehaviourRequest,
  type LedgerRow,
} from '@order-workflow/payment-sandbox';
import { aLambdaContext } from '../../../test/testing/builders.ts';
import { send, type TestAnswer, type TestCaller } from '../../../test/testing/http-events.ts';
import { startTestDynamoDb, TEST_TABLES, type TestDynamoDb } from '../../../test/testing/dynamodb.ts';

export { BEHAVIOUR_KINDS, DECLINE_CODES } from '@order-workflow/payment-sandbox';

export const WEBHOOK_SECRET = 'whsec_present';
export const OLD_WEBHOOK_SECRET = 'whsec_previous';

/** The shop's key at the provider, for calls that a test makes in its place. */
export const PROVIDER_KEY = DEFAULT_API_KEY;

/** An answer to a waiting task, as Step Functions received it. */
export interface TaskAnswer {
  readonly token: string;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
}

/** Step Functions' SendTask calls and Secrets Manager's GetSecretValue over real HTTP. */
export interface AwsFake {
  readonly url: string;
  /** Answers in the order of their arrival. */
  readonly answers: TaskAnswer[];
  /** Makes the next answers fail with these errors, as often as given. */
  readonly failures: { readonly name: string; readonly statusCode: number }[];
  /** Tokens of attempts that have ended. */
  readonly ended: Set<string>;
  close(): void;
}

export async function startAwsFake(): Promise<AwsFake> {
  const answers: TaskAnswer[] = [];
  const failures: AwsFake['failures'] = [];
  const ended = new Set<string>();
  const server = createServer((request, response) => void respond(request, response));
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const input = JSON.parse(await textOf(request)) as Record<string, string>;
    const operation = String(request.headers['x-amz-target']).split('.')[1];
    const failure = operation?.startsWith('SendTask') ? failures.shift() : undefined;
    if (failure) return writeJson(response, failure.statusCode, { __type: failure.name, message: failure.name });
    if (operation === 'GetSecretValue') {
      const secret = { apiKey: DEFAULT_API_KEY, webhookSecrets: [WEBHOOK_SECRET, OLD_WEBHOOK_SECRET] };
      return writeJson(response, 200, { Name: 'payment', SecretString: JSON.stringify(secret) });
    }
    const { taskToken: token = '', output, error, cause } = input;
    if (ended.has(token)) return writeJson(response, 400, { __type: 'TaskTimedOut', message: 'TaskTimedOut' });
    answers.push({
      token,
      ...(output !== undefined && { output: JSON.parse(output) as unknown }),
      ...(error !== undefined && { error }),
      ...(cause !== undefined && { cause }),
    });
    writeJson(response, 200, {});
  };
  const url = await listening(server);
  return { url, answers, failures, ended, close: () => (server.closeAllConnections(), server.close()) };
}

/** Everything that the payment functions talk to, on real sockets, and the functions themselves. */
export interface PaymentWorld {
  readonly store: TestDynamoDb;
  readonly sandbox: PaymentSandbox;
  readonly aws: AwsFake;
  /** Empties tables, answers and behaviours. The sandbox keeps its ledger: use an order id of your own per test. */
  reset(): Promise<void>;
  createOrder(order: BasketCheckedOut): Promise<void>;
  charge(order: BasketCheckedOut, taskToken?: string, earlierAttempts?: number): Promise<unknown>;
  /** The customer, or another caller, tries another method over HTTP. */
  payAgain(order: BasketCheckedOut, paymentMethod: string, caller?: TestCaller): Promise<TestAnswer>;
  refund(order: BasketCheckedOut, chargeAttempted?: boolean): Promise<unknown>;
  poll(): Promise<unknown>;
  followEvents(): Promise<unknown>;
  webhook(event: unknown, options?: WebhookOptions): Promise<{ statusCode: number; body: unknown }>;
  /** Arms behaviours of the sandbox. */
  arm(...behaviours: BehaviourRequest[]): Promise<void>;
  /** Lets the sandbox behave again. */
  forgetBehaviours(): Promise<void>;
  /** How often armed behaviours were met. */
  fired(): Promise<number>;
  /** The customer answers on the confirmation page. */
  customer(order: BasketCheckedOut, outcome: 'confirm' | 'fail'): Promise<void>;
  forgetKeys(): Promise<void>;
  /** The provider's ledger of an order, e.g. `CAPTURE`, `CAPTURE failed`. */
  ledger(order: BasketCheckedOut): Promise<string[]>;
  /** Amounts that went back, by whomever, in order. */
  refundsOf(order: BasketCheckedOut): Promise<number[]>;
  /** The idempotency keys in that ledger. */
  keys(order: BasketCheckedOut): Promise<(string | null)[]>;
  intents(order: BasketCheckedOut): Promise<{ id: string; status: string }[]>;
  payment(order: BasketCheckedOut): Promise<Record<string, unknown> | undefined>;
  stop(): Promise<void>;
}

export interface WebhookOptions {
  readonly secret?: string;
  readonly epochSeconds?: number;
  readonly signature?: string;
  /** The exact body; the event's JSON when absent. */
  readonly rawBody?: string;
}

/** @param webhookUrl where the sandbox delivers its events; nowhere when absent. */
export async function startPaymentWorld(webhookUrl?: string): Promise<PaymentWorld> {
  const store = await startTestDynamoDb();
  const webhookOptions = webhookUrl === undefined ? {} : { webhook: { url: webhookUrl, secret: WEBHOOK_SECRET } };
  const sandbox = await startPaymentSandbox({ port: 0, nowMs: () => Date.now(), ...webhookOptions });
  const aws = await startAwsFake();
  Object.assign(process.env, store.environment, {
    AWS_ENDPOINT_URL_SFN: aws.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.url,
    PAYMENT_API_URL: sandbox.url,
    PAYMENT_SECRET_ID: 'payment',
    PAYMENT_RETURN_URL: 'https://shop.example/orders',
    POWERTOOLS_LOG_LEVEL: process.env['POWERTOOLS_LOG_LEVEL'] ?? 'CRITICAL',
  });
  const [create, charge, refund, webhook, poll, follow, payOrder] = await Promise.all([
    import('../../orders/create-order.ts'),
    import('../charge-payment.ts'),
    import('../refund-payment.ts'),
    import('../payment-webhook.ts'),
    import('../poll-payments.ts'),
    import('../follow-provider-events.ts'),
    import('../pay-order.ts'),
  ]);
  const control = async <Answer>(path: string, body?: unknown, method = 'POST'): Promise<Answer> => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    return (await (await fetch(`${sandbox.url}/_sandbox/${path}`, init)).json()) as Answer;
  };
  const payloadOf = (order: BasketCheckedOut) => ({
    order,
    executionArn: `arn:aws:states:us-east-1:000000000000:execution:order-saga:${order.orderId}`,
  });
  const ledgerOf = async ({ orderId }: BasketCheckedOut) =>
    (await control<{ rows: LedgerRow[] }>(`ledger?orderId=${orderId}`, undefined, 'GET')).rows;
  const intentsOf = async ({ orderId }: BasketCheckedOut) =>
    (await control<{ intents: { id: string; status: string }[] }>(`intents?orderId=${orderId}`, undefined, 'GET'))
      .intents;
  return {
    store,
    sandbox,
    aws,
    async reset() {
      await store.clear();
      aws.answers.length = 0;
      aws.failures.length = 0;
      aws.ended.clear();
      await control('behaviours', undefined, 'DELETE');
    },
    async createOrder(order) {
      await create.handler(payloadOf(order), aLambdaContext());
    },
    charge: (order, taskToken = 'token-1', earlierAttempts) =>
      charge.handler({ ...payloadOf(order), taskToken, earlierAttempts }, aLambdaContext(15_000)),
    payAgain: (order, paymentMethod, caller = { sub: order.customerId }) =>
      send(payOrder.handler, 'POST /orders/{orderId}/payment', {
        caller,
        params: { orderId: order.orderId },
        body: { paymentMethod },
      }),
    refund: (order, chargeAttempted = true) =>
      refund.handler({ ...payloadOf(order), chargeAttempted }, aLambdaContext(15_000)),
    poll: () => poll.handler({}, aLambdaContext(30_000)),
    followEvents: () => follow.handler({}, aLambdaContext(30_000)),
    async webhook(event, { secret = WEBHOOK_SECRET, epochSeconds, signature, rawBody } = {}) {
      const body = rawBody ?? JSON.stringify(event);
      const signed = signatureHeader(body, secret, epochSeconds ?? Math.floor(Date.now() / 1000));
      const headers = { 'stripe-signature': signature ?? signed };
      const answer = await webhook.handler({ headers, body, isBase64Encoded: false }, { awsRequestId: 'request-1' });
      return { statusCode: answer.statusCode ?? 0, body: JSON.parse(answer.body ?? '') as unknown };
    },
    async arm(...behaviours) {
      for (const behaviour of behaviours) await control('behaviours', behaviour);
    },
    async forgetBehaviours() {
      await control('behaviours', undefined, 'DELETE');
    },
    async fired() {
      const { behaviours } = await control<{ behaviours: { fired: number }[] }>('behaviours', undefined, 'GET');
      return behaviours.reduce((sum, { fired }) => sum + fired, 0);
    },
    async customer(order, outcome) {
      const [intent] = await intentsOf(order);
      await control(`intents/${intent?.id}/authenticate`, { outcome });
    },
    async forgetKeys() {
      await control('idempotency-keys', undefined, 'DELETE');
    },
    async ledger(order) {
      return (await ledgerOf(order)).map(({ op, ok }) => (ok ? op : `${op} failed`));
    },
    refundsOf: async (order) =>
      (await ledgerOf(order)).filter(({ op, ok }) => op === 'REFUND' && ok).map(({ amountMinor }) => amountMinor),
    keys: async (order) => (await ledgerOf(order)).map(({ key }) => key),
    intents: intentsOf,
    async payment({ orderId }) {
      return (await store.rows(TEST_TABLES.PAYMENTS_TABLE)).find((row) => row['orderId'] === orderId);
    },
    async stop() {
      aws.close();
      await sandbox.close();
      await store.stop();
    },
  };
}

/** An event of the provider about an intent. */
export function anEvent(order: BasketCheckedOut, intentId: string, changes: Record<string, unknown> = {}) {
  return {
    id: `evt_${order.orderId}`,
    object: 'event',
    api_version: '2026-10-28.endive',
    type: 'payment_intent.succeeded',
    data: { object: { id: intentId, object: 'payment_intent', metadata: { orderId: order.orderId } } },
    ...changes,
  };
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function writeJson(response: ServerResponse, statusCode: number, body: object): void {
  response.writeHead(statusCode, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}
