import type { Logger } from '@aws-lambda-powertools/logger';
import type { PaymentGateway } from './provider/payment-gateway.ts';
import type { PaymentLedger } from './ledger/payment-ledger.ts';
import type { PaymentRecord } from './ledger/payment-record.ts';
import type { PaymentSettlement } from './payment-settlement.ts';

/** Payments looked up side by side: four, at 0.2 s a call, make 20 a second of the provider's 25 (docs/scaling.md). */
const PARALLEL = 4;
/** After so many failures the provider is taken for down. */
const MAX_FAILURES = 5;
/** A look-up, a refund and an answer still fit in. */
const STOP_BEFORE_MS = 12_000;

export interface OpenPaymentsParts {
  readonly ledger: PaymentLedger;
  readonly gateway: PaymentGateway;
  readonly settlement: PaymentSettlement;
  readonly logger: Pick<Logger, 'warn'>;
}

/** What one round came to. */
export type PollRound = { readonly lookedUp: number; readonly settled: number };

/**
 * Asks the provider about every payment that waits for its customer, longest waiting first, so that a lost webhook
 * costs one round and not the order.
 * @param remainingMs how long the function may still run; what is not reached is reached by the next round.
 * @throws AggregateError when look-ups failed; the others were settled.
 */
export async function settleOpenPayments(parts: OpenPaymentsParts, remainingMs: () => number): Promise<PollRound> {
  const queue = parts.ledger.open();
  const failures: unknown[] = [];
  const round = { lookedUp: 0, settled: 0 };
  const work = async (): Promise<void> => {
    while (failures.length < MAX_FAILURES && remainingMs() > STOP_BEFORE_MS) {
      const next = await queue.next();
      if (next.done) return;
      let row: PaymentRecord | undefined;
      try {
        round.lookedUp += 1;
        row = await parts.ledger.find(next.value);
        if (row !== undefined && (await settleIfOver(parts, row))) round.settled += 1;
      } catch (error) {
        failures.push(error);
        const trace = { orderId: next.value, correlationId: row?.correlationId };
        parts.logger.warn('Open payment not looked up', { ...trace, error: error as Error });
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} open payments not looked up`);
  return round;
}

async function settleIfOver({ gateway, settlement }: OpenPaymentsParts, row: PaymentRecord): Promise<boolean> {
  if (row.openState === undefined) return false;
  if (row.state !== 'AWAITING_CUSTOMER') {
    // Settled, but whoever settled it ended before it could tell the workflow.
    await settlement.answer(row);
    return true;
  }
  const intent = row.paymentIntentId === undefined ? undefined : await gateway.find(row.paymentIntentId);
  if (intent === undefined) throw new Error(`The provider does not know payment intent ${row.paymentIntentId}`);
  const { kind } = await settlement.settle(row, intent);
  return kind === 'settled';
}
