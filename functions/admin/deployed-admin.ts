import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { secretsManagerSource } from '../payments/provider/payment-secret.ts';
import { StripeGateway } from '../payments/provider/stripe-gateway.ts';
import { awsClient } from '../platform/aws-client.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { cursorSecret } from '../platform/http/cursor-secret.ts';
import { Cursors } from '../platform/http/cursor.ts';
import { stepFunctions } from '../platform/step-functions-client.ts';
import { DeadLetterQueue, DeadLetters } from './dead-letters.ts';
import { OrderSearch } from './order-search.ts';
import { PackingList } from './packing-list.ts';
import { OrderTraces } from './trace/order-trace.ts';

/** What operators see, on what this function was deployed with. Nothing is called before the first use. */
export function deployedAdmin() {
  const documents = documentClient;
  const cursors = new Cursors(cursorSecret(envVar('CURSOR_SECRET_ID')));
  const orders = envVar('ORDERS_TABLE');
  const payments = envVar('PAYMENTS_TABLE');
  return {
    search: new OrderSearch({ documents, ordersTable: orders, cursors }),
    traces: new OrderTraces({
      documents,
      stepFunctions,
      provider: new StripeGateway({
        apiUrl: envVar('PAYMENT_API_URL'),
        secret: secretsManagerSource(envVar('PAYMENT_SECRET_ID')),
        returnUrl: undefined, // nothing is charged here
      }),
      tables: {
        orders,
        payments,
        outbox: envVar('OUTBOX_TABLE'),
        mails: envVar('MAILS_TABLE'),
        reservations: envVar('RESERVATIONS_TABLE'),
        stock: envVar('STOCK_TABLE'),
      },
      sagaArn: envVar('STATE_MACHINE_ARN'),
      cancellationArn: envVar('CANCELLATION_STATE_MACHINE_ARN'),
      returnArn: envVar('RETURN_STATE_MACHINE_ARN'),
    }),
    packing: new PackingList({
      documents,
      cursors,
      tables: {
        orders,
        payments,
        orderContacts: envVar('ORDER_CONTACTS_TABLE'),
      },
    }),
    deadLetters: new DeadLetters({
      sqs: awsClient(SQSClient, { maxAttempts: 3, requestTimeoutMs: 3_000 }),
      queues: z.array(DeadLetterQueue).parse(JSON.parse(envVar('DEAD_LETTER_QUEUES'))),
    }),
  };
}
