import type { CancellationReason } from '../../events/vocabulary.ts';
import type { FailedRefundSettled } from '../../events/failed-refund-settled.ts';
import type { OrderCancelled } from '../../events/order-cancelled.ts';
import type { OrderConfirmed } from '../../events/order-confirmed.ts';
import type { OrderDelivered } from '../../events/order-delivered.ts';
import type { OrderParked } from '../../events/order-parked.ts';
import type { OrderShipped, Parcel } from '../../events/order-shipped.ts';
import type { ParcelCorrected } from '../../events/parcel-corrected.ts';
import type { ParcelDelivered } from '../../events/parcel-delivered.ts';
import type { PaymentActionRequired } from '../../events/payment-action-required.ts';
import type { PaymentMethodRequired } from '../../events/payment-method-required.ts';
import type { ParcelShipped } from '../../events/parcel-shipped.ts';
import type { OrderRefunded, RefundOutcome } from '../../events/order-refunded.ts';
import { formatMoney } from './money.ts';

interface ShownLine {
  readonly sku: string;
  readonly quantity: number;
  readonly name?: string | undefined;
}

/** A mail without its recipient. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export function confirmedMail({ orderId, totalMinor, currency, lines = [] }: OrderConfirmed): MailText {
  return mail(`Your order ${orderId} is confirmed`, [
    'Thank you for your order. It is paid and will be shipped.',
    ...lines.map(lineText),
    `Total: ${formatMoney(totalMinor, currency)}`,
  ]);
}

export function confirmPaymentMail({ orderId, confirmationUrl }: PaymentActionRequired): MailText {
  return mail(
    `Please confirm the payment of your order ${orderId}`,
    [
      'Your bank asks you to confirm the payment. If you do not within 15 minutes of your order, we cancel it.',
      'If you have confirmed it already, you need do nothing.',
    ],
    { text: 'Confirm the payment', url: confirmationUrl },
  );
}

export function otherMethodMail({ orderId, declineCode, retryUntil }: PaymentMethodRequired): MailText {
  return mail(`The payment of your order ${orderId} was declined`, [
    `${declineSentence(declineCode)} Nothing was charged.`,
    `We keep what you ordered until ${timeText(retryUntil)}. Until then you can pay with another method on the page of your order. If you have done so already, you need do nothing.`,
  ]);
}

export function cancelledMail({ orderId, reason, declineCode, shortLines = [] }: OrderCancelled): MailText {
  return mail(`Your order ${orderId} is cancelled`, [
    declineCode === undefined ? sentenceOf(reason) : declineSentence(declineCode),
    ...(shortLines.length === 0 ? [] : [`Sold out: ${shortLines.map(({ sku, name = sku }) => name).join(', ')}`]),
    'If you were charged, we have sent the money back: it is on its way, and your bank may take some days. Should your bank send it back to us, we write to you again.',
  ]);
}

/** The bank did not take the refund that the mail before had announced. */
export function refundFailedMail({ orderId, exposureMinor, currency }: OrderParked): MailText {
  return mail(`The refund for your order ${orderId} could not be made`, [
    `Your bank sent the refund of ${formatMoney(exposureMinor, currency)} back to us. The usual causes are a card that has expired or an account that was closed.`,
    'The money is still yours, and one of us is looking for another way to give it back. If your card or account has changed, please write to us.',
  ]);
}

/** The other end of the mail before. */
export function failedRefundSettledMail({ orderId, refundMinor, currency, outcome }: FailedRefundSettled): MailText {
  return mail(`The refund for your order ${orderId} is settled`, [
    `We wrote to you that your refund of ${formatMoney(refundMinor, currency)} could not be made. That is put right now.`,
    refundSentence(outcome),
  ]);
}

/** @param event says how far the money is: nothing is called on its way that is not. */
export function refundedMail({ orderId, refundMinor, currency, outcome }: OrderRefunded): MailText {
  const amount = formatMoney(refundMinor, currency);
  return mail(`Your order ${orderId} gets a refund`, [
    `Thank you: what you sent back has arrived. You get ${amount} for it.`,
    refundSentence(outcome),
  ]);
}

const REFUND_SENTENCES: Readonly<Record<string, string>> = {
  MADE: 'We have sent the money back the way you paid. It is on its way, and your bank may take some days. Should your bank send it back to us, we write to you again.',
  PENDING:
    'We have asked our payment provider to send the money back the way you paid. It has not been sent yet. Should that not be possible, we write to you again.',
  BY_HAND:
    'One of us has settled it for you by hand, so it may not come the way you paid. Please write to us if you do not find it within ten days.',
} satisfies Record<RefundOutcome, string>;

/** A newer version may have added an outcome. */
function refundSentence(outcome: RefundOutcome): string {
  return REFUND_SENTENCES[outcome] ?? 'Please write to us if you have any question about it.';
}

