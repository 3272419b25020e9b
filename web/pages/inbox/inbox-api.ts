import { callAs } from '../../platform/session.ts';

/** An order that waits for an operator. */
export interface ParkedOrder {
  readonly orderId: string;
  readonly step: string;
  readonly reason: string;
  readonly since: string;
  readonly errorName: string;
  readonly exposureMinor: number;
  readonly exposureCertain: boolean;
  readonly currency: string;
  readonly heldLines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly nextAction: string;
  readonly executionArn?: string;
  readonly particulars?: Readonly<Record<string, string>>;
  readonly decision?: string;
}

export interface DeadLetterQueue {
  readonly name: string;
  readonly kind: 'unworked' | 'undelivered' | 'other';
  readonly visible: number;
  readonly inFlight: number;
  readonly messages: readonly {
    readonly messageId: string;
    readonly sentAt?: string;
    readonly receives: number;
    readonly subject: string;
    readonly orderId?: string;
    readonly reasons: readonly string[];
  }[];
}

export interface Inbox {
  readonly parked: readonly ParkedOrder[];
  readonly queues: readonly DeadLetterQueue[];
  /** Messages in all queues. */
  readonly deadLetters: number;
}

/** @throws Problem */
export async function readInbox(): Promise<Inbox> {
  const [parked, letters] = await Promise.all([
    callAs<{ parkedOrders: ParkedOrder[] }>('operator', '/parked-orders?limit=100'),
    callAs<{ queues: DeadLetterQueue[] }>('operator', '/admin/dead-letters?limit=10'),
  ]);
  const { queues } = letters.body;
  return {
    parked: parked.body.parkedOrders,
    queues,
    deadLetters: queues.reduce((sum, { visible, inFlight }) => sum + visible + inFlight, 0),
  };
}

/** `retryAnyway`: also while the provider repeats its failure. */
export type DecisionKind = 'retry' | 'retryAnyway' | 'resolved';

/** @param evidence what proves that money and stock are right; needed to resolve. @throws Problem */
export async function decide(
  { orderId, step, exposureMinor }: ParkedOrder,
  decision: DecisionKind,
  evidence?: string,
): Promise<void> {
  await callAs('operator', `/parked-orders/${orderId}/decisions`, {
    method: 'POST',
    body: {
      step,
      exposureMinor,
      ...(decision === 'retryAnyway' ? { decision: 'retry', anyway: true } : { decision }),
      ...(evidence && { evidence }),
    },
  });
}
