import { systemClock } from '../platform/clock.ts';
import { logger } from '../platform/logger.ts';
import { deployedOrderWait } from './deployed-order-wait.ts';
import type { deployedPayments } from './deployed-payments.ts';
import { PaymentSettlement } from './payment-settlement.ts';
import { stepFunctionsAnswers } from './task-answers.ts';

/** The payment service of a function that may settle payments, and so say on their orders what they wait for. */
export function deployedSettlement(payments: ReturnType<typeof deployedPayments>) {
  const orderWait = deployedOrderWait();
  const settlement = new PaymentSettlement({
    ...payments,
    answers: stepFunctionsAnswers(),
    orderWait,
    clock: systemClock,
    logger,
  });
  return { ...payments, settlement, orderWait };
}
