import { DECLINED, executionOf, rowWhere, SHORT, SOLD, without } from '../good-world.ts';
import { captureOf, archivedOf } from './mutated-rows.ts';
import type { Mutation } from './mutation.ts';

export const EXECUTION_MUTATIONS: readonly Mutation[] = [
  [
    'X1',
    'a second execution moved the order',
    (world) => (rowWhere(world.history, { orderId: SOLD, version: 3 }).executionId = executionOf(`${SOLD}.r1`)),
  ],
  [
    'X1',
    'moved by its execution after a restore had begun it anew',
    (world) =>
      (rowWhere(world.history, { orderId: SOLD, version: 2 }).executionId = executionOf(`${SOLD}.r20260115t090000z`)),
  ],
  [
    'X1',
    'the execution of another order',
    (world) => (rowWhere(world.history, { orderId: SOLD, version: 3 }).executionId = executionOf(SHORT, 'other')),
  ],
  ['X3', 'a key without an operation', (world) => (world.idempotency[0]!.id = 'hash1')],
  ['X3', 'a key that operations share', (world) => (world.idempotency[0]!.id = 'shop#hash2')],
  [
    'X4',
    'a webhook left lying that nobody else learnt of',
    (world) => {
      world.inbox[0]!.state = 'RECEIVED';
      rowWhere(world.payments, { orderId: SOLD }).state = 'AWAITING_CUSTOMER';
    },
  ],
  ['X4', 'a webhook matched to another order', (world) => (world.inbox[0]!.orderId = DECLINED)],
  ['X5', 'a checkout that vanished', (world) => without(world.orders, ({ orderId }) => orderId === SHORT)],
  ['L2', 'an execution that ran in circles', (world) => (world.executions[0]!.eventCount = 1_001)],
  [
    'L2',
    'a provider called without end',
    (world) => Array.from({ length: 12 }, () => world.ledger.push({ ...captureOf(world, SOLD), ok: false })),
  ],
  [
    'X7',
    'a card number in an event',
    (world) => (archivedOf(world, `${SOLD}.OrderConfirmed`).detail['note'] = 'card 4242 4242 4242 4242'),
  ],
  ['X7', 'a webhook secret in a log', (world) => world.logLines.push('{"secret":"whsec_1234567890"}')],
  [
    'X7',
    'an API key in a dead letter',
    (world) => world.deadLetters.push({ queue: 'Checkout', messageId: 'm1', body: 'sk_live_12345678' }),
  ],
  [
    'X9',
    'a contact of somebody who was erased',
    (world) => (world.people = { erased: ['eve'], traces: [{ place: 'OrderContacts', customerId: 'eve', key: SOLD }] }),
  ],
  ['X7', 'a task token in a log', (world) => world.logLines.push('waiting on token-of-the-parked-order')],
  [
    'R1',
    'a row that nobody can read',
    (world) => (world.malformed = [{ place: 'Stock', key: 'CUP', because: 'available: expected number' }]),
  ],
];
