import type { IconName } from '../../ui/icon.tsx';
import { reasonText } from '../../ui/order-status.tsx';
import type { MyOrder } from './shop-api.ts';

/** An order in the words of its customer. */
export interface Headline {
  readonly title: string;
  readonly says: string;
  readonly tone: 'good' | 'busy' | 'undone';
}

export function headlineOf({ status, reason, waitsFor, paymentRetry }: MyOrder): Headline {
  if (waitsFor === 'SHOP') {
    return {
      title: 'We are looking at it',
      says: 'Somebody of the shop takes care of your order. Nothing is lost.',
      tone: 'busy',
    };
  }
  switch (status) {
    case 'PENDING':
      return { title: 'Thank you', says: 'We have your order and are working on it.', tone: 'busy' };
    case 'AWAITING_CUSTOMER':
      if (paymentRetry !== undefined) {
        return {
          title: 'Payment declined, nothing charged',
          says: `Your items are kept until ${new Date(paymentRetry.until).toLocaleTimeString()}: pay with another method.`,
          tone: 'busy',
        };
      }
      return waitsFor === 'CUSTOMER'
        ? {
            title: 'Your bank asks you to confirm',
            says: 'You have 15 minutes. Until then your items are kept.',
            tone: 'busy',
          }
        : { title: 'Thank you', says: 'Your bank has answered. We go on.', tone: 'busy' };
    case 'CONFIRMED':
      return {
        title: 'Confirmed',
        says: 'It is paid, and your items are yours. We will send them soon.',
        tone: 'good',
      };
    case 'SHIPPED':
      return { title: 'On its way', says: 'Your order has left us.', tone: 'good' };
    case 'DELIVERED':
      return { title: 'Delivered', says: 'Your order has arrived.', tone: 'good' };
    case 'CANCELLING':
      return {
        title: 'Being cancelled',
        says: waitsFor === 'REFUND' ? 'You get back what was charged.' : 'Nothing was charged.',
        tone: 'busy',
      };
    default:
      return cancelled(reason);
  }
}

function cancelled(reason = ''): Headline {
  switch (reason) {
    case 'PAYMENT_DECLINED':
      return {
        title: 'Payment declined, nothing charged',
        says: 'Your items are back in the basket: try another card.',
        tone: 'undone',
      };
    case 'CONFIRMATION_EXPIRED':
      return {
        title: 'Not confirmed in time, nothing charged',
        says: 'Order again whenever you like.',
        tone: 'undone',
      };
    case 'OUT_OF_STOCK':
      return {
        title: 'Sold out, nothing charged',
        says: 'Somebody was quicker. Remove what is sold out and order again.',
        tone: 'undone',
      };
    default:
      return {
        title: 'Cancelled',
        says: `It was cancelled: ${reasonText(reason)}. What was charged is returned.`,
        tone: 'undone',
      };
  }
}

export interface Station {
  readonly text: string;
  /** Undefined: still ahead. */
  readonly at: string | undefined;
  readonly icon: IconName;
}

const STATIONS: Readonly<Record<string, readonly [text: string, icon: IconName]>> = {
  PENDING: ['We got your order', 'done'],
  AWAITING_CUSTOMER: ['Your bank asked you to confirm', 'waiting'],
  CONFIRMED: ['Paid and confirmed', 'done'],
  SHIPPED: ['Sent', 'shipped'],
  DELIVERED: ['Arrived', 'done'],
  CANCELLING: ['We began to cancel it', 'undone'],
  CANCELLED: ['Cancelled', 'undone'],
};

/** What happened, and what is still to come of an order that goes well. */
export function stationsOf({ status, journey }: MyOrder): Station[] {
  const past = journey.map(({ status: then, at }) => {
    const [text, icon] = STATIONS[then] ?? [then, 'idle' as const];
    return { text, at, icon };
  });
  if (status.startsWith('CANCEL')) return past;
  const seen = new Set(journey.map(({ status: then }) => then));
  const ahead = ['CONFIRMED', 'SHIPPED', 'DELIVERED'].filter((then) => !seen.has(then));
  return [
    ...past,
    ...ahead.map((then) => ({ text: STATIONS[then]?.[0] ?? then, at: undefined, icon: 'idle' as const })),
  ];
}
