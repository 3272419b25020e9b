import { failedRefundSettledIdOf } from '../../events/failed-refund-settled.ts';
import { FAILED_REFUND_STEP, FAILED_RETURN_STEP } from '../../events/order-parked.ts';
import type { OrderId } from '../../events/vocabulary.ts';
import type { Rule } from './rule.ts';
import { isSold } from './statuses.ts';

/** What others do to a payment after its order has gone on. */

export const othersAreShown: Rule = {
  id: 'M10',
  says: 'what banks or people at the provider take back, or warn of, is shown to an operator, and holds a sold order until somebody has looked',
  when: 'atRest',
  needs: ['ledger'],
  *findings(books) {
    for (const { orderId, status, totalMinor } of books.orders.values()) {
      const { disputedMinor } = books.moneyOf(orderId);
      const takenMinor = books.takenByOthersMinor(orderId);
      const isWarned = books.ledgerOf(orderId).some(({ op }) => op === 'FRAUD_WARNING');
      // A bank that takes what was given back before does so of a cancelled order too.
      const mustSee = disputedMinor > 0 || (isSold(status) && (isWarned || takenMinor >= totalMinor));
      if (!mustSee) continue;
      const shown = books.parkedOf(orderId).find(({ step }) => step === 'Review payment');
      const payment = books.payments.get(orderId);
      const rows = [payment, shown, ...books.ledgerOf(orderId)];
      if (shown === undefined) yield { keys: { orderId }, because: `${takenMinor} taken back and nobody told`, rows };
      if (isSold(status) && shown?.parkedState === 'OPEN' && payment?.['hold'] === undefined) {
        yield { keys: { orderId }, because: 'shown to an operator, and free to leave', rows };
      }
    }
  },
};

export const failedRefundIsListed: Rule = {
  id: 'M11',
  says: 'a refund that came to nothing is made again, or stands on a parking to the cent',
  when: 'atRest',
  needs: ['ledger'],
  *findings(books) {
    for (const { orderId, status } of books.orders.values()) {
      const failed = books.ledgerOf(orderId).filter(({ op }) => op === 'REFUND_FAILED');
      const { netMinor } = books.moneyOf(orderId);
      if (status !== 'CANCELLED' || failed.length === 0 || netMinor === 0) continue;
      const parkings = books.parkedOf(orderId).filter(({ step }) => step === 'Failed refund');
      const isListed = parkings.some((row) => row.parkedState === 'OPEN' && row.exposureMinor === netMinor);
      const isByHand = (['Failed refund', 'Refund payment'] as const).some((step) =>
        books.isResolvedByHand(orderId, step),
      );
      if (isListed || isByHand) continue;
      yield {
        keys: { orderId },
        because: `${netMinor} of the customer’s is on no parking`,
        rows: [...failed, ...parkings],
      };
    }
  },
};

export const madeGoodIsAnnounced: Rule = {
  id: 'E7',
  says: 'whoever was told that a refund came to nothing is told when it is made good',
  when: 'atRest',
  *findings(books) {
    for (const { orderId, status } of books.orders.values()) {
      if (status === 'CANCELLING' || books.openParkingsOf(orderId).length > 0) continue;
      for (const row of books.parkedOf(orderId)) {
        if (!TOLD_STEPS.includes(row.step) || row.exposureMinor === 0 || !books.isInOutboxTime(row.since)) continue;
        const eventId = failedRefundSettledIdOf({
          orderId: row.orderId as OrderId,
          step: row.step,
          parking: row.parkings,
        });
        const told = books.outboxOf(orderId).filter((event) => `${event.eventId}.`.startsWith(`${eventId}.`));
        if (told.length === 0) yield { keys: { orderId }, because: `there is no ${eventId}`, rows: [row] };
      }
    }
  },
};

/** At these the customer is told of the parking. */
const TOLD_STEPS: readonly string[] = [FAILED_REFUND_STEP, FAILED_RETURN_STEP];

export const aftermathRules = [othersAreShown, failedRefundIsListed, madeGoodIsAnnounced];
