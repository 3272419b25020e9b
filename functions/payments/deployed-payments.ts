import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { PaymentLedger } from './ledger/payment-ledger.ts';
import { secretsManagerSource } from './provider/payment-secret.ts';
import { StripeGateway } from './provider/stripe-gateway.ts';

/** The parts of the payment service on what this function was deployed with. Nothing is called before the first use. */
export function deployedPayments() {
  const secret = secretsManagerSource(envVar('PAYMENT_SECRET_ID'));
  const ledger = new PaymentLedger({
    documents: documentClient,
    paymentsTable: envVar('PAYMENTS_TABLE'),
    clock: systemClock,
  });
  const gateway = new StripeGateway({
    apiUrl: envVar('PAYMENT_API_URL'),
    secret,
    // Only the function that confirms needs it, and only for customers who must confirm on the provider's page.
    returnUrl: process.env['PAYMENT_RETURN_URL'],
  });
  return { ledger, gateway, secret };
}