/** Of the whole order, or of its last parcel. */
export function shippedMail({ orderId, parcel, parcelId = '1', lines = [] }: OrderShipped): MailText {
  const isOneOfSeveral = parcelId !== '1';
  const subject = isOneOfSeveral
    ? `The last part of your order ${orderId} is on its way`
    : `Your order ${orderId} is on its way`;
  return mail(subject, [
    leftText(isOneOfSeveral ? 'The last part of your order' : 'Your order', parcel),
    ...(isOneOfSeveral ? lines.map(lineText) : []),
    ...trackingText(parcel),
  ]);
}

export function parcelShippedMail({ orderId, parcel, lines }: ParcelShipped): MailText {
  return mail(`A part of your order ${orderId} is on its way`, [
    leftText('A part of your order', parcel),
    ...lines.map(lineText),
    ...trackingText(parcel),
    'The rest follows, and we write to you when it leaves.',
  ]);
}

export function parcelCorrectedMail({ orderId, parcel }: ParcelCorrected): MailText {
  return mail(`Another tracking number for your order ${orderId}`, [
    'We told you the wrong carrier or tracking number of your parcel, and are sorry. This is right:',
    ...(parcel.carrier === undefined ? [] : [`Carrier: ${parcel.carrier}`]),
    ...trackingText(parcel),
  ]);
}

export function parcelDeliveredMail({ orderId, lines }: ParcelDelivered): MailText {
  return mail(`A part of your order ${orderId} has arrived`, [
    'A part of your order has been delivered.',
    ...lines.map(lineText),
  ]);
}

export function deliveredMail({ orderId }: OrderDelivered): MailText {
  return mail(`Your order ${orderId} has arrived`, [
    'Your order has been delivered. We hope that you like it.',
    'If something is missing or broken, please write to us.',
  ]);
}

function leftText(what: string, { carrier }: Parcel): string {
  return carrier === undefined ? `${what} has left our warehouse.` : `${what} has left our warehouse with ${carrier}.`;
}

function trackingText({ trackingNumber }: Parcel): string[] {
  return trackingNumber === undefined ? [] : [`Tracking number: ${trackingNumber}`];
}

/** By the name that the product had when it was sold. */
function lineText({ sku, quantity, name = sku }: ShownLine): string {
  return `${quantity} x ${name}`;
}

const SENTENCE_OF_REASON: Readonly<Record<string, string>> = {
  OUT_OF_STOCK: 'We are sorry: something in it was sold out when your order came.',
  PAYMENT_DECLINED: 'Your payment was declined.',
  CONFIRMATION_EXPIRED: 'The payment was not confirmed in time.',
  PAYMENT_UNAVAILABLE: 'We are sorry: the payment could not be carried out.',
  PAYMENT_CANCELLED: 'The payment was cancelled before it was made.',
  PAYMENT_REFUSED: 'We are sorry: our payment provider does not take this amount or currency.',
  CANCELLED_BY_CUSTOMER: 'It was cancelled as you asked.',
  CANCELLED_BY_SHOP: 'We are sorry: we had to cancel it.',
  INTERNAL_ERROR: 'We are sorry: something of ours went wrong.',
} satisfies Record<CancellationReason, string>;

/** The usual declines (docs.stripe.com/declines/codes), in the customer's words. */
const SENTENCE_OF_DECLINE: Readonly<Record<string, string>> = {
  insufficient_funds: 'Your card was declined: it has not enough funds.',
  expired_card: 'Your card was declined: it has expired.',
  incorrect_cvc: 'Your card was declined: its security code was not correct.',
  incorrect_number: 'Your card was declined: its number was not correct.',
  card_velocity_exceeded: 'Your card was declined: it is over its limit.',
  payment_intent_authentication_failure: 'Your payment was declined: it was not confirmed at your bank.',
};

function declineSentence(declineCode: string): string {
  return SENTENCE_OF_DECLINE[declineCode] ?? 'Your payment was declined. Your bank can tell you why.';
}

/** `09:44 UTC`: where the customer is nobody knows. */
function timeText(timestamp: string): string {
  return `${timestamp.slice(11, 16)} UTC`;
}

/** A newer version may have added a reason. */
function sentenceOf(reason: CancellationReason): string {
  return SENTENCE_OF_REASON[reason] ?? 'We are sorry: your order could not be carried out.';
}

interface MailLink {
  readonly text: string;
  readonly url: string;
}

function mail(subject: string, paragraphs: readonly string[], link?: MailLink): MailText {
  const body = [
    ...paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
    ...(link === undefined ? [] : [`<p><a href="${escapeHtml(link.url)}">${escapeHtml(link.text)}</a></p>`]),
  ].join('\n');
  return {
    subject,
    text: `${[...paragraphs, ...(link === undefined ? [] : [`${link.text}: ${link.url}`])].join('\n\n')}\n`,
    html: `<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>\n<body>\n${body}\n</body>\n</html>\n`,
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
