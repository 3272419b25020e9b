import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { gauge } from '../platform/metrics.ts';
import { stepFunctions } from '../platform/step-functions-client.ts';
import { OrderWatch } from './order-watch.ts';

const watch = new OrderWatch({
  documents: documentClient,
  ordersTable: envVar('ORDERS_TABLE'),
  stepFunctions,
  stateMachineArns: [
    envVar('STATE_MACHINE_ARN'),
    envVar('CANCELLATION_STATE_MACHINE_ARN'),
    envVar('RETURN_STATE_MACHINE_ARN'),
  ],
  clock: systemClock,
});

/** Runs every minute: measures what is open. Zeros are told too, or a broken watch would look like a calm shop. */
export async function handler(): Promise<void> {
  const { oldestUnfinishedSeconds, waitingForOperator, moneyAtRiskMinor } = await watch.look();
  gauge('OldestUnfinishedOrderSeconds', 'Seconds', oldestUnfinishedSeconds);
  gauge('OrdersWaitingForOperator', 'Count', waitingForOperator);
  for (const [Currency, amountMinor] of Object.entries(moneyAtRiskMinor)) {
    gauge('MoneyAtRiskMinor', 'None', amountMinor, { Currency });
  }
}
