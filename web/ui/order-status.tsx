import { Icon, type IconName } from './icon.tsx';

interface Look {
  readonly icon: IconName;
  readonly tone: Tone;
  readonly words: string;
}

/** `good`: it went as wished; `undone`: given back in order; `bad`: somebody must look. */
export type Tone = 'good' | 'undone' | 'bad' | 'busy' | 'plain';

const STATUS: Readonly<Record<string, Look>> = {
  PENDING: { icon: 'running', tone: 'busy', words: 'In progress' },
  AWAITING_CUSTOMER: { icon: 'waiting', tone: 'busy', words: 'Waits for the customer' },
  CONFIRMED: { icon: 'done', tone: 'good', words: 'Confirmed' },
  SHIPPED: { icon: 'shipped', tone: 'good', words: 'Shipped' },
  PARTLY_SHIPPED: { icon: 'shipped', tone: 'good', words: 'Partly shipped' },
  DELIVERED: { icon: 'done', tone: 'good', words: 'Delivered' },
  CANCELLING: { icon: 'undone', tone: 'busy', words: 'Being cancelled' },
  CANCELLED: { icon: 'undone', tone: 'undone', words: 'Cancelled' },
};

const REASONS: Readonly<Record<string, string>> = {
  OUT_OF_STOCK: 'out of stock',
  PAYMENT_DECLINED: 'payment declined',
  CONFIRMATION_EXPIRED: 'not confirmed in time',
  PAYMENT_UNAVAILABLE: 'payment provider unavailable',
  PAYMENT_CANCELLED: 'cancelled at the payment provider',
  PAYMENT_REFUSED: 'refused by the payment provider',
  CANCELLED_BY_CUSTOMER: 'by the customer',
  CANCELLED_BY_SHOP: 'by the shop',
  INTERNAL_ERROR: 'an internal error',
};

export function reasonText(reason: string): string {
  return REASONS[reason] ?? wordsOf(reason);
}

/** `REFUND_FAILED` or `OrderCancelled` as a person says it. */
export function wordsOf(code: string): string {
  const words = code
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

interface OrderStatusProps {
  readonly status: string;
  readonly reason?: string | undefined;
  /** A status that the order no longer has. */
  readonly isPast?: boolean;
}

export function OrderStatus({ status, reason, isPast = false }: OrderStatusProps) {
  const look = STATUS[status] ?? { icon: 'idle' as const, tone: 'plain' as const, words: wordsOf(status) };
  return (
    <Badge icon={look.icon} tone={isPast ? 'plain' : look.tone}>
      {look.words}
      {reason === undefined ? '' : `, ${reasonText(reason)}`}
    </Badge>
  );
}

interface BadgeProps {
  readonly icon: IconName;
  readonly tone: Tone;
  readonly children: preact.ComponentChildren;
}

export function Badge({ icon, tone, children }: BadgeProps) {
  return (
    <span class={`badge ${tone}`}>
      <Icon name={icon} />
      <span>{children}</span>
    </span>
  );
}
