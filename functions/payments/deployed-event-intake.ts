import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { logger } from '../platform/logger.ts';
import { deployedParkingLot } from '../parking/deployed-parking-lot.ts';
import { parkConcern } from '../parking/payment-concern.ts';
import type { deployedSettlement } from './deployed-settlement.ts';
import { PaymentReview } from './payment-review.ts';
import { EventIntake } from './webhook/event-intake.ts';
import { WebhookInbox } from './webhook/webhook-inbox.ts';
import { WebhookMatcher } from './webhook/webhook-matcher.ts';

/** What takes the provider's events, on what this function was deployed with. */
export function deployedEventIntake(payments: ReturnType<typeof deployedSettlement>) {
  const parkingLot = deployedParkingLot();
  const review = new PaymentReview({ ...payments, raise: (concern) => parkConcern(parkingLot, concern), logger });
  const matcher = new WebhookMatcher({ ...payments, review });
  const inbox = new WebhookInbox({
    documents: documentClient,
    inboxTable: envVar('WEBHOOK_INBOX_TABLE'),
    clock: systemClock,
    keptDays: Number(envVar('DELIVERIES_KEPT_DAYS')),
  });
  return { intake: new EventIntake({ matcher, inbox, logger }), inbox };
}
