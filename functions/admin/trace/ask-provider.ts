import type { PaymentRecord } from '../../payments/ledger/payment-record.ts';
import type { PaymentGateway } from '../../payments/provider/payment-gateway.ts';
import { errorNameOf } from '../../platform/errors.ts';
import type { ProviderView } from './trace-view.ts';

export type AskedProvider = Pick<PaymentGateway, 'find' | 'aftermath'>;

/** What the provider said, or why it said nothing. */
interface Asked {
  readonly provider?: ProviderView;
  readonly providerError?: string;
}

const NOTHING_FOLLOWED = { refunds: [], disputes: [] } as const;

/** What is known here is worth showing also when the provider does not answer. */
export async function askProvider(provider: AskedProvider, payment: PaymentRecord | undefined): Promise<Asked> {
  if (payment?.paymentIntentId === undefined) return {};
  const { paymentIntentId, state } = payment;
  try {
    const [intent, followed] = await Promise.all([
      provider.find(paymentIntentId),
      isCharged(state) ? provider.aftermath(paymentIntentId) : undefined,
    ]);
    if (intent === undefined) return { providerError: `The provider does not know ${paymentIntentId}` };
    // Nothing follows a charge that was not made.
    const mayFollow = intent.receivedMinor > 0;
    const { refunds, disputes } =
      followed ?? (mayFollow ? await provider.aftermath(paymentIntentId) : NOTHING_FOLLOWED);
    return {
      provider: {
        outcome: intent.outcome.kind,
        receivedMinor: intent.receivedMinor,
        refunds: refunds.map(({ refundId, amountMinor, standing }) => ({ refundId, amountMinor, standing })),
        disputes: disputes.map(({ disputeId, amountMinor, standing }) => ({ disputeId, amountMinor, standing })),
      },
    };
  } catch (error) {
    return { providerError: `The provider cannot be asked: ${errorNameOf(error)}` };
  }
}

export function isCharged(state: PaymentRecord['state']): boolean {
  return ['CHARGED', 'REFUNDED', 'REFUND_FAILED'].includes(state);
}
