import { randomBytes } from 'node:crypto';
import type { JsonValue } from './api-answer.ts';

/** The API version whose shapes are spoken here: what the official SDK of this project pins. */
export const API_VERSION = '2026-10-28.endive';

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'succeeded'
  | 'canceled';

export interface Intent {
  readonly id: string;
  /** `metadata.orderId`; empty when the merchant gave none. */
  readonly orderId: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: IntentStatus;
  readonly paymentMethod: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly lastError: { readonly [name: string]: JsonValue } | null;
  readonly chargeId: string | null;
  /** Sum of its refunds in minor units. */
  readonly refunded: number;
  readonly returnUrl: string | null;
  readonly cancelledAt: number | null;
}

export interface Refund {
  readonly id: string;
  readonly intentId: string;
  readonly amount: number;
  readonly currency: string;
  readonly createdAt: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** An id as the provider writes them: a prefix that names the kind, then 24 random characters. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`;
}

/** @param publicUrl base URL of this sandbox: the customer's confirmation page lies there. */
export function intentJson(intent: Intent, publicUrl: string): { [name: string]: JsonValue } {
  return {
    id: intent.id,
    object: 'payment_intent',
    amount: intent.amount,
    amount_capturable: 0,
    amount_received: intent.status === 'succeeded' ? intent.amount : 0,
    cancellation_reason: null,
    canceled_at: intent.cancelledAt === null ? null : Math.floor(intent.cancelledAt / 1000),
    capture_method: 'automatic_async',
    client_secret: `${intent.id}_secret_sandbox`,
    confirmation_method: 'automatic',
    created: Math.floor(intent.createdAt / 1000),
    currency: intent.currency,
    last_payment_error: intent.lastError,
    latest_charge: intent.chargeId,
    livemode: false,
    metadata: { ...intent.metadata },
    next_action: intent.status === 'requires_action' ? nextAction(intent, publicUrl) : null,
    payment_method: intent.paymentMethod,
    payment_method_types: ['card'],
    status: intent.status,
  };
}

export function confirmationPageUrl(intentId: string, publicUrl: string): string {
  return `${publicUrl}/_sandbox/confirmation/${intentId}`;
}

function nextAction(intent: Intent, publicUrl: string): JsonValue {
  return {
    type: 'redirect_to_url',
    redirect_to_url: { url: confirmationPageUrl(intent.id, publicUrl), return_url: intent.returnUrl },
  };
}

export function refundJson(refund: Refund): { [name: string]: JsonValue } {
  return {
    id: refund.id,
    object: 'refund',
    amount: refund.amount,
    charge: null,
    created: Math.floor(refund.createdAt / 1000),
    currency: refund.currency,
    metadata: { ...refund.metadata },
    payment_intent: refund.intentId,
    reason: null,
    status: 'succeeded',
  };
}

/** The charge of an intent, as far as `charge.refunded` needs it. */
export function chargeJson(intent: Intent): { [name: string]: JsonValue } {
  return {
    id: intent.chargeId,
    object: 'charge',
    amount: intent.amount,
    amount_refunded: intent.refunded,
    currency: intent.currency,
    metadata: { ...intent.metadata },
    payment_intent: intent.id,
    refunded: intent.refunded === intent.amount,
    status: 'succeeded',
  };
}

export function listJson(url: string, data: JsonValue[]): JsonValue {
  return { object: 'list', url, has_more: false, data };
}
