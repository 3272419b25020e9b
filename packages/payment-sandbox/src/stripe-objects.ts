import { randomUUID } from 'node:crypto';
import type { JsonValue } from './api-answer.ts';
import type { DisputeStatus, RefundEnd, RefundFailure } from './object-states.ts';

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
  /** Sum of its refunds that did not fail, in minor units. */
  readonly refunded: number;
  readonly returnUrl: string | null;
  readonly cancelledAt: number | null;
  readonly cancellationReason: string | null;
}

/** A card that somebody entered. `usedBy` is the intent that tried to charge it. */
export interface PaymentMethod {
  readonly id: string;
  readonly card: string;
  readonly usedBy: string | null;
  readonly createdAt: number;
}

export type RefundStatus = 'pending' | RefundEnd;

export interface Refund {
  readonly id: string;
  readonly intentId: string;
  readonly amount: number;
  readonly currency: string;
  readonly createdAt: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly reason: string | null;
  readonly status: RefundStatus;
  readonly failureReason: RefundFailure | null;
  /** When and how it ends by itself; null when it does not. */
  readonly settlesAt: number | null;
  readonly settlesAs: RefundEnd | null;
}

export interface Dispute {
  readonly id: string;
  readonly intentId: string;
  readonly amount: number;
  readonly currency: string;
  readonly reason: string;
  readonly status: DisputeStatus;
  readonly createdAt: number;
}

export interface FraudWarning {
  readonly id: string;
  readonly intentId: string;
  readonly fraudType: string;
  readonly createdAt: number;
}

/**
 * An id as the provider writes them: a prefix that names the kind, then 24 characters. Twelve tell the machine's time, so
 * that new rows lie side by side in the store; twelve are random.
 */
export function newId(prefix: string): string {
  return `${prefix}_${Date.now().toString(16).padStart(12, '0')}${randomUUID().slice(-12)}`;
}

/** @param publicUrl base URL of this sandbox: the customer's confirmation page lies there. */
export function intentJson(intent: Intent, publicUrl: string): { [name: string]: JsonValue } {
  return {
    id: intent.id,
    object: 'payment_intent',
    amount: intent.amount,
    amount_capturable: 0,
    amount_received: intent.status === 'succeeded' ? intent.amount : 0,
    cancellation_reason: intent.cancellationReason,
    canceled_at: intent.cancelledAt === null ? null : secondsOf(intent.cancelledAt),
    capture_method: 'automatic_async',
    client_secret: `${intent.id}_secret_sandbox`,
    confirmation_method: 'automatic',
    created: secondsOf(intent.createdAt),
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

/** Without an address to come back to, the provider leaves the next step to its script in the browser. */
function nextAction(intent: Intent, publicUrl: string): JsonValue {
  if (intent.returnUrl === null) {
    return { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect' } };
  }
  return {
    type: 'redirect_to_url',
    redirect_to_url: { url: confirmationPageUrl(intent.id, publicUrl), return_url: intent.returnUrl },
  };
}

export function paymentMethodJson({ id, createdAt }: PaymentMethod): { [name: string]: JsonValue } {
  return { id, object: 'payment_method', created: secondsOf(createdAt), customer: null, livemode: false, type: 'card' };
}

export function refundJson(refund: Refund, chargeId: string | null): { [name: string]: JsonValue } {
  return {
    id: refund.id,
    object: 'refund',
    amount: refund.amount,
    charge: chargeId,
    created: secondsOf(refund.createdAt),
    currency: refund.currency,
    ...(refund.failureReason !== null && { failure_reason: refund.failureReason }),
    metadata: { ...refund.metadata },
    payment_intent: refund.intentId,
    ...(refund.status === 'pending' && { pending_reason: 'processing' }),
    reason: refund.reason,
    status: refund.status,
  };
}

/** The charge of an intent, as far as `charge.refunded` needs it. */
export function chargeJson(intent: Intent): { [name: string]: JsonValue } {
  return {
    id: intent.chargeId,
    object: 'charge',
    amount: intent.amount,
    amount_captured: intent.amount,
    amount_refunded: intent.refunded,
    captured: true,
    currency: intent.currency,
    metadata: { ...intent.metadata },
    paid: true,
    payment_intent: intent.id,
    refunded: intent.refunded === intent.amount,
    status: 'succeeded',
  };
}

/** It carries no metadata of the merchant's: the intent does. */
export function disputeJson(dispute: Dispute, chargeId: string | null): { [name: string]: JsonValue } {
  return {
    id: dispute.id,
    object: 'dispute',
    amount: dispute.amount,
    charge: chargeId,
    created: secondsOf(dispute.createdAt),
    currency: dispute.currency,
    is_charge_refundable: dispute.status.startsWith('warning_'),
    livemode: false,
    metadata: {},
    payment_intent: dispute.intentId,
    reason: dispute.reason,
    status: dispute.status,
  };
}

/** No metadata here either, and no amount. */
export function fraudWarningJson(warning: FraudWarning, chargeId: string | null): { [name: string]: JsonValue } {
  return {
    id: warning.id,
    object: 'radar.early_fraud_warning',
    actionable: true,
    charge: chargeId,
    created: secondsOf(warning.createdAt),
    fraud_type: warning.fraudType,
    livemode: false,
    payment_intent: warning.intentId,
  };
}

export function listJson(url: string, data: JsonValue[], limit = data.length): JsonValue {
  return { object: 'list', url, has_more: data.length > limit, data: data.slice(0, limit) };
}

function secondsOf(epochMs: number): number {
  return Math.floor(epochMs / 1000);
}
