import { deployedJournal } from '../orders/deployed-journal.ts';
import { ORDER_ITEM } from '../orders/order-record.ts';
import { awaitAnotherMethod, awaitCustomer } from '../orders/order-steps.ts';
import { envVar } from '../platform/env-var.ts';
import { isErrorNamed } from '../platform/errors.ts';
import type { OrderWait } from './order-wait.ts';

/** What orders say of their wait, on the tables that this function was deployed with. */
export function deployedOrderWait(): OrderWait {
  const journal = deployedJournal();
  const ordersTable = envVar('ORDERS_TABLE');
  return {
    async forAnotherMethod(orderId, decline, alongside) {
      try {
        const decide = awaitAnotherMethod({ orderId }, decline);
        const { status } = await journal.record(await journal.find(orderId), decide, { alongside });
        return status === 'AWAITING_CUSTOMER';
      } catch (error) {
        if (isErrorNamed(error, 'OrderStopped', 'OrderNotFound')) return false;
        throw error;
      }
    },
    async forConfirmation(orderId, { attempt, confirmationUrl }, alongside) {
      const decide = awaitCustomer({ orderId }, confirmationUrl, attempt);
      await journal.record(await journal.find(orderId), decide, { alongside });
    },
    stillWaits: (orderId) => ({
      ConditionCheck: {
        TableName: ordersTable,
        Key: { orderId, item: ORDER_ITEM },
        ConditionExpression: '#status = :waits',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':waits': 'AWAITING_CUSTOMER' },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    }),
  };
}
