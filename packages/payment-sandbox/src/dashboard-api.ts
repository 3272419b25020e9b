import { errorAnswer, type ApiAnswer, type JsonValue } from './api-answer.ts';
import { oneOf, optionalText, recordOf, wholeNumber } from './control-parameters.ts';
import type { Disputes } from './disputes.ts';
import { DISPUTE_STATUSES, REFUND_ENDS, REFUND_FAILURES } from './object-states.ts';
import type { PaymentIntents } from './payment-intents.ts';
import { BY_DASHBOARD } from './payment-ledger.ts';
import type { PaymentMethods } from './payment-methods.ts';
import type { Refunds } from './refunds.ts';
import type { SandboxStore } from './sandbox-store.ts';
import { disputeJson, fraudWarningJson, intentJson, paymentMethodJson, refundJson } from './stripe-objects.ts';
import type { WebhookOutbox } from './webhook-outbox.ts';

export interface DashboardApiOptions {
  readonly intents: PaymentIntents;
  readonly refunds: Refunds;
  readonly disputes: Disputes;
  readonly methods: PaymentMethods;
  readonly webhooks: WebhookOutbox;
  readonly store: SandboxStore;
  readonly publicUrl: string;
}

/**
 * What other people do to the merchant's payments, in any order and at any time: the merchant's staff in the provider's
 * dashboard, other programs with the same key, customers, banks.
 */
export class DashboardApi {
  readonly #options: DashboardApiOptions;

  constructor(options: DashboardApiOptions) {
    this.#options = options;
  }

  /** @param route e.g. `POST intents/:id/refund`. Undefined when it is none of these. */
  route(route: string, id: string, body: string): ApiAnswer | undefined {
    const { disputes, intents, methods, refunds } = this.#options;
    const command = (): Record<string, unknown> => recordOf(body);
    switch (route) {
      case 'POST payment-methods':
        return json(paymentMethodJson(methods.create(String(command()['token']))));
      case 'POST intents/:id/authenticate':
        return this.#intent(intents.authenticate(id, outcomeOf(command())));
      case 'POST intents/:id/cancel':
        return this.#intent(intents.cancel(id, BY_DASHBOARD, optionalText('reason', command()['reason']) ?? null));
      case 'POST intents/:id/capture':
        return this.#intent(intents.captureByOther(id));
      case 'POST intents/:id/refund':
        return this.#refund(id, command());
      case 'POST refunds/:id/settle':
        return this.#settle(id, command());
      case 'POST intents/:id/dispute':
        return this.#dispute(id, command());
      case 'POST disputes/:id':
        return this.#disputeJson(disputes.update(id, oneOf('status', command()['status'], DISPUTE_STATUSES)));
      case 'POST intents/:id/fraud-warning':
        return json(fraudWarningJson(disputes.warn(id), intents.get(id).chargeId));
      case 'GET intents/:id/refunds':
        return json({ refunds: refunds.list(id).map((refund) => refundJson(refund, intents.get(id).chargeId)) });
      case 'GET intents/:id/disputes':
        return json({ disputes: disputes.list(id).map((dispute) => disputeJson(dispute, intents.get(id).chargeId)) });
      case 'POST webhooks':
        return this.#anyEvent(command());
      case 'POST webhooks/:id/resend':
        return this.#options.webhooks.resend(id) ? json({}) : notFound();
      default:
        return undefined;
    }
  }

  /** Plays the customer on the confirmation page. */
  authenticate(id: string, outcome: string | null): { readonly returnUrl: string | null } {
    const { intents } = this.#options;
    const intent = intents.get(id);
    if (intent.status === 'requires_action') intents.authenticate(id, outcomeOf({ outcome }));
    return intent;
  }

  #refund(id: string, command: Record<string, unknown>): ApiAnswer {
    const { amountMinor: amount } = wholeNumber('amountMinor', command['amountMinor']);
    const isPending = command['status'] === 'pending';
    const refund = this.#options.refunds.create(id, { amount, isPending }, BY_DASHBOARD);
    return json(refundJson(refund, this.#options.intents.get(id).chargeId));
  }

  #settle(id: string, { status, failureReason = 'expired_or_canceled_card' }: Record<string, unknown>): ApiAnswer {
    const end = oneOf('status', status, REFUND_ENDS);
    const refund = this.#options.refunds.settle(id, end, oneOf('failureReason', failureReason, REFUND_FAILURES));
    return json(refundJson(refund, this.#options.intents.get(refund.intentId).chargeId));
  }

  #dispute(id: string, command: Record<string, unknown>): ApiAnswer {
    const { amountMinor: amount } = wholeNumber('amountMinor', command['amountMinor']);
    const reason = optionalText('reason', command['reason']);
    const status = oneOf('status', command['status'] ?? 'needs_response', DISPUTE_STATUSES);
    return this.#disputeJson(
      this.#options.disputes.open(id, { status, ...(amount !== undefined && { amount }), ...(reason && { reason }) }),
    );
  }

  /** An event of any type about any object, signed as all are: of another program's payments, or of none. */
  #anyEvent({ type, object = {}, apiVersion }: Record<string, unknown>): ApiAnswer {
    if (typeof type !== 'string' || type === '') throw new Error('type: expected an event type');
    if (typeof object !== 'object' || object === null) throw new Error('object: expected an object');
    const { store, webhooks } = this.#options;
    const event = { type, intent: '', orderId: '', object: object as { [name: string]: JsonValue } };
    const id = store.write(() => webhooks.addAny(event, optionalText('apiVersion', apiVersion)));
    return json({ id });
  }

  #intent(intent: Parameters<typeof intentJson>[0]): ApiAnswer {
    return json(intentJson(intent, this.#options.publicUrl));
  }

  #disputeJson(dispute: Parameters<typeof disputeJson>[0]): ApiAnswer {
    return json(disputeJson(dispute, this.#options.intents.get(dispute.intentId).chargeId));
  }
}

function outcomeOf({ outcome }: Record<string, unknown>): boolean {
  return oneOf('outcome', outcome, ['confirm', 'fail']) === 'confirm';
}

export function json(body: unknown): ApiAnswer {
  return { statusCode: 200, body: body as JsonValue };
}

export function notFound(): ApiAnswer {
  return errorAnswer(404, { type: 'invalid_request_error', message: 'No such control endpoint.' });
}
